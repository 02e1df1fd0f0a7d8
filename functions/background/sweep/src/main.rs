//! background: removes the messages of deleted conversations.
//!
//! The table's stream names new jobs; the daily schedule, whose event names none, takes up every
//! job that is left.

use serde_json::{Value, json};
use shared::app::App;
use shared::http::{self, Error, Result};

async fn sweep(app: &App, event: Value) -> Result<Value> {
    let sweeper = app.store.sweeper();
    let mut jobs = Vec::new();
    match event.get("Records").and_then(Value::as_array) {
        Some(records) => {
            for record in records {
                if let Some(sk) = record.pointer("/dynamodb/Keys/sk/S").and_then(Value::as_str) {
                    jobs.extend(sweeper.job(sk).await?);
                }
            }
        }
        None => jobs = sweeper.jobs().await?,
    }
    let mut removed = 0;
    for job in &jobs {
        removed += sweeper.sweep(job).await?;
    }
    Ok(json!({ "jobs": jobs.len(), "removed": removed }))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), Error> {
    http::background(sweep).await
}
