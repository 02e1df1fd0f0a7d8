use std::collections::{BTreeMap, BTreeSet};

use e2e::chat::{SLOW, Said, ask, builder, ui_message};
use e2e::scenes::{OTHERS, UNMEASURED, World, documented};
use e2e::social::linked;
use e2e::{PASSWORD, in_days, sign_up_body};
use harness::Stack;
use harness::proxy::Call;
use serde_json::{Value, json};
use template::KeyGrant;

use crate::helpers::better_auth::{SIGN_INS, signing_in};
use crate::helpers::erasure::{deleting, sweep_to_the_end};
use crate::helpers::kinds::{FOREIGN, FOREIGN_PASSWORD};
use crate::helpers::rows::{copy_credential, credential_key};

/// Least privilege, both ways: what the functions call is what the template allows them.
#[tokio::test(flavor = "multi_thread")]
async fn every_function_is_granted_exactly_what_it_uses() {
    let mut world = World::new(builder()).await;
    let rows = documented().into_iter().map(|row| (row.function, row.variant));
    let rows = rows.filter(|(function, _)| function != OTHERS);
    let more = UNMEASURED.map(|(function, variant)| (function.to_owned(), variant.to_owned()));
    let others = world.undocumented().into_iter().map(|function| (function, String::new()));
    let mut calls = Vec::new();
    for (function, variant) in rows.chain(more).chain(others).collect::<Vec<_>>() {
        let scene = world.scene(&function, &variant).await;
        let status = scene.play(&world.stack).await;
        let refused = ["wrong", "unknown", "ended", "nothing to change"]
            .iter()
            .any(|word| variant.contains(word));
        assert_eq!((200..400).contains(&status), !refused, "`{function}` {variant}: {status}");
        calls.append(&mut world.stack.recorder.take());
    }
    a_running_turn(&world.stack).await;
    an_erased_user_whose_mails_came_back(&world.stack).await;
    users_with_imported_hashes(&world.stack).await;
    calls.append(&mut world.stack.recorder.take());
    calls.append(&mut with_verification().await);

    let mut used: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut indexes: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut keys: BTreeMap<String, BTreeSet<KeyGrant>> = BTreeMap::new();
    let (mut writers_of_credentials, mut writers_of_tallies) = (BTreeSet::new(), BTreeSet::new());
    for call in calls.into_iter().chain(starts().await) {
        if call.table.ends_with("-keys") {
            keys.entry(call.function.clone()).or_default().extend(key_grants(&call));
            continue;
        }
        if call.write_units > 0.0 && call.keys.iter().any(|key| key.starts_with("EMAIL#")) {
            writers_of_credentials.insert(call.function.clone());
        }
        if call.write_units > 0.0 && call.keys.iter().any(|key| key.starts_with("TALLY#")) {
            writers_of_tallies.insert(call.function.clone());
        }
        indexes.entry(call.function.clone()).or_default().extend(call.index);
        used.entry(call.function).or_default().extend(call.actions);
    }
    assert_eq!(writers_of_tallies.into_iter().collect::<Vec<_>>(), ["sweep"]);
    // What calls SES is not in the proxy's record.
    assert!(!world.stack.outbox.mails().is_empty());
    used.entry("send-mail".to_owned()).or_default().insert("ses:SendEmail".to_owned());
    let mut wrong = Vec::new();
    for function in &world.stack.template.functions {
        let name = &function.name;
        let used = used.remove(name).unwrap_or_default();
        if used != function.actions {
            wrong.push(format!("{name} uses {used:?}, granted: {:?}", function.actions));
        }
        let used = indexes.remove(name).unwrap_or_default();
        if used != function.indexes {
            wrong.push(format!("{name} uses indexes {used:?}, granted: {:?}", function.indexes));
        }
        let used = keys.remove(name).unwrap_or_default();
        if used != function.key_grants {
            wrong.push(format!("{name} uses keys {used:?}, granted: {:?}", function.key_grants));
        }
        let denied = function.managed_policies.contains("WriteNoCredentials");
        let writes = ["PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"]
            .iter()
            .any(|action| function.actions.contains(&format!("dynamodb:{action}")));
        let writes_credentials = writers_of_credentials.contains(name);
        if writes && denied == writes_credentials {
            wrong
                .push(format!("{name} writes credentials: {writes_credentials}, denied: {denied}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The actions of a call on signing keys, each with the partition that it names.
fn key_grants(call: &Call) -> Vec<KeyGrant> {
    let partition = call.keys.first().and_then(|key| key.split('|').next()).unwrap_or_default();
    call.actions.iter().map(|action| (action.clone(), partition.to_owned())).collect()
}

/// Only the function that asks an assistant may ask Bedrock, and only where that is the assistant.
#[tokio::test(flavor = "multi_thread")]
async fn bedrock_is_granted_to_who_asks_it() {
    let stack = Stack::builder().parameter("Assistant", "bedrock").start().await.unwrap();
    for function in &stack.template.functions {
        let of_table = |action: &&String| action.starts_with("dynamodb:");
        let others: Vec<_> = function.actions.iter().filter(|action| !of_table(action)).collect();
        let asks = ["bedrock:InvokeModelWithResponseStream"];
        let expected: &[&str] = match function.name.as_str() {
            "chat" => &asks,
            "send-mail" => &["ses:SendEmail"],
            _ => &[],
        };
        assert_eq!(others, expected, "{}", function.name);
    }
}

/// What the functions call when they start, and those that may be the first to need a key of the
/// ring for other services.
async fn starts() -> Vec<Call> {
    let mut calls = Vec::new();
    for first in ["token", "get-session"] {
        let stack = Stack::start().await;
        let ada = stack.sign_up("ada").await;
        assert_eq!(ada.get(&format!("/api/auth/{first}")).await.status, 200);
        for function in &stack.template.functions {
            stack.runtime.warm(&function.name).await.unwrap();
        }
        successors(&stack).await;
        calls.append(&mut stack.recorder.take());
    }
    calls
}

const SIGNERS: [&str; 10] = [
    "signup",
    "signin",
    "sign-up-email",
    "sign-in-email",
    "change-password",
    "sign-in-social",
    "finish-social",
    "confirm-magic-link",
    "sign-in-email-otp",
    "verify-magic-link",
];

/// Each function that signs sessions finds the key old when it starts.
async fn successors(stack: &Stack) {
    let old = json!({ "S": in_days(-91) });
    let dates = [("created_at", old.clone()), ("usable_from", old)];
    for signer in SIGNERS {
        for part in ["PUBLIC", "SEALED"] {
            let partition = format!("SIGNING_KEYS#{part}");
            stack.keys.delete_item(&partition, "KEY#0000000000000002").await.unwrap();
        }
        stack.keys.set("SIGNING_KEYS#PUBLIC", "KEY#0000000000000001", &dates).await.unwrap();
        stack.runtime.kill(signer).await.unwrap();
        stack.runtime.warm(signer).await.unwrap();
    }
}

/// What signing up and in calls where an address must be proven: a new one, one that nobody has proven,
/// and one that is.
async fn with_verification() -> Vec<Call> {
    let builder = Stack::builder().parameter("RequireVerifiedEmail", "true");
    let stack = builder.start().await.unwrap();
    let with_profile = sign_up_body("ada@example.com");
    let mut without = json!({ "name": "Ada", "email": "ada@example.com", "password": PASSWORD });
    for verified in [false, true] {
        for _ in 0..2 {
            let ours = stack.post("/api/auth/signup").json(&with_profile).await;
            let theirs = stack.post("/api/auth/sign-up/email").json(&without).await;
            assert_eq!((ours.status, theirs.status), (201, 200));
        }
        let owner = stack.engine.all_items().await.unwrap();
        let owner = owner.iter().find(|item| item["sk"]["S"] == "ACCOUNT").unwrap();
        let yes = json!({ "BOOL": true });
        let pk = owner["pk"]["S"].as_str().unwrap();
        for path in ["/api/auth/signin", "/api/auth/sign-in/email"] {
            let response = stack.post(path).json(&without_name(&without)).await;
            assert_eq!(response.status, if verified { 200 } else { 403 });
        }
        stack.engine.set(pk, "ACCOUNT", &[("email_verified", yes)]).await.unwrap();
    }
    // By this route alone.
    without["email"] = "eve@example.com".into();
    assert_eq!(stack.post("/api/auth/sign-up/email").json(&without).await.status, 200);
    stack.recorder.take()
}

fn without_name(body: &Value) -> Value {
    json!({ "email": body["email"], "password": body["password"] })
}

/// A sign-in replaces the hash.
async fn users_with_imported_hashes(stack: &Stack) {
    for (name, path) in ["wanda", "wendy"].into_iter().zip(SIGN_INS) {
        let user = stack.sign_up(name).await;
        copy_credential(stack, &user.email, &user.email, Some(FOREIGN.trim())).await;
        let response = signing_in(stack, path, &user.email, FOREIGN_PASSWORD).await;
        assert_eq!(response.status, 200, "{}", response.text());
    }
}

/// The sweep also deletes what is kept for an address, and lets accounts at providers go.
async fn an_erased_user_whose_mails_came_back(stack: &Stack) {
    let walter = stack.sign_up("walter").await;
    linked(stack, &walter).await;
    stack
        .engine
        .put_item(json!({
            "pk": { "S": credential_key(&walter.email) }, "sk": { "S": "BOUNCED" },
            "kind": { "S": "bounced" }, "v": { "N": "1" },
            "bounced_at": { "S": "2026-01-01T00:00:00.000Z" },
        }))
        .await
        .unwrap();
    assert_eq!(deleting(&walter, &json!({})).await.status, 200);
    sweep_to_the_end(stack).await;
}

/// A turn that is joined and stopped while it runs.
async fn a_running_turn(stack: &Stack) {
    let trent = stack.sign_up("trent").await;
    let mut running = ask(&trent, &ui_message("c", "b", SLOW)).stream().await;
    running.until("text-delta").await.unwrap();
    let joined = trent.get("/api/chat/c/stream").stream().await;
    assert_eq!(trent.post("/api/chat/c/stop").await.status, 204);
    assert!(Said::whole(running).await.done && Said::whole(joined).await.done);
}
