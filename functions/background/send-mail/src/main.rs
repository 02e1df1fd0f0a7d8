//! background: sends the mails whose jobs endpoints have stored.
//!
//! An event of the table's stream contains new jobs; the function reports those that it could not do, and
//! Lambda sends them again. The event of the daily schedule contains none: then the jobs that are left are
//! done, oldest first.

mod delivery;

use std::time::Duration;

use delivery::{Delivery, Outcome};
use serde_json::{Value, json};
use shared::app::App;
use shared::clock::Timestamp;
use shared::http::{Exit, Result, serve_background};
use shared::log;

/// The stream waits meanwhile, so it gets what could not be done by then again.
const STREAM_WAITS: Duration = Duration::from_mins(1);
/// The pause before a mail is tried again; it doubles with each try.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// Younger jobs are still in the stream.
const IN_STREAM: Duration = Duration::from_mins(10);

/// A job of the table, and the place of its record in the stream.
struct Job {
    sk: String,
    record: Value,
}

async fn send_mail(app: &'static App, event: Value, deadline: Option<Timestamp>) -> Result<Value> {
    let delivery = Delivery::new(app);
    let end = end(app.clock.now(), deadline);
    let done = match event.get("Records").and_then(Value::as_array) {
        Some(records) => Ok(new_jobs(app, &delivery, records, end).await),
        None => all_jobs(app, &delivery, end).await,
    };
    log::note("mail_age", delivery.age_of_oldest_waiting());
    done
}

/// The jobs in the stream's records. Returns which of them Lambda is to send again.
async fn new_jobs(
    app: &'static App,
    delivery: &Delivery,
    records: &[Value],
    end: Timestamp,
) -> Value {
    let jobs = records.iter().filter_map(job_of).collect();
    let left = deliver(app, delivery, jobs, end.min(app.clock.now().plus(STREAM_WAITS))).await;
    let left = left.into_iter().map(|job| json!({ "itemIdentifier": job.record }));
    json!({ "batchItemFailures": left.collect::<Vec<_>>() })
}

fn job_of(record: &Value) -> Option<Job> {
    let sk = record.pointer("/dynamodb/Keys/sk/S")?.as_str()?.to_owned();
    let number = record.pointer("/dynamodb/SequenceNumber").cloned().unwrap_or_default();
    Some(Job { sk, record: number })
}

/// When to stop: a quarter of the time is left for the mail that is being sent by then.
fn end(now: Timestamp, deadline: Option<Timestamp>) -> Timestamp {
    const FOREVER: Timestamp = Timestamp::from_milliseconds(i64::MAX);
    deadline.map_or(FOREVER, |deadline| now.plus(now.until(deadline).mul_f32(0.75)))
}

/// Does the jobs, and those that fail again after a pause, until `end`. Returns those that are left. A
/// job that fails keeps no other waiting.
async fn deliver(
    app: &'static App,
    delivery: &Delivery,
    mut jobs: Vec<Job>,
    end: Timestamp,
) -> Vec<Job> {
    let mut pause = FIRST_PAUSE;
    loop {
        let mut left = Vec::new();
        for job in jobs {
            if app.clock.now() >= end || delivery.deliver(&job.sk).await == Outcome::Later {
                left.push(job);
            }
        }
        if left.is_empty() || app.clock.now().plus(pause) >= end {
            return left;
        }
        tokio::time::sleep(pause).await;
        (jobs, pause) = (left, pause * 2);
    }
}

/// A page of jobs after the other, each job once.
async fn all_jobs(app: &'static App, delivery: &Delivery, end: Timestamp) -> Result<Value> {
    let settled_before = app.clock.now();
    let (mut done, mut left, mut from) = (0, 0, None);
    loop {
        let page = app.store.mails().page(from).await?;
        if let Some(error) = page.malformed {
            tracing::error!(cause = %error, "a mail job can't be read");
        }
        for mail in page.jobs {
            let is_old = mail.job.created_at.plus(IN_STREAM) <= settled_before;
            let is_left = app.clock.now() >= end
                || (is_old && delivery.deliver(mail.sk()).await == Outcome::Later);
            if is_left {
                left += 1;
            } else if is_old {
                done += 1;
            }
        }
        from = page.next;
        if from.is_none() || app.clock.now() >= end {
            return Ok(json!({ "jobs": done, "left": left, "more": from.is_some() }));
        }
    }
}

fn main() -> Exit {
    serve_background(send_mail)
}
