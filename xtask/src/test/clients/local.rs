//! What only the local stack has: background functions, the Invoke API and the pages beside the API.
//! The suites of the official clients walk through the rest.

use crate::stack::Stack;
use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use harness::http::{Client, Response};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use template::root;

/// Maximum time until a deleted conversation's message is deleted; the function starts only then.
const SWEEP: Duration = Duration::from_mins(1);
/// Where a page is that may call the API; nothing listens there.
const PAGE: &str = "http://localhost:3000";

/// Checks all of it and returns how many checks there are.
pub async fn check(stack: &Stack, trusted: &str) -> Result<usize> {
    let local = Local { client: Client::default(), url: stack.url.clone() };
    local.both_addresses(stack).await.context("the addresses of localhost")?;
    local.pages(stack.has_application).await.context("the pages beside the API")?;
    local.preflight(trusted).await.context("a preflight")?;
    local.own_host(trusted).await.context("the chat at the host of its API")?;
    local.invoke().await.context("the Invoke API")?;
    local.sweep(stack).await.context("the sweep of a deleted conversation")?;
    Ok(6)
}

struct Local {
    client: Client,
    url: String,
}

impl Local {
    async fn send(
        &self,
        (method, path): (&str, &str),
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
        status: u16,
    ) -> Result<Response> {
        let mut request =
            hyper::Request::builder().method(method).uri(format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.client.send(request.body(body.into())?).await?;
        ensure!(
            response.status() == status,
            "{method} {path} returned {}, not {status}: {:?}",
            response.status(),
            response.body()
        );
        Ok(response)
    }

    async fn both_addresses(&self, stack: &Stack) -> Result<()> {
        self.send(("GET", "/api/auth/ok"), &[], "", 200).await?;
        if !stack.listens_on_ipv6() {
            return Ok(());
        }
        let url = self.url.replace("127.0.0.1", "[::1]");
        let second = Self { client: self.client.clone(), url };
        second.send(("GET", "/api/auth/ok"), &[], "", 200).await.map(drop)
    }

    async fn pages(&self, has_application: bool) -> Result<()> {
        let routes = self.send(("GET", "/routes"), &[], "", 200).await?;
        ensure!(routes.body().ends_with(b"</html>\n"), "the page of routes is not complete");
        self.send(("GET", "/openapi.yaml"), &[], "", 200).await?;
        let (home, docs) = if has_application { (200, 302) } else { (302, 200) };
        self.send(("GET", "/"), &[], "", home).await?;
        self.send(("GET", "/docs"), &[], "", docs).await?;
        self.send(("POST", "/docs"), &[], "", 404).await.map(drop)
    }

    async fn preflight(&self, page: &str) -> Result<()> {
        let headers = [("origin", page), ("access-control-request-method", "PUT")];
        let response = self.send(("OPTIONS", "/api/user/profile"), &headers, "", 204).await?;
        let allowed = response.headers().get("access-control-allow-origin");
        ensure!(allowed.is_some_and(|allowed| allowed == page), "{:?}", response.headers());
        Ok(())
    }

    /// Without a domain name, AWS has the chat there, below the stage.
    async fn own_host(&self, page: &str) -> Result<()> {
        let host = ("host", "chatapi.execute-api.localhost");
        let headers = [host, ("origin", page), ("access-control-request-method", "POST")];
        let response = self.send(("OPTIONS", "/live"), &headers, "", 204).await?;
        let allowed = response.headers().get("access-control-allow-origin");
        ensure!(allowed.is_some_and(|allowed| allowed == page), "{:?}", response.headers());
        self.send(("POST", "/live/7/stop"), &[host], "", 401).await?;
        self.send(("POST", "/api/chat/7/stop"), &[host], "", 404).await.map(drop)
    }

    async fn invoke(&self) -> Result<()> {
        let event = std::fs::read(root().join("events/ok.json"))?;
        let call = ("POST", "/2015-03-31/functions/ok/invocations");
        let response = self.send(call, &[], event.clone(), 200).await?;
        let response: Value = serde_json::from_slice(response.body())?;
        ensure!(response.get("statusCode") == Some(&json!(200)), "ok returned {response}");
        for (name, value) in [("origin", PAGE), ("origin", "null"), ("sec-fetch-site", "none")] {
            self.send(call, &[(name, value)], event.clone(), 403).await?;
        }
        Ok(())
    }

    /// A background function gets the records of the table's stream.
    async fn sweep(&self, stack: &Stack) -> Result<()> {
        let account = json!({
            "email": "swept@example.com",
            "password": "correct horse battery staple",
            "name": "Ada",
            "software_level": "beginner",
            "hardware_background": "robotics"
        });
        let signed_up = self.call(("POST", "/api/auth/signup"), None, &account, 201).await?;
        let token = signed_up.get("session_token").and_then(Value::as_str);
        let token = Some(token.context("no session_token")?);
        let title = json!({"title": "To be deleted"});
        let made = self.call(("POST", "/api/conversations"), token, &title, 201).await?;
        let id = made.get("id").and_then(Value::as_u64).context("no conversation id")?;
        let conversation = format!("/api/conversations/{id}");
        let message = json!({"role": "user", "content": "Only the sweep removes this."});
        let messages = format!("{conversation}/messages");
        self.call(("POST", &messages), token, &message, 201).await?;
        ensure!(left(stack, &message).await? == 1, "the message is not in the table");
        self.call(("DELETE", &conversation), token, &Value::Null, 204).await?;
        let started = Instant::now();
        while left(stack, &message).await? > 0 {
            ensure!(started.elapsed() < SWEEP, "the message is still there");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        Ok(())
    }

    /// Sends JSON, with a session, and returns the body; null if there is none.
    async fn call(
        &self,
        route: (&str, &str),
        token: Option<&str>,
        body: &Value,
        status: u16,
    ) -> Result<Value> {
        let authorization = format!("Bearer {}", token.unwrap_or_default());
        let mut headers = vec![("content-type", "application/json")];
        headers.extend(token.map(|_| ("authorization", authorization.as_str())));
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let response = self.send(route, &headers, body, status).await?;
        Ok(serde_json::from_slice(response.body()).unwrap_or_default())
    }
}

/// How many messages of the table have this content.
async fn left(stack: &Stack, message: &Value) -> Result<usize> {
    let content = message.get("content").and_then(Value::as_str);
    let items = stack.engine.all_items().await?;
    Ok(items
        .iter()
        .filter(|item| item.pointer("/content/S").and_then(Value::as_str) == content)
        .count())
}
