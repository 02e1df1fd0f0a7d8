//! Conversations and messages that the client makes itself.

use super::{MAX_CONVERSATIONS, User};
use crate::check::conversation as compare;
use crate::told::{Conversation, Entry};
use harness::Method;
use serde_json::{Value, json};

impl User {
    pub(super) async fn begin(&mut self) {
        if self.told.conversations.len() >= MAX_CONVERSATIONS {
            return self.delete_conversation().await;
        }
        let title = format!("About servos, {}", self.word());
        let key = self.word();
        let call = self.own("create-conversation", Method::POST, "/api/conversations");
        let call = call.json(json!({ "title": title })).header("idempotency-key", key);
        let Some(answer) = self.send_once_or_twice(&call, "id").await else { return };
        let id = answer.number("id");
        if self.is("a conversation", answer.status == 201 && id > 0, &answer) {
            let is_new = !self.told.conversations.contains_key(&id);
            self.is("the id of a new conversation", is_new, &answer);
            let made = Conversation { title: Some(title), entries: Vec::new() };
            self.told.conversations.insert(id, made);
        }
    }

    pub(super) async fn append(&mut self) {
        let Some(id) = self.some_conversation() else { return self.begin().await };
        let role = if self.rng.bool() { "user" } else { "assistant" };
        let (content, key) = (self.text(), self.word());
        let path = format!("/api/conversations/{id}/messages");
        let call = self.own("append-message", Method::POST, &path);
        let body = json!({ "role": role, "content": content });
        let call = call.json(body).header("idempotency-key", key);
        let Some(answer) = self.send_once_or_twice(&call, "id").await else { return };
        if self.is("a message", answer.status == 201, &answer) {
            let entry = Entry::Appended { id: answer.number("id"), role, content };
            self.conversation(id).entries.push(entry);
        }
    }

    pub(super) async fn list_conversations(&mut self) {
        let Some(rows) =
            self.list("list-conversations", "/api/conversations", "conversations").await
        else {
            return;
        };
        let mut ids: Vec<u64> = rows.iter().map(id).collect();
        ids.sort_unstable();
        let told: Vec<u64> = self.told.conversations.keys().copied().collect();
        self.is("the list of conversations", ids == told, &(ids, &told));
    }

    pub(super) async fn read_conversation(&mut self) {
        let Some(id) = self.some_conversation() else { return };
        let path = format!("/api/conversations/{id}");
        let call = self.own("get-conversation", Method::GET, &path);
        let Some(answer) = self.send(&call).await else { return };
        self.is("a conversation that is read", answer.status == 200, &answer);
        let path = format!("{path}/messages");
        let Some(rows) = self.list("list-messages", &path, "messages").await else { return };
        // A reply that was left alone may still be on its way.
        for text in compare::differences(self.conversation(id), &rows, true) {
            self.wrong(&format!("conversation {id}, read meanwhile: {text}"));
        }
    }

    /// All rows of a list, page by page.
    pub(crate) async fn list(
        &mut self,
        function: &'static str,
        path: &str,
        field: &str,
    ) -> Option<Vec<Value>> {
        let (mut rows, mut cursor) = (Vec::new(), String::new());
        loop {
            let limit = self.rng.u8(10..=50);
            let page = format!("{path}?limit={limit}{cursor}");
            let answer = self.send(&self.own(function, Method::GET, &page)).await?;
            let found = answer.body.get(field).and_then(Value::as_array);
            if !self.is("a list", answer.status == 200 && found.is_some(), &answer) {
                return None;
            }
            rows.extend(found.into_iter().flatten().cloned());
            match answer.body.get("next_cursor").and_then(Value::as_str) {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return Some(rows),
            }
        }
    }

    pub(super) async fn rename(&mut self) {
        let Some(id) = self.some_conversation() else { return };
        let title = format!("About servos, {}", self.word());
        let path = format!("/api/conversations/{id}");
        let call = self.own("update-conversation", Method::PATCH, &path);
        let Some(answer) = self.send(&call.json(json!({ "title": title }))).await else { return };
        if self.is("a new title", answer.status == 200, &answer) {
            self.conversation(id).title = Some(title);
        }
    }

    pub(super) async fn delete_conversation(&mut self) {
        let Some(id) = self.some_conversation() else { return };
        let path = format!("/api/conversations/{id}");
        let call = self.own("delete-conversation", Method::DELETE, &path);
        let Some(answer) = self.send(&call).await else { return };
        let is_gone = answer.status == 204 || (answer.in_doubt() && answer.status == 404);
        if self.is("a deletion", is_gone, &answer) {
            self.told.conversations.remove(&id);
            self.told.deleted.insert(id);
        }
    }

    pub(super) async fn list_interactions(&mut self) {
        let path = "/api/personalization/interactions?limit=50";
        let call = self.own("list-interactions", Method::GET, path);
        let Some(answer) = self.send(&call).await else { return };
        self.is("the interactions", answer.status == 200, &answer);
    }
}

/// The id of a row.
pub fn id(row: &Value) -> u64 {
    row.get("id").and_then(Value::as_u64).unwrap_or_default()
}
