//! Requests, responses and the Lambda runtime. No other module uses them.

mod better_auth;
mod body;
mod cookies;
mod cors;
mod credentials;
mod event;
mod ignored_parts;
mod log;
mod oauth;
mod origin;
mod otp_type;
mod page;
mod query;
mod redirect;
mod request;
mod response;
mod serve;
mod social;
mod streamed;
mod ui_messages;

pub use better_auth::present;
pub use body::typed;
pub use ignored_parts::IgnoredParts;
pub use otp_type::OtpType;
pub use page::Page;
pub use redirect::with_query;
pub use request::Request;
pub use response::{Created, Json, NoContent, Response};
pub use serve::{
    Exit, serve, serve_background, serve_preflights, serve_signed_in, serve_signed_in_streamed,
    serve_signed_in_with, serve_streamed, serve_with,
};
pub use social::Social;
pub use streamed::Streamed;

use crate::problem::Problem;

/// What a handler returns: the body of a response, or a problem.
pub type Result<T> = std::result::Result<T, Problem>;
