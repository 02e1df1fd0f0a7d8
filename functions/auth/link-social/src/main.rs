//! POST /api/auth/link-social: sends the caller's browser to a provider, to link an account there.

use serde_json::json;
use shared::app::{Caller, Init, providers_without_secrets};
use shared::config::ConfigError;
use shared::http::{Exit, Request, Response, Result, Social, serve_signed_in_with};
use shared::model::LinkTo;
use shared::problem::Problem;
use shared::provider::Providers;

async fn link_social(
    caller: Caller,
    request: Request,
    providers: &'static Providers,
) -> Result<Response> {
    let app = caller.app;
    let Social { provider, id_token, mut to_provider, is_only_told } =
        request.social(app, providers)?;
    caller.store().check_session().await?;
    let link = LinkTo {
        user_id: caller.signed_in.user_id().clone(),
        session_id: caller.signed_in.session_id().clone(),
    };
    let Some(id_token) = id_token else {
        to_provider.link_to = Some(link);
        let begun = app.begin_oauth(provider, to_provider).await?;
        return Response::to_provider(app, &request, &begun, is_only_told);
    };
    let visitor = app.visitor_of(provider, id_token, request.client()).await?;
    app.link_by_provider(&visitor, &link).await.map_err(Problem::from)?;
    Ok(Response::json(200, &json!({ "url": "", "status": true, "redirect": false })))
}

fn main() -> std::result::Result<Exit, ConfigError> {
    let providers = providers_without_secrets()?;
    Ok(serve_signed_in_with(Init::default(), move |caller, request| {
        link_social(caller, request, providers)
    }))
}
