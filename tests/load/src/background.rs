//! What AWS does by itself: it gives the table's stream to functions, again if they fail, and starts others
//! on their schedules.

use crate::check::rows;
use anyhow::{Result, ensure};
use harness::Stack;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Functions with a schedule are started this often, not once an hour or a day.
const SCHEDULE: Duration = Duration::from_secs(10);
/// Between two looks at the stream.
const POLL: Duration = Duration::from_millis(200);

/// Delivers until it is dropped. What fails is left to the schedule, as it is after the last retry on AWS.
pub async fn run(stack: Arc<Stack>) {
    let mut scheduled = Instant::now();
    loop {
        // The functions log why they failed.
        let _ = stack.deliver_stream().await;
        if scheduled.elapsed() > SCHEDULE {
            on_schedule(&stack).await;
            scheduled = Instant::now();
        }
        tokio::time::sleep(POLL).await;
    }
}

/// Runs the functions that have a schedule.
async fn on_schedule(stack: &Stack) {
    let functions = stack.template.functions.iter().filter(|one| !one.schedules.is_empty());
    for function in functions {
        let event = json!({ "source": "aws.events", "detail-type": "Scheduled Event" });
        let _ = stack.invoke(&function.name, &event).await;
    }
}

/// Waits until no function works any more: a reply goes on without its client.
pub async fn rest(stack: &Stack) -> Result<()> {
    let started = Instant::now();
    loop {
        let mut busy = Vec::new();
        for function in &stack.template.functions {
            if !stack.runtime.busy(&function.name)?.is_empty() {
                busy.push(&function.name);
            }
        }
        if busy.is_empty() {
            return Ok(());
        }
        ensure!(started.elapsed() < Duration::from_mins(1), "still at work: {busy:?}");
        tokio::time::sleep(POLL).await;
    }
}

/// Goes on until no job is left in the table. A sweep looks once more after a quarter of an hour, when no
/// write can be in flight; here its jobs count as that old at once, since nothing writes any more.
pub async fn finish(stack: &Stack) -> Result<()> {
    let started = Instant::now();
    let past = json!({ "S": "2026-01-01T00:00:00.000Z" });
    loop {
        let given = stack.deliver_stream().await?;
        for job in stack.engine.query("SWEEPS", "").await? {
            let sk = job.pointer("/sk/S").and_then(Value::as_str).unwrap_or_default();
            stack.engine.set("SWEEPS", sk, &[("created_at", past.clone())]).await?;
        }
        on_schedule(stack).await;
        let jobs = rows::jobs(&stack.engine).await?;
        if given == 0 && jobs == 0 {
            return Ok(());
        }
        ensure!(started.elapsed() < Duration::from_mins(1), "{jobs} jobs are still in the table");
        tokio::time::sleep(POLL).await;
    }
}
