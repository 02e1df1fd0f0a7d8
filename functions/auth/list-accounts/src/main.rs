//! GET /api/auth/list-accounts: lists the ways in which the caller can sign in: the password.

use serde::Serialize;
use shared::app::App;
use shared::clock::Timestamp;
use shared::http::{self, Error, Json, Request, Result};
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

async fn list_accounts(app: &App, request: Request) -> Result<Json<[LinkedAccount; 1]>> {
    let caller = request.signed_in(app).await?;
    let account = app.store.of(&caller).account().await?;
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

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), Error> {
    http::serve(list_accounts).await
}
