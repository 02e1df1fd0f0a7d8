//! background: removes the messages of deleted conversations.
//!
//! The table's stream names new jobs; the daily schedule, whose event names none, takes up every
//! job that is left.

use serde_json::{Value, json};
use shared::app::App;
use shared::http::{self, Error, Result};
use shared::store::{StoreError, SweepJob, Sweeper};

async fn sweep(app: &App, event: Value) -> Result<Value> {
    let sweeper = app.store.sweeper();
    let (mut jobs, mut removed, mut failure) = (0, 0, None);
    for job in wanted(&sweeper, &event).await? {
        // One job that fails must not keep the others waiting; it is tried again later.
        let swept = match job {
            Ok(job) => sweeper.sweep(&job).await,
            Err(error) => Err(error),
        };
        match swept {
            Ok(items) => (jobs, removed) = (jobs + 1, removed + items),
            Err(error) => failure = Some(error),
        }
    }
    match failure {
        Some(error) => Err(error.into()),
        None => Ok(json!({ "jobs": jobs, "removed": removed })),
    }
}

type Jobs = Vec<std::result::Result<SweepJob, StoreError>>;

/// The jobs that the stream's records name, or all of them.
async fn wanted(sweeper: &Sweeper<'_>, event: &Value) -> Result<Jobs> {
    let Some(records) = event.get("Records").and_then(Value::as_array) else {
        return Ok(sweeper.jobs().await?);
    };
    let mut jobs = Vec::new();
    for record in records {
        if let Some(sk) = record.pointer("/dynamodb/Keys/sk/S").and_then(Value::as_str) {
            jobs.extend(sweeper.job(sk).await.transpose());
        }
    }
    Ok(jobs)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), Error> {
    http::background(sweep).await
}
