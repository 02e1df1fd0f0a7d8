//! GET /api/auth/callback/{provider}: ends a sign-in at a provider, where the browser comes back.

use shared::app::{App, Init, providers};
use shared::config::ConfigError;
use shared::http::{Exit, Request, Response, Result, serve_with};
use shared::model::Ring;
use shared::provider::Providers;

async fn finish_social(
    app: &'static App,
    request: Request,
    providers: &'static Providers,
) -> Result<Response> {
    let came_back = app.come_back(providers, request.coming_back(app)?).await?;
    request.came_back(app, came_back)
}

fn main() -> std::result::Result<Exit, ConfigError> {
    let providers = providers()?;
    let init = Init::default().signs(Ring::Session);
    Ok(serve_with(init, move |app, request| finish_social(app, request, providers)))
}
