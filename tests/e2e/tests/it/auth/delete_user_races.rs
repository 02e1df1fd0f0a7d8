//! A deletion while other requests of the user are under way, and functions that die in it.

use e2e::{PASSWORD, User, append, conversation, sign_in};
use harness::proxy::{Effect, Rule};
use harness::stack::{RequestBuilder, Stack};
use serde_json::{Value, json};

use crate::helpers::erasure::{deleting, has_account, items_of, sweep_to_the_end};
use crate::helpers::rows::{credential_key, fail, failures_of_user};
use crate::helpers::sessions::is_signed_in;

fn with_password() -> Value {
    json!({ "password": PASSWORD })
}

/// Writes that were stopped after their session was found to be valid.
fn late_writes(user: &User) -> Vec<(&'static str, &'static str, RequestBuilder)> {
    let profile = json!({ "software_level": "advanced", "hardware_background": "other" });
    let name = json!({ "name": "Lazarus" });
    let message = json!({ "role": "user", "content": "late" });
    let interaction = json!({ "content_type": "chat" });
    let key = |request: RequestBuilder| request.header("idempotency-key", "k");
    vec![
        ("update-user", "UpdateItem", user.post("/api/auth/update-user").json(&name)),
        ("put-profile", "UpdateItem", user.put("/api/user/profile").json(&profile)),
        ("create-conversation", "UpdateItem", user.post("/api/conversations")),
        ("create-conversation", "PutItem", user.post("/api/conversations")),
        ("create-conversation", "TransactWriteItems", key(user.post("/api/conversations"))),
        ("append-message", "PutItem", user.post("/api/conversations/1/messages").json(&message)),
        (
            "create-interaction",
            "PutItem",
            user.post("/api/personalization/interactions").json(&interaction),
        ),
        (
            "revoke-other-sessions",
            "TransactWriteItems",
            user.post("/api/auth/revoke-other-sessions"),
        ),
        ("verify-password", "TransactWriteItems", {
            user.post("/api/auth/verify-password").json(&with_password())
        }),
        ("change-password", "TransactWriteItems", {
            let body = json!({ "currentPassword": PASSWORD, "newPassword": "another horse" });
            user.post("/api/auth/change-password").json(&body)
        }),
        ("chat", "TransactWriteItems", user.post("/api/chat").json(&json!({ "message": "late" }))),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn check_40_no_write_in_flight_makes_an_account_of_a_deleted_one() {
    let stack = Stack::start().await;
    let writes = late_writes(&stack.sign_up("nobody").await).len();
    for n in 0..writes {
        let user = stack.sign_up(&format!("ada{n}")).await;
        conversation(&user).await;
        let (function, operation, request) = late_writes(&user).remove(n);
        stack.warm(&[function]).await.unwrap();
        let rule = Rule::new(Effect::HoldBefore).function(function).operation(operation);
        let held = stack.proxy.inject(rule);
        let (late, ()) = tokio::join!(request, async {
            held.reached(1).await.unwrap();
            assert_eq!(deleting(&user, &with_password()).await.status, 200);
            held.release();
        });
        stack.proxy.clear_faults();
        let what = format!("{operation} of {function}: {} {}", late.status, late.text());
        assert!(late.status < 500 || late.status == 503, "{what}");
        assert!(!has_account(&stack, &user).await, "{what}");
        assert!(!is_signed_in(&user).await, "{what}");
        assert_eq!(sign_in(&stack, &user.email, PASSWORD).await.status, 401, "{what}");
        sweep_to_the_end(&stack).await;
        assert_eq!(items_of(&stack, &user).await, 0, "{what}");
    }
}

/// A sign-in that has read the credential, and is stopped before it writes its session.
#[tokio::test(flavor = "multi_thread")]
async fn check_40_a_sign_in_in_flight_ends_up_signed_out() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    stack.warm(&["signin"]).await.unwrap();
    let rule = Rule::new(Effect::HoldBefore).function("signin").operation("TransactWriteItems");
    let held = stack.proxy.inject(rule);
    let (late, ()) = tokio::join!(sign_in(&stack, &user.email, PASSWORD), async {
        held.reached(1).await.unwrap();
        assert_eq!(deleting(&user, &json!({})).await.status, 200);
        held.release();
    });
    if late.status == 200 {
        assert!(!is_signed_in(&user.signed_in_by(&late)).await);
    }
    assert!(!has_account(&stack, &user).await);
    sweep_to_the_end(&stack).await;
    assert_eq!(items_of(&stack, &user).await, 0);
}

/// A deletion that was stopped before its transaction, while something else happens.
async fn delayed<T>(
    stack: &Stack,
    user: &User,
    body: Value,
    meanwhile: impl Future<Output = T>,
) -> u16 {
    delayed_from(stack, deleting(user, &body), meanwhile).await
}

async fn delayed_from<T>(
    stack: &Stack,
    deletion: RequestBuilder,
    meanwhile: impl Future<Output = T>,
) -> u16 {
    stack.warm(&["delete-user"]).await.unwrap();
    let rule =
        Rule::new(Effect::HoldBefore).function("delete-user").operation("TransactWriteItems");
    // On a busy machine, the SDK sends it again meanwhile.
    let held = stack.proxy.inject(rule.times(3));
    let (response, ()) = tokio::join!(deletion.send(), async {
        held.reached(1).await.unwrap();
        meanwhile.await;
        held.release();
    });
    stack.proxy.clear_faults();
    response.status
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_that_is_made_meanwhile_is_swept_too() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    conversation(&user).await;
    let status = delayed(&stack, &user, with_password(), async {
        conversation(&user).await;
        append(&user, 2, "hello").await;
    });
    assert_eq!(status.await, 200);
    let job = stack.engine.query("SWEEPS", "").await.unwrap().remove(0);
    assert_eq!(job["last_conversation_id"]["N"], "2");
    sweep_to_the_end(&stack).await;
    assert_eq!(items_of(&stack, &user).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_ended_meanwhile_deletes_nothing() {
    let stack = Stack::start().await;
    for body in [json!({}), with_password()] {
        let user = stack.sign_up(&format!("ada{}", body.to_string().len())).await;
        let other = user.another_session().await;
        let path = "/api/auth/revoke-other-sessions";
        let status = delayed(&stack, &user, body, async { other.post(path).await });
        assert_eq!(status.await, 401);
        assert!(has_account(&stack, &user).await && is_signed_in(&other).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_password_deletes_nothing_after_it_was_changed() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    // The session that changes the password stays, so that only the password is another one.
    let body = json!({ "currentPassword": PASSWORD, "newPassword": "another horse" });
    let change = user.post("/api/auth/change-password").json(&body);
    let status = delayed(&stack, &user, with_password(), async {
        assert_eq!(change.await.status, 200);
    });
    assert_eq!(status.await, 400);
    assert!(has_account(&stack, &user).await && is_signed_in(&user).await);
    let deleted = deleting(&user, &json!({ "password": "another horse" })).await;
    assert_eq!(deleted.status, 200);
}

/// Others guess the password so often that it is locked, while the right one is being compared.
#[tokio::test(flavor = "multi_thread")]
async fn f9_a_right_password_that_others_have_locked_meanwhile_deletes_nothing() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    fail(&stack, &failures_of_user(&user.id), 99).await;
    let (unknown, another) = ("192.0.2.1", "192.0.2.2");
    stack.warm(&["verify-password"]).await.unwrap();
    let wrong = json!({ "password": "wrong password" });
    let late = delayed_from(&stack, deleting(&user, &with_password()).source_ip(unknown), async {
        let guess = user.post("/api/auth/verify-password").json(&wrong).source_ip(another).await;
        assert_eq!(guess.status, 400, "{}", guess.text());
    });
    assert_eq!(late.await, 429);
    assert!(has_account(&stack, &user).await);
    // From where the session began, the owner still can.
    assert_eq!(deleting(&user, &with_password()).await.status, 200);
}

/// An import or a restored table may leave an address that leads to somebody else.
#[tokio::test(flavor = "multi_thread")]
async fn check_40_an_address_that_leads_to_somebody_else_stays_as_it_is() {
    let stack = Stack::start().await;
    let (ada, eve) = (stack.sign_up("ada").await, stack.sign_up("eve").await);
    let pk = credential_key(&ada.email);
    let of_eve = [("user_id", json!({ "S": eve.id }))];
    stack.engine.set(&pk, "CREDENTIAL", &of_eve).await.unwrap();
    let before = stack.engine.get_item(&pk, "CREDENTIAL").await.unwrap();
    for body in [json!({}), with_password()] {
        let refused = deleting(&ada, &body).await;
        assert!(refused.status >= 400, "{body}: {}", refused.text());
        assert_eq!(stack.engine.get_item(&pk, "CREDENTIAL").await.unwrap(), before, "{body}");
        assert!(has_account(&stack, &ada).await && has_account(&stack, &eve).await, "{body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn check_40_a_deletion_that_dies_is_made_whole_by_the_next() {
    let stack = Stack::start().await;
    let calls =
        [("BatchGetItem", 0), ("BatchGetItem", 1), ("UpdateItem", 0), ("TransactWriteItems", 0)];
    for (operation, skip) in calls {
        for effect in [Effect::HoldBefore, Effect::HoldAfter] {
            let name = format!("{operation}{skip}{effect:?}").to_lowercase();
            let user = stack.sign_up(&name).await;
            conversation(&user).await;
            append(&user, 1, "hello").await;
            stack.warm(&["delete-user"]).await.unwrap();
            let rule = Rule::new(effect).function("delete-user").operation(operation).skip(skip);
            let held = stack.proxy.inject(rule);
            let (died, ()) = tokio::join!(deleting(&user, &with_password()), async {
                held.reached(1).await.unwrap();
                stack.runtime.kill("delete-user").await.unwrap();
                held.release();
            });
            stack.proxy.clear_faults();
            assert_eq!(died.status, 500, "{name}: the gateway's response for a function that died");
            let is_whole = has_account(&stack, &user).await;
            assert!(is_whole || !is_signed_in(&user).await, "{name}");
            let again = deleting(&user, &with_password()).await;
            assert!(matches!(again.status, 200 | 401), "{name}: {}", again.text());
            assert!(is_whole || again.status == 401, "{name}");
            assert!(!has_account(&stack, &user).await, "{name}");
            assert_eq!(sign_in(&stack, &user.email, PASSWORD).await.status, 401, "{name}");
            sweep_to_the_end(&stack).await;
            assert_eq!(items_of(&stack, &user).await, 0, "{name}");
        }
    }
    assert_eq!(stack.engine.count("ERASED#", "").await.unwrap(), 8);
}
