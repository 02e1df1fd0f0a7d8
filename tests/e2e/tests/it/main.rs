//! End-to-end tests: the real binaries, run as Lambda runs them, on a real DynamoDB engine. Every
//! response is checked against `openapi.yaml` on the way.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets the unexpected must fail"
)]

mod across;
mod auth;
mod background;
mod chat;
mod conversations;
mod helpers;
mod personalization;
mod user;
