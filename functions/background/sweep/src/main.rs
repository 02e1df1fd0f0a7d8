//! background: removes the messages of deleted conversations.
//!
//! An event of the table's stream contains new jobs. The event of the daily schedule contains none:
//! then every job that is left is done.

use serde_json::{Value, json};
use shared::app::App;
use shared::http::{Exit, Result, serve_background};
use shared::store::{StoreError, SweepJob, Sweeper};

async fn sweep(app: &'static App, event: Value) -> Result<Value> {
    let sweeper = app.store.sweeper();
    let (mut jobs, mut removed, mut failure) = (0, 0, None);
    for job in wanted(&sweeper, &event).await? {
        // A job that fails must not stop the others. It is tried again later.
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

/// The jobs in the stream's records, or all jobs if the event has no records.
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

fn main() -> Exit {
    serve_background(sweep)
}
