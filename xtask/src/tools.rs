//! Tools that are installed under .local/tools when they are missing.

pub mod better_auth;
pub mod cargo_lambda;
pub mod dynamodb_local;
pub mod node;
pub mod venv;
pub mod version;
