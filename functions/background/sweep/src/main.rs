//! background: removes the items of deleted conversations and of erased users.
//!
//! An event of the table's stream contains new jobs. The event of the daily schedule contains none:
//! then the jobs that are left are done, oldest first, as far as the time goes. The next day goes on
//! from there, since jobs that are done are gone.

use std::time::Duration;

use serde_json::{Value, json};
use shared::app::App;
use shared::clock::Timestamp;
use shared::http::{Exit, Result, serve_background};
use shared::log;
use shared::store::{FoundJob, StoreError, Sweeper, Swept};

async fn sweep(app: &'static App, event: Value, deadline: Option<Timestamp>) -> Result<Value> {
    let sweeper = app.store.sweeper();
    let end = end(app.clock.now(), deadline);
    let swept = match event.get("Records").and_then(Value::as_array) {
        Some(records) => new_jobs(app, &sweeper, records, end).await?,
        None => all_jobs(app, &sweeper, end).await?,
    };
    match swept.failure {
        Some(error) => Err(error.into()),
        None => Ok(json!({ "jobs": swept.jobs, "removed": swept.removed, "more": swept.more })),
    }
}

/// When to stop: a tenth of the time is left for what has begun by then.
fn end(now: Timestamp, deadline: Option<Timestamp>) -> Timestamp {
    const FOREVER: Timestamp = Timestamp::from_milliseconds(i64::MAX);
    deadline.map_or(FOREVER, |deadline| now.plus(now.until(deadline).mul_f32(0.9)))
}

/// The jobs in the stream's records. The stream waits meanwhile, so what takes longer than a minute is
/// left to the daily schedule.
async fn new_jobs(
    app: &'static App,
    sweeper: &Sweeper<'_>,
    records: &[Value],
    end: Timestamp,
) -> Result<Swept> {
    let end = end.min(app.clock.now().plus(Duration::from_mins(1)));
    let mut swept = Swept::default();
    loop {
        // A job may note how far it was done, so it is read again each time.
        let (jobs, malformed) = read(sweeper, records).await;
        let again = sweeper.sweep(&jobs, end).await;
        let goes_on = again.more && again.failure.is_none() && app.clock.now() < end;
        swept.more = false;
        swept.add(again);
        swept.failure = malformed.or(swept.failure);
        if !goes_on {
            return Ok(swept);
        }
    }
}

/// The jobs of some records that are not done, and what is wrong with one that can't be read.
async fn read(sweeper: &Sweeper<'_>, records: &[Value]) -> (Vec<FoundJob>, Option<StoreError>) {
    let (mut jobs, mut malformed) = (Vec::new(), None);
    for record in records {
        if let Some(sk) = record.pointer("/dynamodb/Keys/sk/S").and_then(Value::as_str) {
            match sweeper.job(sk).await {
                Ok(job) => jobs.extend(job),
                Err(error) => malformed = Some(error),
            }
        }
    }
    (jobs, malformed)
}

/// A page of jobs after the other. A job with very many items does not keep the jobs behind it
/// waiting: its turn comes again after theirs.
async fn all_jobs(app: &'static App, sweeper: &Sweeper<'_>, end: Timestamp) -> Result<Swept> {
    let now = app.clock.now();
    let (mut all, mut from, mut oldest) = (Swept::default(), None, None);
    loop {
        let page = sweeper.page(from).await?;
        // A job that is a day old is due now. Older ones have failed before.
        let first = oldest.get_or_insert(page.jobs.first().map_or(now, FoundJob::created_at));
        log::note("sweep_age", first.until(now).as_secs());
        all.failure = page.malformed.or(all.failure.take());
        all.add(sweeper.sweep(&page.jobs, end).await);
        from = page.next;
        let is_over = app.clock.now() >= end;
        if is_over || (from.is_none() && (!all.more || all.failure.is_some())) {
            all.more |= is_over && from.is_some();
            return Ok(all);
        }
        if from.is_none() {
            all.more = false;
        }
    }
}

fn main() -> Exit {
    serve_background(sweep)
}
