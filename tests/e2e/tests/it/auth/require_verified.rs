//! Where an address must be proven before its first session (`RequireVerifiedEmail`).

use e2e::links::{VERIFY, forget_mails, mails, mint, purposes_of};
use e2e::{PASSWORD, sign_in, sign_up_body};
use harness::proxy::round_trips;
use harness::stack::{Response, Stack, User};
use serde_json::{Value, json};

use super::verify_email::{by_program, press};
use crate::helpers::accounts::{account, is_verified, refusal, rows};
use crate::helpers::alike::costs;
use crate::helpers::better_auth::{SIGN_IN, SIGN_INS, SIGN_UP, look, new_user, post, signing_in};
use crate::helpers::rows::{HERE, credential_key, failures, failures_of_address, from_network};
use crate::helpers::windows::far_from_the_end;

pub const SIGNUP: &str = "/api/auth/signup";

pub async fn stack() -> Stack {
    let builder = Stack::builder().parameter("RequireVerifiedEmail", "true").exact();
    builder.start().await.unwrap()
}

/// The owner of an address, whose response named a made-up user or none.
pub async fn owner(stack: &Stack, email: &str) -> User {
    let row = stack.engine.get_item(&credential_key(email), "CREDENTIAL").await.unwrap().unwrap();
    stack.user(row["user_id"]["S"].as_str().unwrap(), "", email)
}

/// Signs up and proves the address.
async fn proven(stack: &Stack, email: &str) -> User {
    assert_eq!(post(stack, SIGNUP, &sign_up_body(email)).await.status, 201);
    let user = owner(stack, email).await;
    let token = mint(stack, &user, email, VERIFY).await;
    assert_eq!(by_program(stack, &token, "").await.status, 200);
    forget_mails(stack).await;
    user
}

/// A response without what differs between two users, which is of the form of an id or a date.
fn form(response: &Response) -> (u16, Value, Vec<(String, String)>) {
    let (status, mut body, mut headers) = look(response);
    headers.retain(|(name, _)| name != "date");
    for pointer in ["/user_id", "/user/id", "/user/createdAt", "/user/updatedAt", "/user/email"] {
        if let Some(value) = body.pointer_mut(pointer) {
            *value = value.as_str().unwrap().len().into();
        }
    }
    (status, body, headers)
}

#[tokio::test(flavor = "multi_thread")]
async fn f10_check_20_a_sign_up_tells_nothing_of_accounts_and_begins_no_session() {
    let stack = stack().await;
    let proven = proven(&stack, "proven@example.com").await;
    assert_eq!(post(&stack, SIGNUP, &sign_up_body("unset1@example.com")).await.status, 201);
    for path in [SIGNUP, SIGN_UP] {
        stack.warm(&["signup", "sign-up-email"]).await.unwrap();
        forget_mails(&stack).await;
        let mut seen = Vec::new();
        // Addresses of the same length: a new one, one that is not proven, one that is.
        for email in
            [&format!("new{:03}@example.com", path.len()), "unset1@example.com", &proven.email]
        {
            let body = if path == SIGNUP { sign_up_body(email) } else { new_user(email) };
            let before = rows(&stack).await;
            stack.recorder.take();
            let response = post(&stack, path, &body).await;
            let (calls, trips) = costs(&stack);
            assert!(response.set_cookies().is_empty());
            assert!(response.header("set-auth-token").is_none());
            let shown = response.json();
            let id = shown.pointer("/user_id").or_else(|| shown.pointer("/user/id")).unwrap();
            assert_eq!(id.as_str().unwrap().len(), 32);
            assert_ne!(*id, proven.id, "the id of a known address is made up");
            assert_eq!(
                mails(&stack).await,
                [json!({
                    "purpose": "sign_up", "to": email, "origin": "https://127.0.0.1",
                })]
            );
            forget_mails(&stack).await;
            if email == proven.email {
                let signs_up =
                    |row: &Value| row["pk"]["S"].as_str().unwrap().starts_with("RATE#SIGN_UP");
                let mut after = rows(&stack).await;
                after.retain(|row| !signs_up(row));
                let mut before = before;
                before.retain(|row| !signs_up(row));
                assert_eq!(after, before, "nothing of a proven account changes");
            }
            seen.push((form(&response), calls, trips));
        }
        assert_eq!(seen[0], seen[1]);
        assert_eq!(seen[1], seen[2]);
        assert_eq!(seen[0].2, 3);
        let token = seen[0].0.1.pointer("/session_token").or_else(|| seen[0].0.1.pointer("/token"));
        assert_eq!(token, Some(&Value::Null));
    }
    assert_eq!(sign_in(&stack, "proven@example.com", PASSWORD).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn f10_a_new_sign_up_replaces_one_whose_address_was_not_proven() {
    let stack = stack().await;
    let email = "ada@example.com";
    let mut theirs = sign_up_body(email);
    theirs["password"] = "the strangers password".into();
    theirs["name"] = "Mallory".into();
    assert_eq!(post(&stack, SIGNUP, &theirs).await.status, 201);
    let user = owner(&stack, email).await;
    let of_stranger = mint(&stack, &user, email, VERIFY).await;
    let first = account(&stack, &user).await;
    let mut own = new_user(email);
    own["software_level"] = "advanced".into();
    own["hardware_background"] = "none".into();
    assert_eq!(post(&stack, SIGN_UP, &own).await.status, 200);
    let second = account(&stack, &user).await;
    assert_eq!(second["name"]["S"], "Ada");
    assert_eq!(second["auth_epoch"]["N"], "2");
    assert!(second["created_at"]["S"].as_str() > first["created_at"]["S"].as_str());
    assert_eq!(second["last_conversation_id"], first["last_conversation_id"]);
    assert!(purposes_of(&stack, &user).await.is_empty());
    let refused = by_program(&stack, &of_stranger, "").await;
    assert_eq!(refusal(&refused), (401, "INVALID_TOKEN".to_owned()));
    let token = mint(&stack, &user, email, VERIFY).await;
    assert_eq!(press(&stack, &token, "").await.status, 200);
    assert_eq!(sign_in(&stack, email, "the strangers password").await.status, 401);
    let signed_in = sign_in(&stack, email, PASSWORD).await;
    assert_eq!(signed_in.status, 200);
    let profile = signed_in.json()["background_profile"].clone();
    assert_eq!(profile, json!({ "software_level": "advanced", "hardware_background": "none" }));
    // A sign-up without a profile leaves none of the earlier one.
    assert_eq!(post(&stack, SIGNUP, &sign_up_body("eve@example.com")).await.status, 201);
    assert_eq!(post(&stack, SIGN_UP, &new_user("eve@example.com")).await.status, 200);
    let eve = owner(&stack, "eve@example.com").await;
    let pk = format!("USER#{}", eve.id);
    assert!(stack.engine.get_item(&pk, "PROFILE").await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unverified_user_is_told_so_after_the_right_password_only() {
    let stack = stack().await;
    let email = "ada@example.com";
    assert_eq!(post(&stack, SIGNUP, &sign_up_body(email)).await.status, 201);
    let user = owner(&stack, email).await;
    let of_here = from_network(&failures_of_address(email), HERE);
    for path in SIGN_INS {
        forget_mails(&stack).await;
        let wrong = signing_in(&stack, path, email, "wrong password").await;
        assert_eq!(refusal(&wrong), (401, "INVALID_EMAIL_OR_PASSWORD".to_owned()));
        assert!(mails(&stack).await.is_empty());
        assert_eq!(failures(&stack, &of_here).await, Some(1));
        let right = signing_in(&stack, path, email, PASSWORD).await;
        assert_eq!(refusal(&right), (403, "EMAIL_NOT_VERIFIED".to_owned()));
        assert_eq!(right.field("message"), "Email not verified");
        assert!(right.set_cookies().is_empty() && right.header("set-auth-token").is_none());
        assert_eq!(failures(&stack, &of_here).await, None, "it is given back");
        assert_eq!(
            mails(&stack).await,
            [json!({
                "purpose": "verify_email", "to": email, "origin": "https://127.0.0.1",
            })]
        );
    }
    let sessions = stack.engine.query(&format!("USER#{}", user.id), "SESSION#").await.unwrap();
    assert!(sessions.is_empty());
    for _ in 0..10 {
        let right = sign_in(&stack, email, PASSWORD).await;
        assert_eq!(right.status, 403, "right passwords lock nothing");
    }
    let body = json!({ "email": email, "password": PASSWORD, "callbackURL": "/welcome" });
    forget_mails(&stack).await;
    assert_eq!(post(&stack, SIGN_IN, &body).await.status, 403);
    assert_eq!(mails(&stack).await[0]["callback_url"], "/welcome");
    let token = mint(&stack, &user, email, VERIFY).await;
    assert_eq!(by_program(&stack, &token, "").await.status, 200);
    assert!(is_verified(&stack, &user).await);
    for path in SIGN_INS {
        stack.warm(&["signin", "sign-in-email"]).await.unwrap();
        assert_eq!(signing_in(&stack, path, email, PASSWORD).await.status, 200);
        assert_eq!(round_trips(&stack.recorder.take()), 3, "one more than without the parameter");
    }
}

/// Who knows a password can't fill a mailbox with it.
#[tokio::test(flavor = "multi_thread")]
async fn a_network_gets_a_limited_number_of_mails_by_signing_in() {
    let builder = Stack::builder().parameter("RequireVerifiedEmail", "true");
    let stack = builder.parameter("MailsPerAddress", "2").start().await.unwrap();
    far_from_the_end().await;
    assert_eq!(post(&stack, SIGNUP, &sign_up_body("ada@example.com")).await.status, 201);
    forget_mails(&stack).await;
    for _ in 0..5 {
        assert_eq!(sign_in(&stack, "ada@example.com", PASSWORD).await.status, 403);
    }
    assert_eq!(mails(&stack).await.len(), 2);
}
