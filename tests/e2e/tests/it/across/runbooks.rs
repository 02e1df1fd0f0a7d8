//! What docs/operating.md tells the operator to do, rehearsed.

use e2e::chat::ask;
use e2e::{PASSWORD, conversation, delete_user, sign_in_email, whole_list};
use harness::engine::Engine;
use harness::stack::{Stack, TEST_SECRET, User};
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};

use crate::helpers::erasure::{deleting, has_account, items_of, sweep_to_the_end};

/// A stack whose table has these items. Its keys are those of the stack before it.
async fn restored(before: &Stack, backup: Vec<Value>) -> Stack {
    let name = Engine::unique_table_name();
    let stream = format!(
        "arn:aws:dynamodb:us-east-1:111122223333:table/{name}/stream/2026-11-29T00:00:00.000"
    );
    let builder = Stack::builder().parameter("RestoredTableStream", &stream);
    let stack = builder.start().await.unwrap();
    assert_eq!(stack.engine.table(), name);
    stack.engine.put_items(backup).await.unwrap();
    stack.keys.put_items(before.keys.all_items().await.unwrap()).await.unwrap();
    stack
}

fn on(stack: &Stack, user: &User) -> User {
    stack.user(&user.id, &user.token, &user.email)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_functions_use_a_restored_table_and_what_was_deleted_is_deleted_again() {
    let before = Stack::start().await;
    let (ada, bob) = (before.sign_up("ada").await, before.sign_up("bob").await);
    let phone = ada.another_session().await;
    let chat = conversation(&ada).await;
    let said = ask(&ada, &json!({ "conversation_id": chat, "message": "Hello" })).await;
    assert_eq!(said.status, 200);
    let path = format!("/api/conversations/{chat}/messages");
    let messages = whole_list(&ada, &path, "messages").await.0;
    let backup = before.engine.all_items().await.unwrap();
    // Lost with the table, or not: what happened after the backup.
    assert_eq!(phone.post("/api/auth/sign-out").await.status, 200);
    delete_user(&bob).await;
    assert_eq!(phone.get("/api/user/profile").await.status, 401);

    let after = restored(&before, backup).await;
    let (ada, bob, phone) = (on(&after, &ada), on(&after, &bob), on(&after, &phone));
    assert_eq!(whole_list(&ada, &path, "messages").await.0, messages);
    let more = ask(&ada, &json!({ "conversation_id": chat, "message": "Again" })).await;
    assert_eq!(more.status, 200);
    // They are back, which the page says.
    assert_eq!(phone.get("/api/user/profile").await.status, 200);
    assert_eq!(bob.get("/api/user/profile").await.status, 200);
    assert_eq!(ada.post("/api/auth/revoke-other-sessions").json(&json!({})).await.status, 200);
    assert_eq!(phone.get("/api/user/profile").await.status, 401);

    // The old table tells who has been erased since.
    let digest = digest(&SHA256, bob.id.as_bytes());
    let digest: String = digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    let mark = before.engine.get_item(&format!("ERASED#{digest}"), "ERASED").await.unwrap();
    assert!(mark.is_some());
    assert_eq!(deleting(&bob, &json!({})).await.status, 200);
    assert!(!has_account(&after, &bob).await);
    assert!(after.deliver_stream().await.unwrap() >= 1, "the stream is that of the restored table");
    sweep_to_the_end(&after).await;
    assert_eq!(items_of(&after, &bob).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_their_keys_every_session_ends_and_users_sign_in_again() {
    let new = TEST_SECRET.chars().rev().collect::<String>() + "x";
    let builder = Stack::builder().function_env("sign-in-email", "AUTH_SECRET", &new);
    let stack = builder.start().await.unwrap();
    let (ada, bob) = (stack.sign_up("ada").await, stack.sign_up("bob").await);
    for ring in ["SIGNING_KEYS", "TOKEN_KEYS"] {
        for part in ["PUBLIC", "SEALED"] {
            let partition = format!("{ring}#{part}");
            for key in stack.keys.query(&partition, "").await.unwrap() {
                let key = key["sk"]["S"].as_str().unwrap();
                stack.keys.delete_item(&partition, key).await.unwrap();
            }
        }
    }
    assert!(stack.keys.all_items().await.unwrap().is_empty());
    // A deployment replaces the processes.
    for function in &stack.template.functions {
        stack.runtime.kill(&function.name).await.unwrap();
    }
    let response = sign_in_email(&stack, &ada.email, PASSWORD, &json!({})).await;
    let again = ada.signed_in_by(&response);
    assert_eq!(again.get("/api/user/profile").await.status, 200);
    for before in [&ada, &bob] {
        assert_eq!(before.get("/api/user/profile").await.status, 401);
    }
}
