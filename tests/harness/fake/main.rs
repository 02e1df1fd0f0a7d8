//! A function that does what its event says, or the JSON in its event's body: `response` is what it
//! returns, `log` a line for its log, `later` a line that it logs later, `sleep` a number of
//! milliseconds; `fail` and `exit` end it. `stream` is a list of what it does after it sent `head`:
//! texts to send, milliseconds to wait, and objects with `exit` or `fail`.

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
        let mut event: Value = serde_json::from_str(&body)?;
        let inner = event.get("body").and_then(Value::as_str).map(serde_json::from_str);
        if let Some(Ok(inner)) = inner {
            event = inner;
        }
        if let Some(line) = event.get("log").and_then(Value::as_str) {
            println!("{line}");
        }
        if let Some(line) = event.get("later").and_then(Value::as_str).map(str::to_owned) {
            std::thread::spawn(move || {
                std::thread::sleep(Duration::from_millis(100));
                println!("{line}");
            });
        }
        if let Some(millis) = event.get("sleep").and_then(Value::as_u64) {
            std::thread::sleep(Duration::from_millis(millis));
        }
        if event.get("exit").is_some() {
            std::process::exit(1);
        }
        let id = header("lambda-runtime-aws-request-id");
        if event.get("fail").is_some() {
            let error = json!({"errorType": "Fake", "errorMessage": "on purpose"});
            call("POST", &format!("invocation/{id}/error"), &error.to_string())?;
            continue;
        }
        if let Some(steps) = event.get("stream").and_then(Value::as_array) {
            stream(&id, event.get("head"), steps)?;
            println!("streamed");
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
        let response = event.get("response").unwrap_or(&seen);
        call("POST", &format!("invocation/{id}/response"), &response.to_string())?;
    }
}

/// Streams a response as Lambda's runtimes do; a text is one chunk.
fn stream(id: &str, head: Option<&Value>, steps: &[Value]) -> Result<()> {
    let (host, base) = api()?;
    let mut stream = TcpStream::connect(&host)?;
    write!(
        stream,
        "POST /{base}/2018-06-01/runtime/invocation/{id}/response HTTP/1.1\r\nHost: {host}\r\n\
         Transfer-Encoding: chunked\r\nLambda-Runtime-Function-Response-Mode: streaming\r\n\
         Content-Type: application/vnd.awslambda.http-integration-response\r\n\
         Trailer: Lambda-Runtime-Function-Error-Type\r\n\
         Trailer: Lambda-Runtime-Function-Error-Body\r\nConnection: close\r\n\r\n"
    )?;
    let chunk = |stream: &mut TcpStream, text: &str| {
        write!(stream, "{:x}\r\n{text}\r\n", text.len())?;
        stream.flush()
    };
    if let Some(head) = head {
        chunk(&mut stream, &head.to_string())?;
        chunk(&mut stream, &"\0".repeat(8))?;
    }
    let mut trailers = "";
    for step in steps {
        match step {
            Value::String(text) => chunk(&mut stream, text)?,
            Value::Number(millis) => {
                let millis = millis.as_u64().ok_or("not milliseconds")?;
                std::thread::sleep(Duration::from_millis(millis));
            }
            step if step.get("exit").is_some() => std::process::exit(1),
            _ => {
                trailers = "Lambda-Runtime-Function-Error-Type: Fake\r\n\
                            Lambda-Runtime-Function-Error-Body: b24gcHVycG9zZQ==\r\n";
            }
        }
    }
    write!(stream, "0\r\n{trailers}\r\n")?;
    stream.read_to_string(&mut String::new())?;
    Ok(())
}

/// Host and path of the Runtime API.
fn api() -> Result<(String, String)> {
    let api = std::env::var("AWS_LAMBDA_RUNTIME_API")?;
    let api = api.trim_start_matches("http://");
    let (host, base) = api.split_once('/').unwrap_or((api, ""));
    Ok((host.to_owned(), base.to_owned()))
}

/// One request on a connection of its own: the head and the body of its response.
fn call(method: &str, path: &str, body: &str) -> Result<(String, String)> {
    let (host, base) = api()?;
    let mut stream = TcpStream::connect(&host)?;
    write!(
        stream,
        "{method} /{base}/2018-06-01/runtime/{path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )?;
    let mut response = String::new();
    stream.read_to_string(&mut response)?;
    let (head, body) = response.split_once("\r\n\r\n").ok_or("no response")?;
    Ok((head.to_owned(), body.to_owned()))
}
