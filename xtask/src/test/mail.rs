//! Mails as the real SDK sends them, taken by moto's SES v2: what it stores, and what it was sent.

use super::run::Counts;
use crate::ports;
use crate::progress::step;
use crate::tools::venv;
use anyhow::{Context, Result, bail, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use harness::http::Client;
use harness::stack::Stack;
use serde_json::{Value, json};
use std::process::Stdio;
use std::time::Duration;
use template::root;
use tokio::process::{Child, Command};

const PACKAGES: [&str; 1] = ["moto[server]==5.2.5"];
/// The scope of this signature tells moto the service and the region; it verifies none.
const SIGNATURE: &str = "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/ses/aws4_request, SignedHeaders=host, Signature=0";
const SEND: &str = "/v2/email/outbound-emails";
/// A purpose, and the type of its mail.
const MAILS: [(&str, &str); 5] = [
    ("reset_password", "reset-password"),
    ("verify_email", "verify-email"),
    ("change_email", "change-email"),
    ("email_changed", "email-changed"),
    ("delete_user", "delete-user"),
];

/// Sends a mail of each type; the first one before moto knows its sender.
pub async fn run() -> Result<Counts> {
    let programs = venv::with("moto", &PACKAGES, &[]).await?;
    let moto = Moto::start(&programs.join("moto_server")).await?;
    let stack = Stack::builder().env("AWS_ENDPOINT_URL_SESV2", &moto.url).start().await?;
    let ada = stack.sign_up("ada").await;
    step(&format!("Mails to moto's SES at {}", moto.url));
    for what in ["reset-recording", "start-recording"] {
        moto.call("POST", &format!("/moto-api/recorder/{what}"), &Value::Null).await?;
    }
    let first = send(&stack, "email_changed", "first@example.com", &ada.id).await?;
    ensure!(jobs(&stack).await? == 1, "a mail of an unknown sender was not refused: {first}");
    stack.log_line("send-mail", "MessageRejected").await?;
    let sender = json!({ "EmailIdentity": "mail@example.com" });
    moto.call("POST", "/v2/email/identities", &sender).await?;
    for (purpose, _) in MAILS {
        send(&stack, purpose, address(&ada.email, purpose), &ada.id).await?;
    }
    ensure!(jobs(&stack).await? == 1, "jobs are left: {:?}", stack.logs("send-mail")?);
    let (stored, sent) = (moto.stored().await?, moto.sent().await?);
    ensure!(stored.len() == MAILS.len(), "moto stored {} mails", stored.len());
    let mut passed = 1;
    for ((purpose, kind), (stored, sent)) in MAILS.into_iter().zip(stored.iter().zip(&sent)) {
        compare(kind, address(&ada.email, purpose), stored, sent)
            .with_context(|| format!("{kind}: {stored} {sent}"))?;
        passed += 1;
    }
    Ok(Counts { passed, failed: 0 })
}

/// A new address, where the mail goes to one.
fn address<'a>(own: &'a str, purpose: &str) -> &'a str {
    if purpose == "change_email" { "new@example.com" } else { own }
}

async fn jobs(stack: &Stack) -> Result<usize> {
    Ok(stack.engine.query("MAILS", "").await?.len())
}

/// Stores a job as an endpoint does, and gives it to the function.
async fn send(stack: &Stack, purpose: &str, to: &str, user_id: &str) -> Result<Value> {
    let at = "2099-01-01T00:00:00.000Z";
    let letters = format!("{purpose}{to}{}", "x".repeat(32));
    let id: String = letters.chars().filter(char::is_ascii_alphanumeric).take(32).collect();
    let sk = format!("{at}#{id}");
    let item = json!({
        "pk": { "S": "MAILS" }, "sk": { "S": sk }, "id": { "S": id }, "purpose": { "S": purpose },
        "to": { "S": to }, "user_id": { "S": user_id }, "created_at": { "S": at },
        "origin": { "S": "https://api.example.com" }, "callback_url": { "S": "/after?a=ü" },
    });
    stack.engine.put_item(item).await?;
    let keys = json!({ "pk": { "S": "MAILS" }, "sk": { "S": sk } });
    let record = json!({ "dynamodb": { "Keys": keys, "SequenceNumber": "1" } });
    stack.invoke("send-mail", &json!({ "Records": [record] })).await
}

/// What moto made of a mail, and the call that it got.
fn compare(kind: &str, to: &str, stored: &Value, sent: &Value) -> Result<()> {
    let simple = |part: &str| {
        let data = sent.pointer(&format!("/Content/Simple/{part}/Data"));
        data.and_then(Value::as_str).with_context(|| format!("no {part}"))
    };
    ensure!(stored["source"] == "\"Tessera\" <mail@example.com>", "the sender");
    ensure!(stored["destinations"] == json!({ "ToAddresses": [to] }), "the recipient");
    ensure!(stored["subject"] == simple("Subject")?, "the subject");
    ensure!(stored["body"] == simple("Body/Html")?, "the HTML");
    ensure!(simple("Body/Text")?.contains("Tessera"), "the text");
    ensure!(sent["EmailTags"] == json!([{ "Name": "type", "Value": kind }]), "the tags");
    ensure!(sent["ConfigurationSetName"] == "tessera-mail", "the configuration set");
    Ok(())
}

/// A running moto.
struct Moto {
    url: String,
    client: Client,
    _process: Child,
}

impl Moto {
    async fn start(program: &std::path::Path) -> Result<Self> {
        let port = ports::free()?;
        let process = Command::new(program)
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .env("MOTO_RECORDER_FILEPATH", root().join(".local/moto-recording"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .context("cannot start moto")?;
        let url = format!("http://127.0.0.1:{port}");
        let moto = Self { url, client: Client::default(), _process: process };
        for _ in 0..300 {
            if moto.call("GET", "/moto-api/data.json", &Value::Null).await.is_ok() {
                return Ok(moto);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        bail!("moto does not respond")
    }

    async fn call(&self, method: &str, path: &str, body: &Value) -> Result<Bytes> {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let request = hyper::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url))
            .header("authorization", SIGNATURE)
            .header("content-type", "application/json")
            .body(body.into())?;
        let response = self.client.send(request).await?;
        ensure!(response.status().is_success(), "{path}: {response:?}");
        Ok(response.into_body())
    }

    /// The mails that it has taken.
    async fn stored(&self) -> Result<Vec<Value>> {
        let data = self.call("GET", "/moto-api/data.json", &Value::Null).await?;
        let data: Value = serde_json::from_slice(&data)?;
        let mails = data.pointer("/ses/Message").and_then(Value::as_array);
        Ok(mails.cloned().unwrap_or_default())
    }

    /// The bodies of the calls after the first, which was refused.
    async fn sent(&self) -> Result<Vec<Value>> {
        let recording = self.call("GET", "/moto-api/recorder/download-recording", &Value::Null);
        let recording = String::from_utf8(recording.await?.to_vec())?;
        let mut sent = Vec::new();
        for line in recording.lines() {
            let call: Value = serde_json::from_str(line)?;
            let text = |name: &str| call.get(name).and_then(Value::as_str).unwrap_or_default();
            if text("url").ends_with(SEND) {
                let body = text("body").as_bytes();
                let is_encoded = call.get("body_encoded") == Some(&Value::Bool(true));
                let body = if is_encoded { STANDARD.decode(body)? } else { body.to_vec() };
                sent.push(serde_json::from_slice(&body)?);
            }
        }
        Ok(sent.split_off(1.min(sent.len())))
    }
}
