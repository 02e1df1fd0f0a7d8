//! Rows of the table that tests prepare by hand.

use std::fmt::Write as _;
use std::time::Duration;

use harness::stack::Stack;
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};
use shared::clock::{Clock, Timestamp};

const HOUR: Duration = Duration::from_hours(1);

fn sha256(text: &str) -> String {
    let digest = digest(&SHA256, text.as_bytes());
    digest.as_ref().iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    })
}

/// The partition of an address's failed sign-ins.
pub fn failures_of_address(email: &str) -> String {
    format!("RATE#PASSWORD#{}", sha256(email))
}

/// The partition of the wrong passwords that a signed-in user gave.
pub fn failures_of_user(id: &str) -> String {
    format!("RATE#PASSWORD#{id}")
}

/// The failures that the table knows, if any.
pub async fn failures(stack: &Stack, pk: &str) -> Option<u32> {
    let item = stack.engine.get_item(pk, "RATE").await.unwrap()?;
    item["failures"]["N"].as_str().unwrap().parse().ok()
}

/// Stores this number of failures, and a lock of an hour.
pub async fn lock(stack: &Stack, pk: &str, failures: u32) {
    let item = json!({
        "pk": { "S": pk }, "sk": { "S": "RATE" }, "kind": { "S": "failures" }, "v": { "N": "1" },
        "failures": { "N": failures.to_string() },
        "locked_until": { "S": Clock::System.now().plus(HOUR).to_string() },
    });
    stack.engine.put_item(item).await.unwrap();
}

/// Moves the end of a lock to this long ago.
pub async fn end_lock(stack: &Stack, pk: &str, since: Duration) {
    let now = Clock::System.now().milliseconds();
    let then = now - i64::try_from(since.as_millis()).unwrap();
    let then = json!({ "S": Timestamp::from_milliseconds(then).to_string() });
    stack.engine.set(pk, "RATE", &[("locked_until", then)]).await.unwrap();
}

pub fn credential_key(email: &str) -> String {
    format!("EMAIL#{}", sha256(email))
}

/// The hash that the table has for an address.
pub async fn password_hash(stack: &Stack, email: &str) -> String {
    let item = stack.engine.get_item(&credential_key(email), "CREDENTIAL").await.unwrap().unwrap();
    item["password_hash"]["S"].as_str().unwrap().to_owned()
}

/// Gives an address the credential of another, with a hash of its own if there is one.
pub async fn copy_credential(stack: &Stack, from: &str, to: &str, hash: Option<&str>) {
    let item = stack.engine.get_item(&credential_key(from), "CREDENTIAL").await.unwrap();
    let mut item: Value = item.unwrap();
    item["pk"] = json!({ "S": credential_key(to) });
    if let Some(hash) = hash {
        item["password_hash"] = json!({ "S": hash });
    }
    stack.engine.put_item(item).await.unwrap();
}
