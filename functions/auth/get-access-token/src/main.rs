//! POST /api/auth/get-access-token: gives the caller an access token of a provider that has not ended.

use serde::{Deserialize, Serialize};
use shared::app::{Caller, Init, SecretText, providers};
use shared::clock::Timestamp;
use shared::config::ConfigError;
use shared::http::{Exit, Json, Request, Result, serve_signed_in_with};
use shared::problem::OAuthError;
use shared::provider::Providers;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    account_id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResponseBody {
    access_token: SecretText,
    #[serde(skip_serializing_if = "Option::is_none")]
    access_token_expires_at: Option<Timestamp>,
    scopes: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<SecretText>,
}

async fn get_access_token(
    caller: Caller,
    request: Request,
    providers: &'static Providers,
) -> Result<Json<ResponseBody>> {
    let body: Body = request.better_auth_json()?;
    let external = caller.external_account(&body.account_id).await?;
    let provider = providers.get(&external.provider).ok_or(OAuthError::ProviderNotSupported)?;
    let (external, tokens) = caller.valid_tokens(provider, external).await?;
    Ok(Json(ResponseBody {
        access_token: SecretText::of(&tokens.access_token)
            .ok_or(OAuthError::FailedToGetAccessToken)?,
        access_token_expires_at: tokens.access_token_expires_at,
        scopes: external.scopes,
        id_token: tokens.id_token.as_ref().and_then(SecretText::of),
    }))
}

fn main() -> std::result::Result<Exit, ConfigError> {
    let providers = providers()?;
    Ok(serve_signed_in_with(Init::default().two_connections(), move |caller, request| {
        get_access_token(caller, request, providers)
    }))
}
