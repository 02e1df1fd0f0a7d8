//! Events of `sweep`.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets the unexpected must fail"
)]

use serde_json::{Value, json};

use super::World;
use crate::{User, append, conversation, delete_user, interaction, job_of};

impl World {
    /// The event of a row, and what the function returns for it.
    pub(super) async fn sweep_event(&self, variant: &str) -> (Value, Value) {
        match variant {
            "one conversation of three messages" => {
                let grace = self.leave_a_job("grace").await;
                let event = event_of(&job_of(&self.stack, &grace).await);
                (event, done(1, 3, 0))
            }
            "an erased user" => {
                let judy = self.stack.sign_up("judy").await;
                delete_user(&judy).await;
                (event_of(&job_of(&self.stack, &judy).await), Value::Null)
            }
            "a user of very many conversations" => {
                let mike = self.stack.sign_up("mike").await;
                delete_user(&mike).await;
                let sk = job_of(&self.stack, &mike).await;
                let many = json!({ "N": "600" });
                let set = [("last_conversation_id", many)];
                self.stack.engine.set("SWEEPS", &sk, &set).await.unwrap();
                (event_of(&sk), Value::Null)
            }
            "a new interaction" => (self.new_interaction().await, done(0, 0, 1)),
            "a new rating of it" => {
                let event = self.new_interaction().await;
                self.stack.invoke("sweep", &event).await.unwrap();
                self.rate(&event).await;
                (event, done(0, 0, 1))
            }
            "an interaction that is counted" => {
                let event = self.new_interaction().await;
                self.stack.invoke("sweep", &event).await.unwrap();
                (event, done(0, 0, 0))
            }
            "daily, nothing to do" => {
                for job in self.stack.engine.query("SWEEPS", "").await.unwrap() {
                    let sk = job["sk"]["S"].as_str().unwrap();
                    self.stack.engine.delete_item("SWEEPS", sk).await.unwrap();
                }
                (Value::Null, json!({ "jobs": 0, "removed": 0, "more": false }))
            }
            "daily, an old job" => {
                let heidi = self.leave_a_job("heidi").await;
                let past = json!({ "S": "2020-01-01T00:00:00.000Z" });
                let sk = job_of(&self.stack, &heidi).await;
                self.stack.engine.set("SWEEPS", &sk, &[("created_at", past)]).await.unwrap();
                (Value::Null, Value::Null)
            }
            _ => panic!("tests/e2e/src/scenes/sweeps.rs does not know the row `sweep` {variant}"),
        }
    }

    /// What the stream says of a new interaction of the user.
    async fn new_interaction(&self) -> Value {
        let id = interaction(&self.ada).await;
        event_of_item(&format!("USER#{}", self.ada.id), &format!("INTERACTION#{id}"))
    }

    /// Rates the interaction of an event.
    async fn rate(&self, event: &Value) {
        let sk = event["Records"][0]["dynamodb"]["Keys"]["sk"]["S"].as_str().unwrap();
        let id = sk.trim_start_matches("INTERACTION#");
        let path = format!("/api/personalization/interactions/{id}/rating");
        let body = json!({ "personalization_effectiveness": 4 });
        assert_eq!(self.ada.put(&path).json(&body).await.status, 200);
    }

    /// Deletes a new user's conversation of three messages, which leaves a job for the sweeper.
    async fn leave_a_job(&self, name: &str) -> User {
        let user = self.stack.sign_up(name).await;
        conversation(&user).await;
        for _ in 0..3 {
            append(&user, 1, "hello").await;
        }
        user.delete("/api/conversations/1").await;
        user
    }
}

/// What the table's stream says of a new job.
fn event_of(sk: &str) -> Value {
    event_of_item("SWEEPS", sk)
}

fn event_of_item(pk: &str, sk: &str) -> Value {
    let keys = json!({ "pk": { "S": pk }, "sk": { "S": sk } });
    json!({ "Records": [{ "dynamodb": { "Keys": keys } }] })
}

/// What the function returns for a batch.
fn done(jobs: usize, removed: usize, tallied: usize) -> Value {
    json!({ "jobs": jobs, "removed": removed, "more": false, "tallied": tallied })
}
