//! GET /api/personalization/context: returns what an assistant is sent about the caller.

use serde::Serialize;
use shared::app::Caller;
use shared::http::{Exit, Json, Request, Result, serve_signed_in};
use shared::model::UserContext;

#[derive(Serialize)]
struct Context {
    user_context: UserContext,
}

async fn personalization_context(caller: Caller, _: Request) -> Result<Json<Context>> {
    let profile = caller.store().profile().await?;
    let background = profile.map(|profile| profile.background());
    Ok(Json(Context { user_context: background.into() }))
}

fn main() -> Exit {
    serve_signed_in(personalization_context)
}
