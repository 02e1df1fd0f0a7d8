//! Rows of the table that tests prepare by hand.

use std::fmt::Write as _;
use std::time::Duration;

use harness::stack::Stack;
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};
use shared::clock::{Clock, Timestamp};

const HOUR: Duration = Duration::from_hours(1);

/// A hash as the table has it, in hexadecimal digits.
pub fn sha256(text: &str) -> String {
    let digest = digest(&SHA256, text.as_bytes());
    digest.as_ref().iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    })
}

/// The network that tests call from, unless they say otherwise.
pub const HERE: &str = "127.0.0.1";

/// The partition of an address's failed sign-ins from all networks.
pub fn failures_of_address(email: &str) -> String {
    format!("RATE#PASSWORD#{}", sha256(email))
}

/// The partition of the wrong passwords that a signed-in user gave, from all networks.
pub fn failures_of_user(id: &str) -> String {
    format!("RATE#PASSWORD#{id}")
}

/// The partition of those that came from one network.
pub fn from_network(failures: &str, network: &str) -> String {
    format!("{failures}#{}", sha256(network))
}

/// The failures that the table knows, if any.
pub async fn failures(stack: &Stack, pk: &str) -> Option<u32> {
    let item = stack.engine.get_item(pk, "RATE").await.unwrap()?;
    item.get("failures")?["N"].as_str().unwrap().parse().ok()
}

/// Stores this number of failures, without a lock.
pub async fn fail(stack: &Stack, pk: &str, failures: u32) {
    let fields = [
        ("kind", json!({ "S": "failures" })),
        ("v", json!({ "N": "1" })),
        ("failures", json!({ "N": failures.to_string() })),
        ("since", json!({ "S": ago(Duration::from_mins(1)) })),
    ];
    stack.engine.set(pk, "RATE", &fields).await.unwrap();
}

/// Stores this number of failures, and a lock of an hour.
pub async fn lock(stack: &Stack, pk: &str, failures: u32) {
    fail(stack, pk, failures).await;
    let began = Clock::System.now().milliseconds() - 5000;
    let until = Timestamp::from_milliseconds(began).plus(HOUR).to_string();
    stack.engine.set(pk, "RATE", &[("locked_until", json!({ "S": until }))]).await.unwrap();
}

/// Moves a time of a row, such as `locked_until`, to this long ago.
pub async fn set_back(stack: &Stack, pk: &str, attribute: &str, time: Duration) {
    let fields = [(attribute, json!({ "S": ago(time) }))];
    stack.engine.set(pk, "RATE", &fields).await.unwrap();
}

/// Moves the end of a lock to this long ago.
pub async fn end_lock(stack: &Stack, pk: &str, time: Duration) {
    set_back(stack, pk, "locked_until", time).await;
}

fn ago(time: Duration) -> String {
    let now = Clock::System.now().milliseconds();
    let then = now - i64::try_from(time.as_millis()).unwrap();
    Timestamp::from_milliseconds(then).to_string()
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
