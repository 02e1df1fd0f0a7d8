//! POST /api/auth/reset-password: replaces the password of a mailed link's user, and ends all sessions.

use serde::Deserialize;
use serde_json::{Value, json};
use shared::app::App;
use shared::auth::LinkToken;
use shared::http::{self, Exit, Json, Request, Result, serve};
use shared::problem::BetterAuthError;
use shared::text::Password;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    new_password: String,
    #[serde(default, deserialize_with = "http::present")]
    token: Option<String>,
}

async fn reset_password(app: &'static App, request: Request) -> Result<Json<Value>> {
    let body: Body = request.better_auth_json()?;
    // The rules for passwords come first, so that a password which breaks one uses nothing up.
    let password = Password::try_from(body.new_password).map_err(BetterAuthError::from)?;
    let token = body.token.or_else(|| request.query_text("token")).unwrap_or_default();
    let token: LinkToken = token.parse().map_err(|_| BetterAuthError::InvalidToken)?;
    app.reset_password(&token, &password).await?;
    Ok(Json(json!({ "status": true })))
}

fn main() -> Exit {
    serve(reset_password)
}
