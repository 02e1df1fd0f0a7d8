//! POST /api/auth/refresh-token: gets a new access token of a provider for the caller.

use serde::{Deserialize, Serialize};
use shared::app::{Caller, Init, SecretText, providers};
use shared::clock::Timestamp;
use shared::config::ConfigError;
use shared::http::{Exit, Json, Request, Result, serve_signed_in_with};
use shared::id::ExternalAccountId;
use shared::problem::OAuthError;
use shared::provider::Providers;
use shared::text::ProviderId;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    account_id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResponseBody {
    access_token: Option<SecretText>,
    refresh_token: Option<SecretText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    access_token_expires_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token_expires_at: Option<Timestamp>,
    scope: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<SecretText>,
    provider_id: ProviderId,
    account_id: ExternalAccountId,
}

async fn refresh_token(
    caller: Caller,
    request: Request,
    providers: &'static Providers,
) -> Result<Json<ResponseBody>> {
    let body: Body = request.better_auth_json()?;
    let external = caller.external_account(&body.account_id).await?;
    let provider = providers.get(&external.provider).ok_or(OAuthError::ProviderNotSupported)?;
    let (external, tokens) = caller.refreshed_tokens(provider, external).await?;
    Ok(Json(ResponseBody {
        access_token: SecretText::of(&tokens.access_token),
        refresh_token: tokens.refresh_token.as_ref().and_then(SecretText::of),
        access_token_expires_at: tokens.access_token_expires_at,
        refresh_token_expires_at: tokens.refresh_token_expires_at,
        scope: external.scopes.join(","),
        id_token: tokens.id_token.as_ref().and_then(SecretText::of),
        provider_id: external.provider,
        account_id: external.id,
    }))
}

fn main() -> std::result::Result<Exit, ConfigError> {
    let providers = providers()?;
    Ok(serve_signed_in_with(Init::default().two_connections(), move |caller, request| {
        refresh_token(caller, request, providers)
    }))
}
