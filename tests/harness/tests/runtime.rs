//! The Runtime API and the life of processes, with a fake function.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]

use harness::runtime::{Launch, Outcome, Runtime};
use serde_json::{Value, json};
use std::path::Path;
use std::time::{Duration, Instant};

async fn runtime(concurrency: usize, environment: &[(&str, &str)]) -> Runtime {
    Runtime::start(vec![launch(concurrency, environment)]).await.unwrap()
}

fn launch(concurrency: usize, environment: &[(&str, &str)]) -> Launch {
    Launch {
        name: "fake".to_owned(),
        program: env!("CARGO_BIN_EXE_fake-function").into(),
        wrapper: Vec::new(),
        environment: environment.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect(),
        memory: 256,
        timeout: Duration::from_secs(3),
        concurrency,
        frozen: false,
    }
}

async fn invoke(runtime: &Runtime, event: Value) -> Value {
    match runtime.invoke("fake", event.to_string().into()).await.unwrap() {
        Outcome::Response(body) => serde_json::from_slice(&body).unwrap(),
        other => json!(format!("{other:?}")),
    }
}

fn alive(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    !stat.is_empty() && !stat.contains(") Z ")
}

async fn until(what: impl Fn() -> bool) {
    let started = Instant::now();
    while !what() {
        assert!(started.elapsed() < Duration::from_secs(5));
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_process_starts_at_its_first_request_and_serves_the_next() {
    let runtime = runtime(8, &[("TABLE_NAME", "tessera")]).await;
    assert!(runtime.pids("fake").unwrap().is_empty());
    let first = invoke(&runtime, json!({"log": "one"})).await;
    let second = invoke(&runtime, json!({"log": "two"})).await;
    assert_eq!(first["pid"], second["pid"]);
    assert_ne!(first["request_id"], second["request_id"]);
    assert_eq!(first["environment"]["TABLE_NAME"], "tessera");
    assert_eq!(first["environment"]["AWS_LAMBDA_FUNCTION_NAME"], "tessera-fake");
    assert!(first["environment"].get("HOME").is_none(), "nothing else of this environment");
    assert!(first["arn"].as_str().unwrap().ends_with(":function:tessera-fake"));
    assert!(first["trace"].as_str().unwrap().starts_with("Root=1-"));
    let deadline: u128 = first["deadline"].as_str().unwrap().parse().unwrap();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    assert!(deadline.abs_diff(now.as_millis()) <= 3_000);
    until(|| runtime.logs("fake").unwrap() == ["one", "two"]).await;
}

#[tokio::test]
async fn requests_at_once_get_processes_of_their_own_up_to_the_limit() {
    let runtime = runtime(2, &[]).await;
    let event = || invoke(&runtime, json!({"sleep": 100}));
    let (a, b, c) = tokio::join!(event(), event(), event());
    let mut pids = vec![a["pid"].as_u64(), b["pid"].as_u64(), c["pid"].as_u64()];
    pids.sort();
    pids.dedup();
    assert_eq!(pids.len(), 2);
}

#[tokio::test]
async fn a_death_ends_one_request_and_the_next_gets_a_new_process() {
    let runtime = runtime(8, &[]).await;
    assert_eq!(invoke(&runtime, json!({"exit": true})).await, "Died");
    let before = invoke(&runtime, json!({})).await["pid"].clone();
    assert_eq!(runtime.kill("fake").await.unwrap(), 1);
    let after = invoke(&runtime, json!({})).await["pid"].clone();
    assert_ne!(before, after);
    let kill = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        runtime.kill("fake").await.unwrap();
    };
    let (killed, ()) = tokio::join!(invoke(&runtime, json!({"sleep": 2_000})), kill);
    assert_eq!(killed, "Died");
}

#[tokio::test]
async fn failures_are_distinguished() {
    let healthy = runtime(8, &[]).await;
    let failed = invoke(&healthy, json!({"fail": true})).await;
    assert!(failed.as_str().unwrap().contains("on purpose"));
    let broken = runtime(8, &[("FAKE_INIT", "fail")]).await;
    assert_eq!(invoke(&broken, json!({})).await, "Died");
    assert!(broken.logs("fake").unwrap().contains(&"no start".to_owned()));
    assert!(healthy.invoke("unknown", "{}".into()).await.is_err());
}

#[tokio::test]
async fn processes_end_with_the_runtime() {
    let runtime = runtime(8, &[]).await;
    runtime.warm("fake").await.unwrap();
    let pids = runtime.pids("fake").unwrap();
    assert!(pids.len() == 1 && alive(pids[0]) && Path::new("/proc").exists());
    drop(runtime);
    until(|| !alive(pids[0])).await;
}

#[tokio::test]
async fn a_frozen_process_does_nothing_between_requests() {
    let launch = Launch { frozen: true, ..launch(1, &[]) };
    let runtime = Runtime::start(vec![launch]).await.unwrap();
    let first = invoke(&runtime, json!({"later": "after the response"})).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(runtime.logs("fake").unwrap(), Vec::<String>::new());
    let second = invoke(&runtime, json!({"sleep": 200})).await;
    assert_eq!(first["pid"], second["pid"]);
    until(|| runtime.logs("fake").unwrap() == ["after the response"]).await;
    assert_eq!(runtime.kill("fake").await.unwrap(), 1);
}
