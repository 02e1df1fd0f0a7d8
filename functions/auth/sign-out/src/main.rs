//! POST /api/auth/sign-out: ends the session; succeeds without one too, as Better Auth does.

use serde_json::json;
use shared::app::App;
use shared::http::{self, Error, Request, Response, Result};
use shared::problem::Problem;

async fn sign_out(app: &App, request: Request) -> Result<Response> {
    match end_session(app, &request).await {
        Ok(()) | Err(Problem::Unauthorized(_)) => {
            Response::json(200, &json!({ "success": true })).signed_out(app, &request)
        }
        Err(problem) => Err(problem),
    }
}

async fn end_session(app: &App, request: &Request) -> Result<()> {
    let caller = request.signed_in(app).await?;
    Ok(app.store.of(&caller).end_session().await?)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), Error> {
    http::serve(sign_out).await
}
