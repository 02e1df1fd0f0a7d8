//! What Tessera's functions share. The order of its modules, each of which uses those before it only:
//!
//! <!-- modules -->
//! ```text
//! clock ← digest ← random ← id ← text ← model ← auth ←
//! config ← connection ← assistant ← store ← problem ← app ← http
//! ```
//! <!-- /modules -->
//!
//! - [`id`], [`text`], [`clock`]: values that have passed their rule, and the time.
//! - [`model`]: the entities of the data model.
//! - [`auth`]: passwords, signing keys, session tokens. Only it makes a [`auth::SignedIn`].
//! - [`store`]: the table. A user's data is reached with a `SignedIn` only.
//! - [`assistant`]: what answers a question: echo, any OpenAI-compatible endpoint, Bedrock.
//! - [`problem`]: what can go wrong, as clients are told.
//! - [`app`]: what a function holds, and the operations that have several routes.
//! - [`http`]: requests, answers and the Lambda runtime.
//! - [`config`]: the environment, read once.

pub mod app;
pub mod assistant;
pub mod auth;
pub mod clock;
pub mod config;
mod connection;
mod digest;
pub mod http;
pub mod id;
pub mod model;
pub mod problem;
mod random;
pub mod store;
pub mod text;
