//! End-to-end tests: the real binaries, run as Lambda runs them, on a real DynamoDB engine. Every
//! answer is held to `openapi.yaml` on the way.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets the unexpected must fail"
)]

mod addresses;
mod alike;
mod answers;
mod attempts;
mod attempts_per_address;
mod auth;
mod better_auth;
mod callbacks;
mod canaries;
mod chat;
mod chat_again;
mod chat_deaths;
mod chat_prompts;
mod chat_streams;
mod chat_trouble;
mod conversations;
mod cookies;
mod cors;
mod costs;
mod every_route;
mod faults;
mod fields;
mod foreign_hashes;
mod forms;
mod guesses_at_once;
mod idempotency;
mod input;
mod interactions;
mod isolation;
mod kinds;
mod lists;
mod lock_out;
mod logs;
mod messages;
mod origins;
mod passwords;
mod privileges;
mod profile;
mod races;
mod rotation;
mod rows;
mod sessions;
mod sweep;
mod token_sources;
mod tokens;
mod turns;
