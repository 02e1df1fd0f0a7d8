//! Tools that are installed under .local/tools when they are missing.

pub mod cargo_lambda;
mod venv;
