//! Background functions: fed with the table's stream, and started on their schedules.

use super::schedule;
use anyhow::{Context, Result, bail};
use harness::engine::{Engine, StreamReader};
use harness::gateway::{BUILD, Watch};
use harness::runtime::Outcome;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use template::{Function, Stream, Template};
use tokio::task::JoinHandle;

/// Time between two looks at the stream.
const POLL: Duration = Duration::from_millis(500);
/// Maximum calls for one batch, as MaximumRetryAttempts in template.yaml sets them.
const MAX_TRIES: u32 = 5;

/// Starts one task for the stream and one for each schedule.
pub fn start(
    engine: &Arc<Engine>,
    template: &Template,
    functions: &Watch,
    position: PathBuf,
) -> Vec<JoinHandle<()>> {
    let consumers: Vec<Function> = template
        .functions
        .iter()
        .filter(|function| !function.streams.is_empty())
        .cloned()
        .collect();
    let mut tasks =
        vec![tokio::spawn(feed(Arc::clone(engine), consumers, functions.clone(), position))];
    for function in &template.functions {
        for expression in &function.schedules {
            let task = repeat(function.clone(), expression.clone(), functions.clone());
            tasks.push(tokio::spawn(task));
        }
    }
    tasks
}

/// Gives every new record to the functions that want it, and remembers the last one.
async fn feed(engine: Arc<Engine>, consumers: Vec<Function>, functions: Watch, position: PathBuf) {
    let mut reader = StreamReader::default();
    let mut last = std::fs::read_to_string(&position).unwrap_or_default();
    loop {
        match reader.next(&engine).await {
            Ok(mut records) => {
                records.retain(|record| sequence(record) > last.as_str());
                if let Some(newest) = records.last().map(|record| sequence(record).to_owned()) {
                    deliver(&consumers, &records, &functions).await;
                    last = newest;
                    let _ = std::fs::write(&position, &last);
                }
            }
            Err(error) => eprintln!("the table's stream could not be read: {error:#}"),
        }
        tokio::time::sleep(POLL).await;
    }
}

/// All have one width, so their order as text is their order.
fn sequence(record: &Value) -> &str {
    record.pointer("/dynamodb/SequenceNumber").and_then(Value::as_str).unwrap_or_default()
}

async fn deliver(consumers: &[Function], records: &[Value], functions: &Watch) {
    for function in consumers {
        for stream in &function.streams {
            for batch in batches(stream, records) {
                insist(functions, function, &json!({ "Records": batch })).await;
            }
        }
    }
}

fn batches(stream: &Stream, records: &[Value]) -> Vec<Vec<Value>> {
    let wanted: Vec<Value> =
        records.iter().filter(|record| stream.wants(record)).cloned().collect();
    wanted.chunks(stream.batch_size.max(1)).map(<[Value]>::to_vec).collect()
}

/// Once at the start, then at each interval.
async fn repeat(function: Function, expression: String, functions: Watch) {
    let interval = match schedule::interval(&expression) {
        Ok(interval) => interval,
        Err(error) => {
            return eprintln!("{} is not started by its schedule: {error:#}", function.name);
        }
    };
    let event = json!({
        "version": "0",
        "id": "00000000-0000-0000-0000-000000000000",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "123456789012",
        "time": "2026-01-01T00:00:00Z",
        "region": "us-east-1",
        "resources": [format!("arn:aws:events:us-east-1:123456789012:rule/{}", function.name)],
        "detail": {}
    });
    let mut timer = tokio::time::interval(interval);
    loop {
        timer.tick().await;
        insist(&functions, &function, &event).await;
    }
}

/// Calls a function until it succeeds, a few times at most.
async fn insist(functions: &Watch, function: &Function, event: &Value) {
    for count in 1..=MAX_TRIES {
        match call(functions, function, event).await {
            Ok(()) => return,
            Err(error) => eprintln!(
                "{} failed in the background ({count} of {MAX_TRIES}): {error:#}",
                function.name
            ),
        }
        tokio::time::sleep(Duration::from_secs(1 << count)).await;
    }
}

async fn call(functions: &Watch, function: &Function, event: &Value) -> Result<()> {
    let limit = BUILD + Duration::from_secs(function.timeout);
    let outcome = functions.invoke(&function.name, event.to_string().into());
    match tokio::time::timeout(limit, outcome).await.context("no response in time")?? {
        Outcome::Response(body) => {
            let done: Value = serde_json::from_slice(&body).unwrap_or_default();
            let left = done.get("batchItemFailures").and_then(Value::as_array);
            match left.filter(|left| !left.is_empty()) {
                // What was done is done, also if it is sent again.
                Some(left) => bail!("{} records are left", left.len()),
                None => Ok(()),
            }
        }
        Outcome::Error(error) => bail!("{}", String::from_utf8_lossy(&error)),
        other => bail!("{other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_wanted_records_are_handed_on_in_batches() {
        let filters = vec![json!({"eventName": ["INSERT"]}), json!({"id": [{"prefix": "a#"}]})];
        let stream = Stream { batch_size: 2, filters };
        let record = |name: &str| json!({"eventName": name, "id": "b#a#"});
        let mut records = ["INSERT", "REMOVE", "INSERT", "INSERT"].map(record);
        assert_eq!(batches(&stream, &records[1..2]).len(), 0);
        records[2] = json!({"eventName": "REMOVE", "id": "a#b"});
        let sizes: Vec<usize> = batches(&stream, &records).iter().map(Vec::len).collect();
        assert_eq!(sizes, [2, 1]);
    }
}
