//! GET /api/auth/list-accounts: lists the ways in which the caller can sign in; there is one, the password.

use serde::Serialize;
use shared::app::Caller;
use shared::clock::Timestamp;
use shared::http::{Exit, Json, Request, Result, serve_signed_in};
use shared::id::UserId;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LinkedAccount {
    account_id: UserId,
    provider_id: &'static str,
    user_id: UserId,
    created_at: Timestamp,
    updated_at: Timestamp,
    id: UserId,
    scopes: [&'static str; 0],
}

async fn list_accounts(caller: Caller, _: Request) -> Result<Json<[LinkedAccount; 1]>> {
    let account = caller.store().account().await?;
    Ok(Json([LinkedAccount {
        account_id: account.user_id.clone(),
        provider_id: "credential",
        user_id: account.user_id.clone(),
        created_at: account.created_at,
        updated_at: account.updated_at,
        id: account.user_id,
        scopes: [],
    }]))
}

fn main() -> Exit {
    serve_signed_in(list_accounts)
}
