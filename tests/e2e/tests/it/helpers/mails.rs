//! Jobs for `send-mail`, as endpoints write them.

use harness::outbox::Mail;
use harness::stack::{Stack, User};
use serde_json::{Value, json};
use shared::clock::{Clock, Timestamp};
use shared::id::MailJobId;

use super::rows;

/// Stores a job of this age. `user_id` is whose it is, if a signed-in user asked for it.
pub async fn job_since(
    stack: &Stack,
    purpose: &str,
    to: &str,
    user_id: Option<&str>,
    minutes: i64,
) -> String {
    let now = Clock::System.now().milliseconds();
    let at = Timestamp::from_milliseconds(now - minutes * 60_000).to_string();
    let id = MailJobId::random();
    let sk = format!("{at}#{id}");
    let mut item = json!({
        "pk": { "S": "MAILS" }, "sk": { "S": sk }, "kind": { "S": "mail_job" }, "v": { "N": "1" },
        "id": { "S": id.as_str() }, "purpose": { "S": purpose }, "to": { "S": to },
        "origin": { "S": "https://api.example.com" }, "created_at": { "S": at },
    });
    if let Some(user_id) = user_id {
        item["user_id"] = json!({ "S": user_id });
    }
    stack.engine.put_item(item).await.unwrap();
    sk
}

/// Stores a job that was just asked for.
pub async fn job(stack: &Stack, purpose: &str, to: &str, user_id: Option<&str>) -> String {
    job_since(stack, purpose, to, user_id, 0).await
}

/// The stream's records of these jobs.
pub fn records(jobs: &[String]) -> Value {
    let records = jobs.iter().enumerate().map(|(number, sk)| {
        let keys = json!({ "pk": { "S": "MAILS" }, "sk": { "S": sk } });
        json!({ "dynamodb": { "Keys": keys, "SequenceNumber": number.to_string() } })
    });
    json!({ "Records": records.collect::<Vec<_>>() })
}

/// What `send-mail` returns if it has done all jobs.
pub fn all_done() -> Value {
    json!({ "batchItemFailures": [] })
}

/// How many jobs are left.
pub async fn left(stack: &Stack) -> usize {
    stack.engine.count("MAILS", "").await.unwrap()
}

/// Whether the table knows the token of a mail, for this purpose.
pub async fn is_valid(stack: &Stack, user: &User, purpose: &str, mail: &Mail) -> bool {
    let hash = rows::sha256(mail.token.as_deref().unwrap());
    let sk = format!("TOKEN#{purpose}");
    let row = stack.engine.get_item(&format!("USER#{}", user.id), &sk).await.unwrap();
    let tokens = row.map(|row| row["tokens"]["M"].clone()).unwrap_or_default();
    tokens.get(&hash).is_some_and(|stored| {
        let until = stored["M"]["expires_at"]["S"].as_str().unwrap();
        stored["M"]["email"]["S"] == mail.to.as_str() && until > e2e::in_days(0).as_str()
    })
}

/// Makes a user's address proven.
pub async fn verify(stack: &Stack, user: &User) {
    let verified = [("email_verified", json!({ "BOOL": true }))];
    stack.engine.set(&format!("USER#{}", user.id), "ACCOUNT", &verified).await.unwrap();
}
