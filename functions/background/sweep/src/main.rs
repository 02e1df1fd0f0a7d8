//! background: removes the items of deleted conversations and of erased users, and tallies interactions.
//!
//! An event of the table's stream contains new jobs, and interactions that are new or were rated. The
//! event of the daily schedule contains none: then the jobs that are left are done. The stream has two
//! readers at most, so one function does both; each part is done, whatever becomes of the other.

mod removing;
mod tallying;

use serde_json::{Value, json};
use shared::app::App;
use shared::clock::Timestamp;
use shared::http::{Exit, Result, serve_background};

async fn sweep(app: &'static App, event: Value, deadline: Option<Timestamp>) -> Result<Value> {
    let end = end(app.clock.now(), deadline);
    let Some(records) = event.get("Records").and_then(Value::as_array) else {
        let swept = removing::all_jobs(app, end).await?;
        return match swept.failure {
            Some(error) => Err(error.into()),
            None => Ok(json!({ "jobs": swept.jobs, "removed": swept.removed, "more": swept.more })),
        };
    };
    let keys: Vec<_> = records.iter().filter_map(key).collect();
    let swept = removing::new_jobs(app, &keys, end).await;
    let tallied = tallying::tally(app, &keys).await;
    match swept.failure.or(tallied.failure) {
        Some(error) => Err(error.into()),
        None => Ok(json!({
            "jobs": swept.jobs,
            "removed": swept.removed,
            "more": swept.more,
            "tallied": tallied.counted,
        })),
    }
}

/// The partition key and the sort key of a record's item.
fn key(record: &Value) -> Option<(&str, &str)> {
    let text = |name: &str| record.pointer(&format!("/dynamodb/Keys/{name}/S"))?.as_str();
    Some((text("pk")?, text("sk")?))
}

/// When to stop: a tenth of the time is left for what has begun by then.
fn end(now: Timestamp, deadline: Option<Timestamp>) -> Timestamp {
    const FOREVER: Timestamp = Timestamp::from_milliseconds(i64::MAX);
    deadline.map_or(FOREVER, |deadline| now.plus(now.until(deadline).mul_f32(0.9)))
}

fn main() -> Exit {
    serve_background(sweep)
}
