//! POST /api/auth/sign-in/social: sends a browser to a provider, or signs in with an ID token of one.

use serde_json::json;
use shared::app::{App, Init, SignedInByProvider, providers_without_secrets};
use shared::config::ConfigError;
use shared::http::{Exit, Request, Response, Result, Social, serve_with};
use shared::model::Ring;
use shared::problem::Problem;
use shared::provider::Providers;

async fn sign_in_social(
    app: &'static App,
    request: Request,
    providers: &'static Providers,
) -> Result<Response> {
    request.refuse_foreign_sign_in(app)?;
    let Social { provider, id_token, to_provider, is_only_told } =
        request.social(app, providers)?;
    let Some(id_token) = id_token else {
        let begun = app.begin_oauth(provider, to_provider).await?;
        return Response::to_provider(app, &request, &begun, is_only_told);
    };
    let visitor = app.visitor_of(provider, id_token, request.client()).await?;
    let signed_in = app.sign_in_by_provider(&visitor).await.map_err(Problem::from)?;
    let SignedInByProvider { new, .. } = signed_in;
    let body = json!({ "redirect": false, "token": new.token, "user": new.user() });
    Response::json(200, &body).signed_in(app, &request, &new)
}

fn main() -> std::result::Result<Exit, ConfigError> {
    let providers = providers_without_secrets()?;
    let init = Init::default().signs(Ring::Session);
    Ok(serve_with(init, move |app, request| sign_in_social(app, request, providers)))
}
