//! GET /api/auth/token: gives a token of 15 minutes that tells other services who the caller is.

use serde::Serialize;
use shared::app::{Caller, Init};
use shared::auth::UserToken;
use shared::http::{Exit, Json, Request, Result, serve_signed_in_with};
use shared::model::{Ring, User};

#[derive(Serialize)]
struct Token {
    token: UserToken,
}

async fn token(caller: Caller, request: Request) -> Result<Json<Token>> {
    let (_, account, profile) = caller.store().session().await?;
    let user = User::new(account, profile.as_ref());
    let token = caller.app.mint_for_others(&user, &request.public_origin(caller.app)?).await?;
    Ok(Json(Token { token }))
}

fn main() -> Exit {
    serve_signed_in_with(Init::default().signs(Ring::Token), token)
}
