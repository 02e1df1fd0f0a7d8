//! Events of `send-mail`.
#![expect(clippy::unwrap_used, reason = "a test that meets the unexpected must fail")]

use harness::outbox::MailFault;
use serde_json::{Value, json};
use shared::id::MailJobId;

use super::World;
use crate::in_days;

impl World {
    /// The event of a row, and what the function returns for it.
    pub(super) async fn mail_event(&self, variant: &str) -> (Value, Value) {
        let (purpose, to) = match variant {
            "daily, nothing to do" => {
                return (Value::Null, json!({ "jobs": 0, "left": 0, "more": false }));
            }
            "without a link" => ("email_changed", "old@example.com"),
            "to nobody" => ("reset_password", "nobody@example.com"),
            _ => ("reset_password", self.ada.email.as_str()),
        };
        if variant == "to a busy SES" {
            self.stack.outbox.fail(MailFault::Throttle, 1);
        }
        (self.leave_a_mail(purpose, to).await, json!({ "batchItemFailures": [] }))
    }

    /// Stores the job of a mail, and returns the stream's event for it.
    async fn leave_a_mail(&self, purpose: &str, to: &str) -> Value {
        let (at, id) = (in_days(0), MailJobId::random());
        let sk = format!("{at}#{id}");
        let item = json!({
            "pk": { "S": "MAILS" }, "sk": { "S": sk }, "id": { "S": id.as_str() },
            "purpose": { "S": purpose }, "to": { "S": to }, "created_at": { "S": at },
            "origin": { "S": "https://api.example.com" },
        });
        self.stack.engine.put_item(item).await.unwrap();
        let keys = json!({ "pk": { "S": "MAILS" }, "sk": { "S": sk } });
        json!({ "Records": [{ "dynamodb": { "Keys": keys, "SequenceNumber": "1" } }] })
    }
}
