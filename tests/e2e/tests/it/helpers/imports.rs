//! Exports of Better Auth's tables, and their import.

use ::operator::import::{Mode, Summary, import, parse};
use e2e::{User, sign_in};
use harness::stack::Stack;
use serde_json::{Value, json};
use shared::store::StoreError;

use crate::helpers::kinds::FOREIGN;
use crate::helpers::tables::store;

/// The id of a made-up user; the name has at most 32 letters.
pub fn id(name: &str) -> String {
    format!("{name:A<32}")
}

pub fn address(name: &str) -> String {
    format!("{name}@example.com")
}

/// A user with these columns instead of the usual ones.
pub fn user(name: &str, changes: &Value) -> Value {
    let mut row = json!({
        "id": id(name), "name": name, "email": address(name), "emailVerified": 0, "image": null,
        "createdAt": "2023-05-06T07:08:09.123Z", "updatedAt": "2024-05-06T07:08:09.000Z",
    });
    for (column, value) in changes.as_object().unwrap() {
        row[column] = value.clone();
    }
    row
}

/// An export in which each of these users has the foreign password.
pub fn export(users: &[Value]) -> Value {
    let account = |user: &Value| {
        json!({
            "accountId": user["id"], "providerId": "credential", "userId": user["id"],
            "password": FOREIGN.trim(),
        })
    };
    json!({ "user": users, "account": users.iter().map(account).collect::<Vec<_>>() })
}

pub async fn run(stack: &Stack, export: &Value, mode: Mode) -> (Summary, Option<StoreError>) {
    let database = parse(export.to_string().as_bytes()).unwrap();
    import(&store(stack).operator(), database, mode, &mut |_| ()).await
}

/// Imports, and nothing fails.
pub async fn imported(stack: &Stack, export: &Value) -> Summary {
    let (summary, failure) = run(stack, export, Mode::Import).await;
    assert!(failure.is_none(), "{failure:?}");
    assert_eq!(summary.done(), summary.total, "{summary}");
    summary
}

pub fn counts(summary: &Summary) -> (usize, usize, usize) {
    let skipped = summary.skipped.values().map(Vec::len).sum();
    (summary.imported, summary.already_there, skipped)
}

/// Signs in as an imported user.
pub async fn signed_in(stack: &Stack, name: &str, password: &str) -> User {
    let response = sign_in(stack, &address(name), password).await;
    assert_eq!(response.status, 200, "{name}: {}", response.text());
    assert_eq!(response.field("user_id"), id(name));
    stack.user(&id(name), &response.field("session_token"), &address(name))
}
