//! End-to-end tests: the real binaries, run as Lambda runs them, on a real DynamoDB engine. Every
//! answer is held to `openapi.yaml` on the way.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets the unexpected must fail"
)]

mod auth;
mod conversations;
mod cors;
mod costs;
mod every_route;
mod faults;
mod idempotency;
mod input;
mod isolation;
mod lists;
mod logs;
mod messages;
mod privileges;
mod profile;
mod races;
mod rotation;
mod sessions;
mod sweep;
mod tokens;
