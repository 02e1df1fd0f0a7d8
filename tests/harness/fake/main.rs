//! A function that does what its event says: `answer` this, `log` that, `sleep` so many
//! milliseconds, `fail`, or `exit`.

use serde_json::{Value, json};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> Result<()> {
    if std::env::var("FAKE_INIT").as_deref() == Ok("fail") {
        eprintln!("no start");
        std::process::exit(1);
    }
    loop {
        let (head, body) = call("GET", "invocation/next", "")?;
        let header = |wanted: &str| {
            let mut pairs = head.lines().filter_map(|line| line.split_once(": "));
            pairs
                .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
                .map_or("", |pair| pair.1)
                .to_owned()
        };
        let event: Value = serde_json::from_str(&body)?;
        if let Some(line) = event.get("log").and_then(Value::as_str) {
            println!("{line}");
        }
        if let Some(millis) = event.get("sleep").and_then(Value::as_u64) {
            std::thread::sleep(Duration::from_millis(millis));
        }
        if event.get("exit").is_some() {
            std::process::exit(1);
        }
        let id = header("lambda-runtime-aws-request-id");
        if event.get("fail").is_some() {
            let error = json!({"errorType": "Fake", "errorMessage": "as told"});
            call("POST", &format!("invocation/{id}/error"), &error.to_string())?;
            continue;
        }
        let seen = json!({
            "pid": std::process::id(),
            "request_id": id,
            "deadline": header("lambda-runtime-deadline-ms"),
            "arn": header("lambda-runtime-invoked-function-arn"),
            "trace": header("lambda-runtime-trace-id"),
            "environment": std::env::vars().collect::<std::collections::BTreeMap<_, _>>(),
            "event": event,
        });
        let answer = event.get("answer").unwrap_or(&seen);
        call("POST", &format!("invocation/{id}/response"), &answer.to_string())?;
    }
}

/// One request on a connection of its own: the head and the body of its answer.
fn call(method: &str, path: &str, body: &str) -> Result<(String, String)> {
    let api = std::env::var("AWS_LAMBDA_RUNTIME_API")?;
    let api = api.trim_start_matches("http://");
    let (host, base) = api.split_once('/').unwrap_or((api, ""));
    let mut stream = TcpStream::connect(host)?;
    write!(
        stream,
        "{method} /{base}/2018-06-01/runtime/{path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or("no answer")?;
    Ok((head.to_owned(), body.to_owned()))
}
