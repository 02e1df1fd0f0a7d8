//! POST /api/auth/update-session: refuses, since sessions have no fields that a client may change.

use shared::app::Caller;
use shared::http::{Exit, Request, Response, Result, serve_signed_in};
use shared::problem::BetterAuthError;

async fn update_session(caller: Caller, request: Request) -> Result<Response> {
    request.better_auth_json::<serde_json::Map<_, _>>()?;
    caller.store().check_session().await?;
    Err(BetterAuthError::NoFieldsToUpdate.into())
}

fn main() -> Exit {
    serve_signed_in(update_session)
}
