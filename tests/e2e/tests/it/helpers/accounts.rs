//! Accounts as the table has them.

use harness::stack::{Response, Stack, User};
use serde_json::{Value, json};

/// The row of an account.
pub async fn account(stack: &Stack, user: &User) -> Value {
    stack.engine.get_item(&format!("USER#{}", user.id), "ACCOUNT").await.unwrap().unwrap()
}

/// Whether an account's address is verified.
pub async fn is_verified(stack: &Stack, user: &User) -> bool {
    account(stack, user).await["email_verified"]["BOOL"] == json!(true)
}

/// Status and code.
pub fn refusal(response: &Response) -> (u16, String) {
    (response.status, response.code())
}

/// Everything in the table but jobs and counters of networks, for comparing.
pub async fn rows(stack: &Stack) -> Vec<Value> {
    let mut rows = stack.engine.all_items().await.unwrap();
    rows.retain(|row| {
        let pk = row["pk"]["S"].as_str().unwrap();
        pk != "MAILS" && !pk.starts_with("RATE#MAIL#")
    });
    rows
}
