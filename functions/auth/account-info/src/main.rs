//! GET /api/auth/account-info: reads who the caller is at a provider.

use serde_json::{Value, json};
use shared::app::{Caller, Init, providers};
use shared::config::ConfigError;
use shared::http::{Exit, Json, Request, Result, serve_signed_in_with};
use shared::problem::OAuthError;
use shared::provider::Providers;

async fn account_info(
    caller: Caller,
    request: Request,
    providers: &'static Providers,
) -> Result<Json<Value>> {
    let id = request.query_text("accountId").unwrap_or_default();
    let external = caller.external_account(&id).await?;
    let provider = providers.get(&external.provider).ok_or(OAuthError::ProviderNotConfigured)?;
    let (external, tokens) = caller.valid_tokens(provider, external).await?;
    let (user, data) = caller.at_provider(provider, &external, &tokens).await?;
    Ok(Json(json!({
        "user": {
            "id": user.subject,
            "name": user.name,
            "email": user.email,
            "image": user.image,
            "emailVerified": user.email_verified,
        },
        "data": data,
        "account": {
            "id": external.id,
            "providerId": external.provider,
            "accountId": external.subject,
        },
    })))
}

fn main() -> std::result::Result<Exit, ConfigError> {
    let providers = providers()?;
    Ok(serve_signed_in_with(Init::default().two_connections(), move |caller, request| {
        account_info(caller, request, providers)
    }))
}
