//! What each row of the table in docs/data-model.md does: one request, or one event of a background
//! function. Every test that goes over all operations walks this list. A row without a variant is
//! the request of the function's sample event, so only what differs from it is written here.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets the unexpected must fail"
)]

mod documented;
mod links;
mod mailed;
mod mails;
mod social;
mod sweeps;

use harness::stack::{RequestBuilder, Stack, StackBuilder, User};
use serde_json::{Value, json};

pub use documented::{Row, documented};

use crate::chat::ui_message;
use crate::routes::{self, SampleRoute};
use crate::{append, conversation, in_days, interaction};

/// What the last row of the table stands for.
pub const OTHERS: &str = "any other function, at most";

/// Operations that differ in what they call, but have no row in the table.
pub const UNMEASURED: [(&str, &str); 27] = [
    ("verify-email-otp", "wrong code"),
    ("reset-password-otp", "wrong code"),
    ("sign-in-social", "ID token, known user"),
    ("sign-in-social", "ID token, same address"),
    ("link-social", "ID token"),
    ("link-social", "ID token, linked already"),
    ("unlink-account", "the password"),
    ("account-info", "refreshed"),
    ("sign-in-email", "wrong password"),
    ("sign-in-email", "new network"),
    ("verify-password", "new network"),
    ("change-password", "new network"),
    ("change-password", "wrong password"),
    ("delete-user", "new network"),
    ("change-password", "ending the other sessions"),
    ("update-user", "no background"),
    ("verify-email", "new address"),
    ("list-interactions", "by content type"),
    ("sweep", "daily, an old job"),
    ("sweep", "a user of very many conversations"),
    ("send-mail", "to a busy SES"),
    ("sign-in-email-otp", "new network"),
    ("sign-in-email-otp", "unproven user"),
    ("confirm-magic-link", "unproven user"),
    ("reset-password-otp", "unproven user"),
    ("check-verification-otp", "new network"),
    ("verify-email-otp", "new network"),
];

/// A request or an event that is ready.
pub enum Scene {
    /// Of a route.
    Request(RequestBuilder),
    /// Of a background function, and what it returns if all is well.
    Event(String, Value, Value),
}

impl Scene {
    /// Plays it, and says the status; that of an event is 200 or 500.
    pub async fn play(self, stack: &Stack) -> u16 {
        match self {
            Self::Request(request) => request.await.status,
            Self::Event(function, event, expected) => {
                let result = stack.invoke(&function, &event).await;
                let good = result.is_ok_and(|result| expected.is_null() || result == expected);
                if good { 200 } else { 500 }
            }
        }
    }
}

/// A stack, and a user with three conversations, three messages and an interaction.
pub struct World {
    /// Where all of it is.
    pub stack: Stack,
    /// The user.
    pub ada: User,
    routes: Vec<SampleRoute>,
    guests: u32,
}

impl World {
    /// Makes it, with all functions started.
    ///
    /// # Panics
    /// When it can't be made.
    pub async fn new(builder: StackBuilder) -> Self {
        let stack = builder.start().await.unwrap();
        // The first sign-up makes the signing key, which every function then reads when it starts.
        let ada = stack.sign_up("ada").await;
        let names: Vec<&str> = stack.template.functions.iter().map(|f| f.name.as_str()).collect();
        stack.warm(&names).await.unwrap();
        for _ in 0..3 {
            conversation(&ada).await;
            append(&ada, 1, "hello").await;
        }
        let routes = routes::all(&stack, &interaction(&ada).await);
        Self { stack, ada, routes, guests: 0 }
    }

    /// The functions that have no row in the table.
    pub fn undocumented(&self) -> Vec<String> {
        let rows = documented();
        let names = self.stack.template.functions.iter().map(|function| function.name.clone());
        names.filter(|name| !rows.iter().any(|row| row.function == *name)).collect()
    }

    /// Prepares an operation; the recorder knows nothing of what it takes to prepare it.
    ///
    /// # Panics
    /// When there is no such scene.
    pub async fn scene(&mut self, function: &str, variant: &str) -> Scene {
        let scene = if self.routes.iter().any(|route| route.function == function) {
            Scene::Request(self.request(function, variant).await)
        } else {
            self.event(function, variant).await
        };
        self.stack.recorder.take();
        scene
    }

    async fn request(&mut self, function: &str, variant: &str) -> RequestBuilder {
        let route = self.routes.iter().find(|route| route.function == function).unwrap().clone();
        let guests = &mut self.guests;
        let usual = route.by(&self.ada, "eve");
        let with = |fields: Value| {
            let mut body = route.body_of(&self.ada, "eve");
            body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
            route.with_body(&self.ada, &body)
        };
        let nobody = |request: RequestBuilder| request.replace("authorization", &[]);
        if let Some(request) = links::request(&self.stack, &route, variant, guests).await {
            return request;
        }
        if let Some(request) = social::request(&self.stack, &route, variant, guests).await {
            return request;
        }
        if let Some(request) = mailed::request(&self.stack, &route, variant, guests).await {
            return request;
        }
        match (function, variant) {
            // These end sessions or change the account.
            (
                "sign-out"
                | "revoke-session"
                | "revoke-sessions"
                | "revoke-other-sessions"
                | "update-user"
                | "verify-password"
                | "change-password"
                | "delete-user",
                "",
            ) => route.by(&self.guest().await, ""),
            ("delete-user", "without a password") => {
                route.with_body(&self.guest().await, &json!({}))
            }
            ("verify-password" | "change-password" | "delete-user", "new network") => {
                route.by(&self.guest().await, "").source_ip("192.0.2.1")
            }
            // Each function from another network, which the one before has not made known.
            (name, "new network") => usual.source_ip(&format!("192.0.2.{}", name.len())),
            ("change-password", "ending the other sessions") => {
                let mut body = route.body.clone();
                body["revokeOtherSessions"] = true.into();
                route.with_body(&self.guest().await, &body)
            }
            ("update-user", "no background") => {
                let body = json!({ "software_level": null, "hardware_background": null });
                route.with_body(&self.guest().await, &body)
            }
            ("sign-up-email", "") => {
                let mut body = route.body_of(&self.ada, "mallory");
                // The sample event asks for a profile, too, which the row does not.
                let fields = body.as_object_mut().unwrap();
                fields.retain(|name, _| ["name", "email", "password"].contains(&name.as_str()));
                route.with_body(&self.ada, &body)
            }
            ("sign-out", "without a token")
            | ("get-session" | "send-verification-email", "nobody") => nobody(usual),
            ("signin", "unknown address") => with(json!({ "email": "nobody@example.com" })),
            ("change-password", "wrong password") => {
                with(json!({ "currentPassword": "wrong password" }))
            }
            (_, "wrong password") => with(json!({ "password": "wrong password" })),
            (_, "ended session") => route.by(&self.ended_session().await, ""),
            ("get-session", "renewed") => {
                self.age_session().await;
                usual
            }
            (_, "new key" | "same key") => usual.header("idempotency-key", "k"),
            ("list-conversations" | "list-messages", "") => usual.query("limit=3"),
            ("list-conversations", "by updated_at") => usual.query("limit=3&sort=updated_at"),
            ("list-messages", "by role") => usual.query("limit=3&role=user"),
            ("list-interactions", "by content type") => usual.query("content_type=chat"),
            ("delete-conversation", "") => self.ada.delete("/api/conversations/2"),
            ("chat", variant) => {
                self.know_stack_quota(variant == "first in thirty seconds").await;
                let request = route.with_body(&self.ada, &chat(variant));
                if ["in a conversation", "seen before"].contains(&variant) {
                    return request.header("idempotency-key", "chat");
                }
                request
            }
            ("chat-stream" | "chat-stop", "nothing comes")
            | ("update-session", "nothing to change")
            | (_, "") => usual,
            _ => panic!("tests/e2e/src/scenes.rs does not know the row `{function}` {variant}"),
        }
    }

    async fn event(&mut self, function: &str, variant: &str) -> Scene {
        let (event, expected) = match (function, variant) {
            ("sweep", variant) if !variant.is_empty() => self.sweep_event(variant).await,
            ("send-mail", variant) => self.mail_event(variant).await,
            (_, "") => (routes::sample_event(function), Value::Null),
            _ => panic!("tests/e2e/src/scenes.rs does not know the row `{function}` {variant}"),
        };
        Scene::Event(function.to_owned(), event, expected)
    }

    /// A user whose sessions and password an operation may change.
    async fn guest(&mut self) -> User {
        self.guests += 1;
        self.stack.sign_up(&format!("guest{}", self.guests)).await
    }

    /// Makes the sessions due for their renewal.
    async fn age_session(&self) {
        let pk = format!("USER#{}", self.ada.id);
        let soon = json!({ "S": in_days(1) });
        for session in self.stack.engine.query(&pk, "SESSION#").await.unwrap() {
            let sk = session["sk"]["S"].as_str().unwrap();
            self.stack.engine.set(&pk, sk, &[("expires_at", soon.clone())]).await.unwrap();
        }
    }

    /// Lets a process of `chat` know what the stack has used of its quota, as it does for thirty
    /// seconds after a turn; or starts one that does not.
    async fn know_stack_quota(&self, is_new: bool) {
        if is_new {
            self.stack.runtime.kill("chat").await.unwrap();
            self.stack.warm(&["chat"]).await.unwrap();
        } else {
            let turn = self.ada.post("/api/chat").json(&json!({ "message": "hello" })).await;
            assert_eq!(turn.status, 200, "{}", turn.text());
        }
    }

    async fn ended_session(&self) -> User {
        let ended = self.ada.another_session().await;
        ended.post("/api/auth/sign-out").await;
        ended
    }
}

/// The body of a row of `chat`.
fn chat(variant: &str) -> Value {
    match variant {
        "" | "first of a chat" | "first in thirty seconds" => json!({ "message": "hello" }),
        "in a conversation" | "seen before" => json!({ "message": "hello", "conversation_id": 1 }),
        "by the client's own id, first" | "by the client's own id" => {
            ui_message("chat", variant, "hello")
        }
        "another reply" => json!({ "conversation_id": 1, "trigger": "regenerate-message" }),
        _ => panic!("tests/e2e/src/scenes.rs does not know the row `chat` {variant}"),
    }
}
