//! Requests, answers and the Lambda runtime: the only module that knows them.

mod better_auth;
mod body;
mod cookies;
mod cors;
mod event;
mod log;
mod origin;
mod query;
mod request;
mod response;
mod serve;
mod streamed;
mod ui_messages;

pub use better_auth::present;
pub use lambda_runtime::Error;
pub use request::Request;
pub use response::{Created, Json, NoContent, Response};
pub use serve::{background, serve, serve_streamed, serve_with};
pub use streamed::Streamed;

use crate::problem::Problem;

/// What a handler gives: an answer's body, or a problem.
pub type Result<T> = std::result::Result<T, Problem>;
