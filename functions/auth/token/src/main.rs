//! GET /api/auth/token: gives a token of 15 minutes that tells other services who the caller is.

use serde::Serialize;
use shared::app::{App, Init};
use shared::auth::UserToken;
use shared::http::{self, Error, Json, Request, Result};
use shared::model::{Ring, User};

#[derive(Serialize)]
struct Token {
    token: UserToken,
}

async fn token(app: &App, request: Request) -> Result<Json<Token>> {
    let caller = request.signed_in(app).await?;
    let (_, account, profile) = app.store.of(&caller).session().await?;
    let user = User::new(account, profile.as_ref());
    let token = app.mint_for_others(&user, &request.public_origin(app)?).await?;
    Ok(Json(Token { token }))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), Error> {
    http::serve_with(Init::default().signs(Ring::Token), token).await
}
