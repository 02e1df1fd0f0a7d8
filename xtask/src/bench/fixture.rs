//! The table that functions are measured on, and an event for each that succeeds.

mod mailed;
mod social;

use super::events::{self, Asked};
use anyhow::{Context, Result, bail, ensure};
use bytes::Bytes;
use harness::engine::Engine;
use harness::stack::RequestBuilder;
use harness::tls::TlsEndpoint;
use harness::{Method, Stack};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use template::Route;
use tokio::sync::OnceCell;

const PASSWORD: &str = "correct horse battery staple";
/// A question as people ask them, if it is said five times.
const QUESTION: &str = "How does a robot know where its arm is? ";
/// A page of messages is full.
const MESSAGES: usize = 20;

/// A table with an account, a conversation with messages, and a job for the sweeper.
pub struct Fixture {
    /// The functions that prepare data, and the recording proxy.
    pub stack: Stack,
    /// Before the same table.
    pub tls: TlsEndpoint,
    /// Owns the table.
    pub engine: Engine,
    /// Has an account.
    pub user: User,
    /// Its conversation.
    pub conversation: String,
    /// The id of its account at the provider, once there is one.
    linked: OnceCell<String>,
}

/// Somebody with an account.
#[derive(Default)]
pub struct User {
    /// The account's id.
    pub id: String,
    /// Its e-mail address.
    pub email: String,
    /// A session token.
    pub token: String,
}

impl Fixture {
    /// Starts the table and fills it with the help of these binaries.
    pub async fn prepare(helpers: &Path) -> Result<Self> {
        let engine = Engine::embedded().await?;
        let stack = Stack::builder()
            .engine(Engine::external(engine.url()))
            .binaries(helpers)
            // One account asks all the questions.
            .parameter("QuotaMessagesPerDay", "1000000")
            .parameter("QuotaTokensPerDay", "1000000000")
            .parameter("QuotaStackTokensPerDay", "1000000000")
            .parameter("QuotaStackUnverifiedPercent", "100");
        let stack = stack.start().await?;
        let address = engine.url().trim_start_matches("http://").parse()?;
        let tls = TlsEndpoint::start(address, &std::env::temp_dir()).await?;
        let (user, conversation, linked) = Default::default();
        let mut fixture = Self { stack, tls, engine, user, conversation, linked };
        fixture.user = fixture.sign_up().await?;
        fixture.conversation = fixture.new_conversation().await?;
        let path = format!("/api/conversations/{}/messages", fixture.conversation);
        for _ in 0..MESSAGES {
            fixture.send(Method::POST, &path, &message()).await?;
        }
        // The sweeper's job stays, since the conversation was deleted just now.
        let deleted = fixture.new_conversation().await?;
        let path = format!("/api/conversations/{deleted}");
        fixture.send(Method::DELETE, &path, &Value::Null).await?;
        Ok(fixture)
    }

    /// An event with which this function succeeds; a fresh one where the same one would fail the second time.
    pub async fn event(&self, function: &str) -> Result<Bytes> {
        self.event_with(function, &self.user.token).await
    }

    /// The session tokens of as many further accounts.
    pub async fn tokens(&self, count: usize) -> Result<Vec<String>> {
        let mut tokens = Vec::new();
        for _ in 0..count {
            tokens.push(self.sign_up().await?.token);
        }
        Ok(tokens)
    }

    /// The same with a session token, for functions that need no conversation of its user.
    pub async fn event_with(&self, function: &str, token: &str) -> Result<Bytes> {
        let fresh = || self.new_conversation();
        let same = || (token.to_owned(), self.conversation.clone());
        let ((token, conversation), body) = match function {
            "signup" => (same(), credentials(&unused_email(), true)),
            "sign-up-email" => (same(), named(credentials(&unused_email(), true))),
            "signin" | "sign-in-email" => (same(), credentials(&self.user.email, false)),
            "sign-out" | "archive-profile" | "revoke-sessions" => {
                ((self.sign_up().await?.token, self.conversation.clone()), Value::Null)
            }
            "change-password" => {
                let body = json!({"currentPassword": PASSWORD, "newPassword": PASSWORD});
                ((self.sign_up().await?.token, self.conversation.clone()), body)
            }
            "delete-user" => (
                (self.sign_up().await?.token, self.conversation.clone()),
                json!({"password": PASSWORD}),
            ),
            "send-verification-email" => (same(), json!({"email": self.user.email})),
            "verify-password" => (same(), json!({"password": PASSWORD})),
            "delete-conversation" => ((self.user.token.clone(), fresh().await?), Value::Null),
            "append-message" => (same(), message()),
            "chat" => (same(), self.question()?),
            "put-profile" => (same(), background()),
            "create-conversation" | "update-conversation" => (same(), json!({"title": "Robots"})),
            "sweep" => return self.sweep_event().await,
            "send-mail" => return self.mail_event().await,
            _ => (same(), Value::Null),
        };
        let found = self.stack.template.function(function).context("an unknown function")?;
        let Some(route) = events::route(found) else {
            return Ok(events::checked_in(function)?.to_string().into());
        };
        if let Some(asked) = self.prepared(function, route).await? {
            return events::request(&self.stack, &asked);
        }
        let path = route.path.replace("{conversation_id}", &conversation);
        let mut path = path.replace("{chat_id}", &conversation);
        if path.contains("{interaction_id}") {
            path = path.replace("{interaction_id}", &self.new_interaction().await?);
        }
        ensure!(!path.contains('{'), "no value for a parameter of {path}: see bench/fixture.rs");
        let body = if body.is_null() && ["POST", "PUT", "PATCH"].contains(&route.method.as_str()) {
            events::checked_in_body(function)
        } else {
            body
        };
        let header = Some(("authorization", format!("Bearer {token}")));
        events::request(&self.stack, &Asked { method: &route.method, path, header, body })
    }

    /// A question in the conversation, as our own clients ask it: the whole reply comes as JSON.
    fn question(&self) -> Result<Value> {
        let conversation: u64 = self.conversation.parse()?;
        Ok(json!({"conversation_id": conversation, "message": QUESTION.repeat(5)}))
    }

    async fn sweep_event(&self) -> Result<Bytes> {
        let job = self.stack.engine.query("SWEEPS", "").await?.into_iter().next();
        let job = job.context("deleting a conversation leaves no job for the sweeper")?;
        let keys = json!({"pk": job.get("pk"), "sk": job.get("sk")});
        let record = json!({"eventName": "INSERT", "dynamodb": {"Keys": keys}});
        Ok(json!({"Records": [record]}).to_string().into())
    }

    /// The job of a mail with a link to the account's address.
    async fn mail_event(&self) -> Result<Bytes> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        // The time decides when the job is given up, so it is one to come.
        let at = "2099-01-01T00:00:00.000Z";
        let id = format!("{:032}", COUNT.fetch_add(1, Ordering::Relaxed));
        let sk = format!("{at}#{id}");
        let job = json!({
            "pk": {"S": "MAILS"}, "sk": {"S": sk}, "id": {"S": id}, "created_at": {"S": at},
            "purpose": {"S": "reset_password"}, "to": {"S": self.user.email},
            "origin": {"S": "https://api.example.com"},
        });
        self.stack.engine.put_item(job).await?;
        Ok(mailed::event_of(&[json!({"S": sk})]).to_string().into())
    }

    /// Makes an account.
    async fn sign_up(&self) -> Result<User> {
        let email = unused_email();
        let body = credentials(&email, true);
        let response = self.send(Method::POST, "/api/auth/signup", &body).await?;
        let text = |name: &str| {
            let found = response.get(name).and_then(Value::as_str);
            found.map(str::to_owned).with_context(|| format!("signup returns no {name}"))
        };
        Ok(User { id: text("user_id")?, email, token: text("session_token")? })
    }

    async fn new_conversation(&self) -> Result<String> {
        let response = self.send(Method::POST, "/api/conversations", &json!({})).await?;
        let id = response.get("id").and_then(Value::as_u64);
        Ok(id.context("a new conversation has no id")?.to_string())
    }

    async fn new_interaction(&self) -> Result<String> {
        let body = json!({"content_type": "translation"});
        let path = "/api/personalization/interactions";
        let response = self.send(Method::POST, path, &body).await?;
        let id = response.get("id").and_then(Value::as_str);
        Ok(id.context("a new interaction has no id")?.to_owned())
    }

    /// The request of a function that needs what another one has made; `None` for all others.
    async fn prepared<'r>(&self, function: &str, route: &'r Route) -> Result<Option<Asked<'r>>> {
        let mailed = self.mailed_request(function, route).await?;
        if mailed.is_some() { Ok(mailed) } else { self.social_request(function, route).await }
    }

    async fn send(&self, method: Method, path: &str, body: &Value) -> Result<Value> {
        let mut request = self.stack.call(method, path).bearer(&self.user.token);
        if !body.is_null() {
            request = request.json(body);
        }
        good(path, request).await
    }
}

/// Sends a request that prepares the table.
async fn good(path: &str, request: RequestBuilder) -> Result<Value> {
    let response = request.outside_contract().try_send().await?;
    if response.status / 100 != 2 {
        bail!("preparing the table: {path} responds {} {}", response.status, response.text());
    }
    Ok(response.json())
}

fn unused_email() -> String {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    format!("bench-{}@example.com", COUNT.fetch_add(1, Ordering::Relaxed))
}

fn background() -> Value {
    json!({"software_level": "beginner", "hardware_background": "robotics"})
}

fn credentials(email: &str, all: bool) -> Value {
    let mut body = json!({"email": email, "password": PASSWORD});
    if let (true, Value::Object(more), Some(fields)) = (all, background(), body.as_object_mut()) {
        fields.extend(more);
    }
    body
}

fn named(mut body: Value) -> Value {
    if let Some(fields) = body.as_object_mut() {
        fields.insert("name".to_owned(), "Ada".into());
    }
    body
}

fn message() -> Value {
    json!({"role": "user", "content": QUESTION.repeat(5)})
}
