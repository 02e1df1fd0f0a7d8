//! POST /api/auth/sign-out: ends the session; succeeds without one too, as Better Auth does.

use serde_json::json;
use shared::app::App;
use shared::http::{Exit, Request, Response, Result, serve};
use shared::problem::Problem;

async fn sign_out(app: &'static App, request: Request) -> Result<Response> {
    request.refuse_foreign_page(app)?;
    match end_session(app, &request).await {
        Ok(()) | Err(Problem::Unauthorized(_) | Problem::HandleAsToken) => {
            Response::json(200, &json!({ "success": true })).signed_out(app, &request)
        }
        Err(problem) => Err(problem),
    }
}

async fn end_session(app: &'static App, request: &Request) -> Result<()> {
    Ok(request.caller(app).await?.store().end_session().await?)
}

fn main() -> Exit {
    serve(sign_out)
}
