//! POST /api/auth/verify-password: says whether a password is the caller's own.

use serde::Deserialize;
use serde_json::{Value, json};
use shared::app::{Caller, Init};
use shared::http::{Exit, Json, Request, Result, serve_signed_in_with};
use shared::text::Password;

#[derive(Deserialize)]
struct Body {
    password: String,
}

async fn verify_password(caller: Caller, request: Request) -> Result<Json<Value>> {
    let body: Body = request.better_auth_json()?;
    let password = Password::attempt(&body.password);
    caller.app.verify_password(&caller.signed_in, &password, &request.client()).await?;
    Ok(Json(json!({ "status": true })))
}

fn main() -> Exit {
    serve_signed_in_with(Init::default().two_connections(), verify_password)
}
