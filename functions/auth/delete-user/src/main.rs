//! POST /api/auth/delete-user: deletes the caller's account with everything that belongs to it.

use serde::Deserialize;
use serde_json::json;
use shared::app::{Caller, Init, Proof};
use shared::http::{self, Exit, Request, Response, Result, serve_signed_in_with};
use shared::problem::BetterAuthError;
use shared::text::Password;

#[derive(Deserialize)]
struct Body {
    #[serde(default, deserialize_with = "http::present")]
    password: Option<String>,
    #[serde(default, deserialize_with = "http::present")]
    token: Option<String>,
    #[serde(rename = "callbackURL", default, deserialize_with = "http::present")]
    callback_url: Option<String>,
}

async fn delete_user(caller: Caller, request: Request) -> Result<Response> {
    let body: Body = request.better_auth_json()?;
    request.callback_url(caller.app, body.callback_url)?;
    if body.token.is_some() {
        return Err(BetterAuthError::UnknownDeletionToken.into());
    }
    let proof = match body.password {
        Some(password) => Proof::Password(Password::attempt(&password)),
        None => Proof::FreshSession,
    };
    caller.app.delete_user(&caller.signed_in, &proof, &request.client()).await?;
    let body = json!({ "success": true, "message": "User deleted" });
    Response::json(200, &body).signed_out(caller.app, &request)
}

fn main() -> Exit {
    serve_signed_in_with(Init::default().two_connections(), delete_user)
}
