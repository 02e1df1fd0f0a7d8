//! What Tessera's functions share. The order of its modules, each of which uses those before it only:
//!
//! <!-- modules -->
//! ```text
//! causes ← clock ← log ← digest ← random ← id ← text ←
//! model ← placement ← auth ← config ← connection ← assistant ← mail ←
//! provider ← store ← problem ← app ← http
//! ```
//! <!-- /modules -->
//!
//! - [`id`], [`text`], [`clock`]: validated values, and the time.
//! - [`model`]: the entities of the data model.
//! - [`placement`]: where a question goes in the tree of a conversation.
//! - [`auth`]: passwords, signing keys, session tokens. Only it makes a [`auth::SignedIn`].
//! - [`store`]: the table. Only a `SignedIn` leads to a user's data.
//! - [`assistant`]: what replies to a question: echo, any OpenAI-compatible endpoint, Bedrock.
//! - [`mail`]: what mails say, and SES, which sends them.
//! - [`provider`]: providers elsewhere that users sign in with: Google, GitHub, any OpenID provider.
//! - [`problem`]: what can go wrong, as the client sees it.
//! - [`app`]: a function's state, and the operations that several routes share.
//! - [`http`]: requests, responses and the Lambda runtime.
//! - [`config`]: the environment, read once.
//! - [`log`]: the log lines, and what is counted for them.
//! - [`causes`]: an error and its causes as text, for the log.

pub mod app;
pub mod assistant;
pub mod auth;
pub mod causes;
pub mod clock;
pub mod config;
mod connection;
mod digest;
pub mod http;
pub mod id;
pub mod log;
pub mod mail;
pub mod model;
pub mod placement;
pub mod problem;
pub mod provider;
mod random;
pub mod store;
pub mod text;
