//! Users who are deleted, and what the table still has of them.

use e2e::User;
use harness::stack::{RequestBuilder, Stack};
use serde_json::{Value, json};

/// What the daily schedule sends.
pub const DAILY: &str = r#"{"source":"aws.events","detail-type":"Scheduled Event","detail":{}}"#;

pub fn deleting(user: &User, body: &Value) -> RequestBuilder {
    user.post("/api/auth/delete-user").json(body)
}

/// Runs the sweep as the daily schedule does.
pub async fn run_daily(stack: &Stack) -> Value {
    stack.invoke("sweep", &serde_json::from_str(DAILY).unwrap()).await.unwrap()
}

/// Makes all jobs so old that no write can be in flight any more.
pub async fn age_jobs(stack: &Stack) {
    for job in stack.engine.query("SWEEPS", "").await.unwrap() {
        let past = json!({ "S": "2020-01-01T00:00:00.000Z" });
        let sk = job["sk"]["S"].as_str().unwrap();
        stack.engine.set("SWEEPS", sk, &[("created_at", past)]).await.unwrap();
    }
}

/// Both looks of the sweep.
pub async fn sweep_to_the_end(stack: &Stack) {
    run_daily(stack).await;
    age_jobs(stack).await;
    run_daily(stack).await;
    assert_eq!(stack.engine.count("SWEEPS", "").await.unwrap(), 0);
}

/// How many items are in the partitions of a user.
pub async fn items_of(stack: &Stack, user: &User) -> usize {
    stack.engine.count(&format!("USER#{}", user.id), "").await.unwrap()
}

/// Whether there is an account of this user.
pub async fn has_account(stack: &Stack, user: &User) -> bool {
    let pk = format!("USER#{}", user.id);
    stack.engine.get_item(&pk, "ACCOUNT").await.unwrap().is_some()
}
