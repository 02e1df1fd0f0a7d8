//! GET /api/personalization/context: tells what an assistant is told about the caller.

use serde::Serialize;
use shared::app::App;
use shared::http::{self, Error, Json, Request, Result};
use shared::model::UserContext;

#[derive(Serialize)]
struct Context {
    user_context: UserContext,
}

async fn personalization_context(app: &App, request: Request) -> Result<Json<Context>> {
    let caller = request.signed_in(app).await?;
    let profile = app.store.of(&caller).profile().await?;
    let background = profile.map(|profile| profile.background());
    Ok(Json(Context { user_context: background.into() }))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), Error> {
    http::serve(personalization_context).await
}
