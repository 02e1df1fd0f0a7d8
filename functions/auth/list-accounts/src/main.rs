//! GET /api/auth/list-accounts: lists the ways in which the caller can sign in: the password, and accounts at providers.

use serde::Serialize;
use shared::app::{Caller, Init};
use shared::clock::Timestamp;
use shared::http::{Exit, Json, Request, Result, serve_signed_in_with};
use shared::id::UserId;
use shared::model::{Account, ExternalAccount};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LinkedAccount {
    account_id: String,
    provider_id: String,
    user_id: UserId,
    created_at: Timestamp,
    updated_at: Timestamp,
    id: String,
    scopes: Vec<String>,
}

async fn list_accounts(caller: Caller, _: Request) -> Result<Json<Vec<LinkedAccount>>> {
    let ways = caller.store().ways_in().await?;
    let account = ways.account;
    let password = ways.password_hash.map(|_| of_password(account));
    Ok(Json(password.into_iter().chain(ways.external.into_iter().map(of_provider)).collect()))
}

fn of_password(account: Account) -> LinkedAccount {
    LinkedAccount {
        account_id: account.user_id.to_string(),
        provider_id: "credential".to_owned(),
        created_at: account.created_at,
        updated_at: account.updated_at,
        id: account.user_id.to_string(),
        user_id: account.user_id,
        scopes: Vec::new(),
    }
}

fn of_provider(external: ExternalAccount) -> LinkedAccount {
    LinkedAccount {
        account_id: external.subject,
        provider_id: external.provider.to_string(),
        user_id: external.user_id,
        created_at: external.created_at,
        updated_at: external.updated_at,
        id: external.id.to_string(),
        scopes: external.scopes,
    }
}

fn main() -> Exit {
    serve_signed_in_with(Init::default().two_connections(), list_accounts)
}
