use e2e::links::{PURPOSES, RESET, VERIFY, forget_mails, mails, mint, mint_until, purposes_of};
use e2e::{PASSWORD, sign_in};
use harness::proxy::{Effect, Rule};
use harness::stack::{RequestBuilder, Stack};
use serde_json::json;
use shared::clock::{Clock, Timestamp};

use crate::helpers::accounts::{is_verified, refusal, rows};
use crate::helpers::better_auth::post;
use crate::helpers::deaths::{MOMENTS, dies};
use crate::helpers::rows::{
    HERE, credential_key, failures, failures_of_address, failures_of_user, from_network, lock,
};

pub const REQUEST: &str = "/api/auth/request-password-reset";
pub const RESET_PASSWORD: &str = "/api/auth/reset-password";
pub const NEW: &str = "another horse battery";

/// Asks for the mail.
pub fn ask(stack: &Stack, email: &str) -> RequestBuilder {
    post(stack, REQUEST, &json!({ "email": email, "redirectTo": "/reset" }))
}

/// Chooses a new password.
pub fn reset(stack: &Stack, token: &str, password: &str) -> RequestBuilder {
    post(stack, RESET_PASSWORD, &json!({ "newPassword": password, "token": token }))
}

pub async fn stack() -> Stack {
    let builder = Stack::builder().parameter("TrustedOrigins", "https://app.example.com,myapp://");
    builder.start().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn check_31_a_reset_ends_all_sessions_voids_all_links_and_begins_no_session() {
    let stack = stack().await;
    let ada = stack.sign_up("ada").await;
    let other = ada.another_session().await;
    let eve = stack.sign_up("eve").await;
    let mut token = String::new();
    for purpose in PURPOSES {
        let minted = mint(&stack, &ada, &ada.email, purpose).await;
        if purpose == RESET {
            token = minted;
        }
    }
    let second = mint(&stack, &ada, &ada.email, RESET).await;
    assert!(!is_verified(&stack, &ada).await);
    let done = reset(&stack, &token, NEW).await;
    assert_eq!((done.status, done.json()), (200, json!({ "status": true })));
    assert!(done.set_cookies().is_empty() && done.header("set-auth-token").is_none());
    for session in [&ada, &other] {
        assert_eq!(session.get("/api/user/profile").await.status, 401);
    }
    assert_eq!(eve.get("/api/user/profile").await.status, 200);
    assert_eq!(sign_in(&stack, &ada.email, PASSWORD).await.status, 401);
    assert_eq!(sign_in(&stack, &ada.email, NEW).await.status, 200);
    assert!(is_verified(&stack, &ada).await, "the mail has proven the address");
    assert!(purposes_of(&stack, &ada).await.is_empty());
    for used in [&token, &second] {
        let refused = reset(&stack, used, "yet another horse").await;
        assert_eq!(refusal(&refused), (400, "INVALID_TOKEN".to_owned()));
    }
    // The token may be in the query as well.
    let third = mint(&stack, &ada, &ada.email, RESET).await;
    let body = json!({ "newPassword": PASSWORD });
    let done = post(&stack, &format!("{RESET_PASSWORD}?token={third}"), &body).await;
    assert_eq!(done.status, 200);
    assert_eq!(sign_in(&stack, &ada.email, PASSWORD).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn check_31_a_password_that_breaks_a_rule_leaves_the_token_valid() {
    let stack = stack().await;
    let ada = stack.sign_up("ada").await;
    let token = mint(&stack, &ada, &ada.email, RESET).await;
    let before = rows(&stack).await;
    for (password, code) in [
        ("short", "PASSWORD_TOO_SHORT"),
        ("", "PASSWORD_TOO_SHORT"),
        (&"x".repeat(129), "PASSWORD_TOO_LONG"),
        ("iloveyou1", "PASSWORD_COMPROMISED"),
    ] {
        for token in [token.as_str(), "unknown"] {
            let refused = reset(&stack, token, password).outside_contract().await;
            assert_eq!(refusal(&refused), (400, code.to_owned()));
        }
    }
    assert_eq!(rows(&stack).await, before);
    assert_eq!(reset(&stack, &token, NEW).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn check_31_only_a_valid_token_of_the_purpose_and_the_present_address_resets() {
    let stack = stack().await;
    let (ada, eve) = (stack.sign_up("ada").await, stack.sign_up("eve").await);
    let now = Clock::System.now();
    let just_expired = Timestamp::from_milliseconds(now.milliseconds() - 1);
    let expired = mint_until(&stack, &ada, &ada.email, RESET, just_expired).await;
    let of_other_purpose = mint(&stack, &ada, &ada.email, VERIFY).await;
    let of_old_address = mint(&stack, &ada, "ada.old@example.com", RESET).await;
    let of_another_user = mint(&stack, &ada, &ada.email, RESET).await.replace(&ada.id, &eve.id);
    let before = rows(&stack).await;
    for token in [expired, of_other_purpose, of_old_address, of_another_user, String::new()] {
        let refused = reset(&stack, &token, NEW).await;
        assert_eq!(refusal(&refused), (400, "INVALID_TOKEN".to_owned()));
    }
    let missing = post(&stack, RESET_PASSWORD, &json!({ "newPassword": NEW })).await;
    assert_eq!(refusal(&missing), (400, "INVALID_TOKEN".to_owned()));
    assert_eq!(rows(&stack).await, before);
    assert_eq!(ada.get("/api/user/profile").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn check_31_of_many_uses_at_once_one_wins() {
    let stack = stack().await;
    for different in [false, true] {
        let ada = stack.sign_up(&format!("ada{different}")).await;
        let mut tokens = Vec::new();
        for _ in 0..if different { 2 } else { 1 } {
            tokens.push(mint(&stack, &ada, &ada.email, RESET).await);
        }
        let uses = (0..20).map(|n| {
            let password = format!("horse number {n}");
            let request = reset(&stack, &tokens[n % tokens.len()], &password);
            async move { (password, request.await) }
        });
        let outcomes = futures_util::future::join_all(uses).await;
        let won: Vec<_> = outcomes.iter().filter(|(_, response)| response.status == 200).collect();
        assert_eq!(won.len(), 1, "{different}");
        for (tried, (password, response)) in outcomes.iter().enumerate() {
            let expected = if response.status == 200 { 200 } else { 401 };
            assert!([200, 400, 503].contains(&response.status), "{}", response.text());
            let body = json!({ "email": ada.email, "password": password });
            // Each from another network, so that none is locked.
            let network = format!("192.0.{}.1", password.len() + tried);
            let signed_in = post(&stack, "/api/auth/signin", &body).source_ip(&network).await;
            assert_eq!(signed_in.status, expected, "{password}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn f9_check_30_a_locked_address_resets_and_signs_in_at_once() {
    let stack = stack().await;
    let ada = stack.sign_up("ada").await;
    let (of_address, of_user) = (failures_of_address(&ada.email), failures_of_user(&ada.id));
    let elsewhere = "192.0.2.7";
    for subject in [&of_address, &of_user] {
        lock(&stack, subject, 150).await;
        lock(&stack, &from_network(subject, HERE), 12).await;
        lock(&stack, &from_network(subject, elsewhere), 12).await;
    }
    let body = json!({ "email": ada.email, "password": PASSWORD });
    let locked = post(&stack, "/api/auth/signin", &body).source_ip(elsewhere).await;
    assert_eq!(locked.status, 429);
    assert_eq!(ask(&stack, &ada.email).source_ip(elsewhere).await.status, 200);
    let token = mint(&stack, &ada, &ada.email, RESET).await;
    assert_eq!(reset(&stack, &token, NEW).source_ip(elsewhere).await.status, 200);
    let body = json!({ "email": ada.email, "password": NEW });
    let mut token = String::new();
    for network in [elsewhere, HERE, "192.0.2.8"] {
        let response = post(&stack, "/api/auth/signin", &body).source_ip(network).await;
        assert_eq!(response.status, 200, "{network}");
        token = response.field("session_token");
    }
    let ada = ada.with_token(&token);
    let own = ada.post("/api/auth/verify-password").json(&json!({ "password": NEW }));
    assert_eq!(own.source_ip(elsewhere).await.status, 200);
    assert_eq!(failures(&stack, &of_address).await, None);
    // From then on, wrong passwords count and lock as before.
    for _ in 0..5 {
        sign_in(&stack, &ada.email, "wrong password").await;
    }
    assert_eq!(sign_in(&stack, &ada.email, NEW).await.status, 429);
    assert_eq!(failures(&stack, &of_address).await, Some(5));
}

/// Whoever has a session changes the password while its owner resets it.
#[tokio::test(flavor = "multi_thread")]
async fn check_31_a_reset_ends_a_session_that_began_meanwhile() {
    let stack = stack().await;
    let ada = stack.sign_up("ada").await;
    let token = mint(&stack, &ada, &ada.email, RESET).await;
    stack.warm(&["reset-password", "change-password"]).await.unwrap();
    let rule = Rule::new(Effect::HoldBefore).function("reset-password");
    let held = stack.proxy.inject(rule.operation("TransactWriteItems").times(3));
    let theirs = json!({
        "currentPassword": PASSWORD, "newPassword": "a strangers password",
        "revokeOtherSessions": true,
    });
    let (done, stranger) = tokio::join!(reset(&stack, &token, NEW).send(), async {
        held.reached(1).await.unwrap();
        let changed = ada.post("/api/auth/change-password").json(&theirs).await;
        assert_eq!(changed.status, 200, "{}", changed.text());
        let stranger = ada.with_token(&changed.field("token"));
        assert_eq!(stranger.get("/api/user/profile").await.status, 200);
        held.release();
        stranger
    });
    assert_eq!((done.status, done.json()), (200, json!({ "status": true })));
    for session in [&ada, &stranger] {
        assert_eq!(session.get("/api/user/profile").await.status, 401);
    }
    assert_eq!(sign_in(&stack, &ada.email, "a strangers password").await.status, 401);
    assert_eq!(sign_in(&stack, &ada.email, NEW).await.status, 200);
}

/// An import or a restored table may leave an address that leads to somebody else.
#[tokio::test(flavor = "multi_thread")]
async fn check_31_a_reset_changes_no_password_of_somebody_else() {
    let stack = stack().await;
    let (ada, eve) = (stack.sign_up("ada").await, stack.sign_up("eve").await);
    let token = mint(&stack, &ada, &ada.email, RESET).await;
    let of_eve = [("user_id", json!({ "S": eve.id }))];
    stack.engine.set(&credential_key(&ada.email), "CREDENTIAL", &of_eve).await.unwrap();
    let before = rows(&stack).await;
    let refused = reset(&stack, &token, NEW).await;
    assert_eq!(refused.status, 503, "{}", refused.text());
    assert_eq!(rows(&stack).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_that_dies_is_done_or_can_be_done_again() {
    let stack = stack().await;
    for operation in ["BatchGetItem", "TransactWriteItems"] {
        for moment in MOMENTS {
            let ada = stack.sign_up(&format!("{operation}{moment:?}").to_lowercase()).await;
            let token = mint(&stack, &ada, &ada.email, RESET).await;
            let request = reset(&stack, &token, NEW);
            dies(&stack, "reset-password", (operation, 0), moment, request).await;
            let again = reset(&stack, &token, NEW).await;
            let is_done = operation == "TransactWriteItems" && moment == MOMENTS[1];
            let expected = if is_done { 400 } else { 200 };
            assert_eq!(again.status, expected, "{operation} {moment:?}: {}", again.text());
            assert_eq!(sign_in(&stack, &ada.email, NEW).await.status, 200);
            assert_eq!(ada.get("/api/user/profile").await.status, 401);
        }
    }
    for operation in ["UpdateItem", "PutItem"] {
        for moment in MOMENTS {
            forget_mails(&stack).await;
            let request = ask(&stack, "ada@example.com");
            dies(&stack, "request-password-reset", (operation, 0), moment, request).await;
            let again = ask(&stack, "ada@example.com").await;
            assert_eq!(again.status, 200);
            let count = mails(&stack).await.len();
            assert!((1..=2).contains(&count), "{operation} {moment:?}: {count} mails");
        }
    }
}
