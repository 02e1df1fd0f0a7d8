//! What the comparison afterwards asks for, in the name of a user.

use super::send::Call;
use super::{Mix, User};
use crate::check::account::ids;
use crate::told::Told;
use crate::world::World;
use fastrand::Rng;
use harness::Method;
use harness::http::Client;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::Arc;

impl User {
    /// Somebody who knows what a user was told.
    pub fn comparing(world: Arc<World>, number: usize, told: Told) -> Self {
        Self {
            world,
            client: Client::default(),
            rng: Rng::with_seed(u64::try_from(number).unwrap_or_default()),
            name: format!("c{number}"),
            count: 0,
            told,
            before: Vec::new(),
            last: VecDeque::new(),
        }
    }

    /// Whether only the account is compared.
    pub fn has_account_alone(&self) -> bool {
        self.world.mix == Mix::Accounts
    }

    /// What the user was told.
    pub fn told(&self) -> &Told {
        &self.told
    }

    /// Notes something that must not be.
    pub fn note(&self, text: &str) {
        self.wrong(text);
    }

    /// Sessions that go on sign in, those that have ended don't.
    pub async fn compare_sessions(&mut self) {
        for (tokens, goes_on) in [(self.told.live.clone(), true), (self.told.ended.clone(), false)]
        {
            for token in tokens {
                let call = Call::new("get-session", Method::GET, "/api/auth/get-session");
                let call = call.header("authorization", format!("Bearer {token}"));
                let Some(answer) = self.send(&call).await else { continue };
                let id = answer.body.pointer("/user/id").and_then(Value::as_str);
                let is_right = if goes_on { id == Some(&self.told.user_id) } else { id.is_none() };
                self.is(if goes_on { "a session" } else { "an ended session" }, is_right, &answer);
            }
        }
    }

    /// Nobody signs in any more.
    pub async fn compare_erased(&mut self) {
        let body = json!({ "email": self.told.email, "password": self.told.password });
        let call = Call::new("sign-in-email", Method::POST, "/api/auth/sign-in/email").json(body);
        let Some(answer) = self.send(&call).await else { return };
        self.is("an account that was deleted", answer.status == 401, &answer);
    }

    /// The password that was last set signs in.
    pub async fn sign_in_again(&mut self) -> bool {
        self.sign_in().await
    }

    /// The profile is the one that was last set.
    pub async fn compare_profile(&mut self) {
        self.read_profile().await;
    }

    /// The name is the one that was last set.
    pub async fn compare_name(&mut self) {
        let call = self.own("get-session", Method::GET, "/api/auth/get-session");
        let Some(answer) = self.send(&call).await else { return };
        let name = answer.body.pointer("/user/name").and_then(Value::as_str);
        self.is("the name", name == Some(&self.told.name), &answer);
    }

    /// The conversations and their titles.
    pub async fn compare_conversations(&mut self) {
        let path = "/api/conversations";
        let Some(rows) = self.list("list-conversations", path, "conversations").await else {
            return;
        };
        let told: Vec<u64> = self.told.conversations.keys().copied().collect();
        let found = ids(&rows);
        self.is("the list of conversations", found == told, &(&found, &told));
        for row in &rows {
            let told = self.told.conversations.get(&super::conversations::id(row));
            let told = told.and_then(|told| told.title.as_deref());
            let title = row.get("title").and_then(Value::as_str);
            self.is("a title", told.is_none() || told == title, row);
        }
    }

    /// The messages of a conversation.
    pub async fn messages(&mut self, id: u64) -> Option<Vec<Value>> {
        let path = format!("/api/conversations/{id}/messages");
        self.list("list-messages", &path, "messages").await
    }

    /// All interactions.
    pub async fn interactions(&mut self) -> Option<Vec<Value>> {
        let path = "/api/personalization/interactions";
        self.list("list-interactions", path, "interactions").await
    }
}
