//! POST /api/auth/verify-password: tells whether a password is the caller's own.

use serde::Deserialize;
use serde_json::{Value, json};
use shared::app::App;
use shared::http::{self, Error, Json, Request, Result};
use shared::text::Password;

#[derive(Deserialize)]
struct Body {
    password: String,
}

async fn verify_password(app: &App, request: Request) -> Result<Json<Value>> {
    let caller = request.signed_in(app).await?;
    let body: Body = request.better_auth_json()?;
    app.verify_password(&caller, &Password::attempt(&body.password)).await?;
    Ok(Json(json!({ "status": true })))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), Error> {
    http::serve(verify_password).await
}
