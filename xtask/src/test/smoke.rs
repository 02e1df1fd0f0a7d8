//! A walk through the API as `cargo xtask dev` serves it, on free ports and an empty table.

use crate::progress;
use crate::stack::{Options, Stack};
use crate::tools::cargo_lambda;
use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use harness::http::Client;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use template::root;

/// How long the sweep of a deleted conversation may take; its function starts only then.
const SWEEP: Duration = Duration::from_mins(1);
/// Where the page is that calls; nothing listens there.
const PAGE: &str = "http://localhost:3000";

/// Starts the stack, makes the walk, and ends the stack whatever came of it.
pub async fn walk() -> Result<()> {
    let folder = root().join(".local/smoke");
    crate::stack::forget(&folder)?;
    let stack = Stack::start(Options {
        cargo_lambda: cargo_lambda::find_or_install().await?,
        folder,
        data: None,
        port: 0,
        table_port: 0,
        concurrency: 1,
        parameters: BTreeMap::new(),
        variables: BTreeMap::new(),
        log: None,
    })
    .await?;
    let result = steps(&stack).await;
    stack.stop().await;
    result
}

async fn steps(stack: &Stack) -> Result<()> {
    stack.until_ready().await?;
    let mut caller = Caller { client: Client::default(), url: stack.url.clone(), token: None };
    caller.preflight().await?;
    let account = json!({
        "email": "ada@example.com",
        "password": "correct horse battery staple",
        "name": "Ada",
        "software_level": "beginner",
        "hardware_background": "robotics"
    });
    let signed_up = caller.call("POST", "/api/auth/signup", Some(&account), 201).await?;
    caller.token = Some(text(&signed_up, "session_token")?);
    let profile = caller.call("GET", "/api/user/profile", None, 200).await?;
    ensure!(text(&profile, "software_level")? == "beginner", "the profile is {profile}");
    let title = json!({"title": "A walk"});
    let conversation = caller.call("POST", "/api/conversations", Some(&title), 201).await?;
    let id = conversation.get("id").and_then(Value::as_u64).context("no conversation id")?;
    let messages = format!("/api/conversations/{id}/messages");
    let message = json!({"role": "user", "content": "Hello"});
    caller.call("POST", &messages, Some(&message), 201).await?;
    let list = caller.call("GET", &messages, None, 200).await?;
    let count = list.get("messages").and_then(Value::as_array).map_or(0, Vec::len);
    ensure!(count == 1, "the list of messages is {list}");
    ensure!(left(stack).await? == 1, "the message is not in the table");
    caller.call("DELETE", &format!("/api/conversations/{id}"), None, 204).await?;
    caller.call("GET", &messages, None, 404).await?;
    swept(stack).await?;
    caller.as_a_page(&account).await?;
    caller.call("GET", "/api/auth/nothing", None, 404).await?;
    Ok(())
}

/// Waits until the background function has removed the messages.
async fn swept(stack: &Stack) -> Result<()> {
    let started = Instant::now();
    while left(stack).await? > 0 {
        ensure!(started.elapsed() < SWEEP, "the deleted conversation's message is still there");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    println!("    swept after {}", progress::duration(started.elapsed()));
    Ok(())
}

async fn left(stack: &Stack) -> Result<usize> {
    stack.engine.count("USER#", "MESSAGE#").await
}

fn text(value: &Value, name: &str) -> Result<String> {
    let found = value.get(name).and_then(Value::as_str);
    Ok(found.with_context(|| format!("no {name} in {value}"))?.to_owned())
}

/// A client with a session.
struct Caller {
    client: Client,
    url: String,
    token: Option<String>,
}

impl Caller {
    /// Sends a request and expects a status; answers the body, null when it has none.
    async fn call(
        &self,
        method: &str,
        path: &str,
        body: Option<&Value>,
        status: u16,
    ) -> Result<Value> {
        let started = Instant::now();
        let mut request =
            hyper::Request::builder().method(method).uri(format!("{}{path}", self.url));
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        let body = body.map_or_else(Bytes::new, |body| Bytes::from(body.to_string()));
        let answer = self.client.send(request.body(body)?).await?;
        let text = String::from_utf8_lossy(answer.body()).into_owned();
        println!(
            "    {method} {path}: {} in {}",
            answer.status().as_u16(),
            progress::duration(started.elapsed())
        );
        ensure!(
            answer.status().as_u16() == status,
            "{method} {path} answered {}, not {status}: {text}",
            answer.status()
        );
        Ok(serde_json::from_str(&text).unwrap_or_default())
    }

    /// Signs in and out as a page on another port does, with cookies: they come through in both
    /// directions, also when one answer sets several.
    async fn as_a_page(&self, account: &Value) -> Result<()> {
        let send = async |method: &str, path: &str, cookie: &str, body: Bytes| {
            let request = hyper::Request::builder()
                .method(method)
                .uri(format!("{}/api/auth/{path}", self.url))
                .header("origin", PAGE)
                .header("cookie", cookie)
                .header("content-type", "application/json")
                .body(body)?;
            let answer = self.client.send(request).await?;
            let allowed = answer.headers().get("access-control-allow-origin");
            ensure!(
                answer.status() == 200 && allowed.is_some_and(|allowed| allowed == PAGE),
                "{path} answered {} {:?}",
                answer.status(),
                answer.headers()
            );
            println!("    {method} {path} as a page: 200");
            Ok(answer)
        };
        let signed_in = send("POST", "sign-in/email", "a=1", account.to_string().into()).await?;
        let set = signed_in.headers().get("set-cookie").and_then(|set| set.to_str().ok());
        let cookie = set.and_then(|set| set.split(';').next()).context("sign-in sets no cookie")?;
        let cookie = format!("a=1; {cookie}; b=2");
        let session = send("GET", "get-session", &cookie, Bytes::new()).await?;
        let session: Value = serde_json::from_slice(session.body())?;
        ensure!(session.pointer("/user/name") == account.get("name"), "the session is {session}");
        let signed_out = send("POST", "sign-out", &cookie, "{}".into()).await?;
        let cleared = signed_out.headers().get_all("set-cookie").iter().count();
        ensure!(cleared == 3, "sign-out cleared {cleared} cookies, not 3");
        let after = send("GET", "get-session", &cookie, Bytes::new()).await?;
        ensure!(after.body() == "null", "a session is left after sign-out: {:?}", after.body());
        Ok(())
    }

    /// A browser's question before a call from another port.
    async fn preflight(&self) -> Result<()> {
        let request = hyper::Request::options(format!("{}/api/user/profile", self.url))
            .header("origin", PAGE)
            .header("access-control-request-method", "PUT")
            .body(Bytes::new())?;
        let answer = self.client.send(request).await?;
        let allowed = answer.headers().get("access-control-allow-origin");
        ensure!(
            answer.status() == 204 && allowed.is_some_and(|allowed| allowed == PAGE),
            "the preflight answered {} {:?}",
            answer.status(),
            answer.headers()
        );
        Ok(())
    }
}
