use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use e2e::{User, conversation};
use harness::Method;
use harness::stack::Stack;
use serde_json::{Value, json};
use shared::auth::{AuthSecret, Issuer, SessionToken, SigningKey};
use shared::clock::Timestamp;
use shared::id::UserId;
use shared::model::{Client, PublicKey, SealedKey, Session};

/// The session of a user as the table has it.
async fn session_key(stack: &Stack, user: &User) -> (String, String) {
    let pk = format!("USER#{}", user.id);
    let sessions = stack.engine.query(&pk, "SESSION#").await.unwrap();
    (pk, sessions[0]["sk"]["S"].as_str().unwrap().to_owned())
}

/// Tries a read and writes of every kind with this token: all 401, nothing written.
async fn is_refused(stack: &Stack, user: &User, why: &str) {
    let before = stack.engine.all_items().await.unwrap();
    let background = json!({ "software_level": "advanced", "hardware_background": "none" });
    let message = json!({ "role": "user", "content": "hello" });
    for (method, path, body) in [
        (Method::GET, "/api/user/profile", None),
        (Method::GET, "/api/conversations", None),
        (Method::GET, "/api/conversations/1/messages", None),
        (Method::PUT, "/api/user/profile", Some(&background)),
        (Method::DELETE, "/api/user/profile", None),
        (Method::POST, "/api/conversations", Some(&json!({ "title": "x" }))),
        (Method::PATCH, "/api/conversations/1", Some(&json!({ "title": "x" }))),
        (Method::POST, "/api/conversations/1/messages", Some(&message)),
        (Method::DELETE, "/api/conversations/1", None),
    ] {
        let mut request = user.call(method.clone(), path);
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.await;
        assert_eq!(response.status, 401, "{why}: {method} {path}: {}", response.text());
        assert_eq!(response.code(), "UNAUTHORIZED");
    }
    assert_eq!(stack.engine.all_items().await.unwrap(), before, "{why}: something was written");
}

async fn stack_with_a_conversation() -> (Stack, User) {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    conversation(&user).await;
    (stack, user)
}

#[tokio::test(flavor = "multi_thread")]
async fn check_9_a_token_after_sign_out_is_refused() {
    let (stack, user) = stack_with_a_conversation().await;
    user.post("/api/auth/sign-out").await;
    is_refused(&stack, &user, "signed out").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn check_10_an_expired_session_still_in_the_table_is_refused() {
    let (stack, user) = stack_with_a_conversation().await;
    let (pk, sk) = session_key(&stack, &user).await;
    let past = json!({ "S": "2020-01-01T00:00:00.000Z" });
    stack.engine.set(&pk, &sk, &[("expires_at", past)]).await.unwrap();
    is_refused(&stack, &user, "expired").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn check_11_a_token_of_an_older_epoch_or_a_deleted_account_is_refused() {
    let (stack, user) = stack_with_a_conversation().await;
    let pk = format!("USER#{}", user.id);
    stack.engine.set(&pk, "ACCOUNT", &[("auth_epoch", json!({ "N": "2" }))]).await.unwrap();
    is_refused(&stack, &user, "older epoch").await;
    stack.engine.delete_item(&pk, "ACCOUNT").await.unwrap();
    is_refused(&stack, &user, "deleted account").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn check_1_2_7_tampered_and_unsigned_tokens_are_refused() {
    let (stack, user) = stack_with_a_conversation().await;
    let [header, payload, signature] = user.token.split('.').collect::<Vec<_>>()[..] else {
        panic!("a token has three parts")
    };
    let kid = stack.keys.query("SIGNING_KEYS#PUBLIC", "").await.unwrap()[0]["kid"]["S"].clone();
    let none = json!({ "typ": "tessera-session+jwt", "alg": "none", "kid": kid }).to_string();
    let none = URL_SAFE_NO_PAD.encode(none);
    let mut flipped = signature.to_owned();
    flipped.replace_range(0..1, if signature.starts_with('A') { "B" } else { "A" });
    for token in [
        format!("{none}.{payload}."),
        format!("{none}.{payload}.{signature}"),
        format!("{header}.{payload}."),
        format!("{header}.{payload}.{flipped}"),
        format!("{header}.{payload}"),
        "x".to_owned(),
        "x".repeat(70_000),
    ] {
        is_refused(&stack, &user.with_token(&token), "tampered").await;
    }
}

/// Tokens that only somebody with the signing key could make.
#[tokio::test(flavor = "multi_thread")]
async fn check_5_6_12_expired_and_foreign_tokens_are_refused() {
    let (stack, user) = stack_with_a_conversation().await;
    let eve = stack.sign_up("eve").await;
    let key = signing_key(&stack).await;
    let (_, sk) = session_key(&stack, &user).await;
    let session_id = sk.trim_start_matches("SESSION#").to_owned().try_into().unwrap();
    let now = shared::clock::Clock::System.now();
    let mut session =
        Session::begin(user.id.clone().try_into().unwrap(), 1, now, Client::default(), true);
    session.session_id = session_id;
    let mint = |session: &Session, issuer: &str| {
        let token = SessionToken::mint(session, &Issuer(issuer.into()), &key).unwrap();
        user.with_token(token.expose())
    };
    let issuer = stack.template.functions[0].environment["TOKEN_ISSUER"].clone();
    let good = mint(&session, &issuer).get("/api/user/profile");
    assert_eq!(good.await.status, 200, "a token made here counts, so the others could");

    is_refused(&stack, &mint(&session, "someone-else"), "another issuer").await;
    let mut old = session.clone();
    let age = Session::ABSOLUTE + Duration::from_secs(1);
    let begun = now.milliseconds() - i64::try_from(age.as_millis()).unwrap();
    old.created_at = Timestamp::from_milliseconds(begun);
    is_refused(&stack, &mint(&old, &issuer), "a second past its absolute lifetime").await;
    let mut moved = session.clone();
    moved.user_id = UserId::try_from(eve.id.clone()).unwrap();
    is_refused(&stack, &mint(&moved, &issuer), "another user's session id").await;
}

async fn signing_key(stack: &Stack) -> SigningKey {
    let text = |item: &Value, name: &str| item[name]["S"].clone();
    let item = stack.keys.query("SIGNING_KEYS#PUBLIC", "").await.unwrap().remove(0);
    let public: PublicKey = serde_json::from_value(json!({
        "kid": text(&item, "kid"), "generation": 1, "x": text(&item, "x"),
        "created_at": text(&item, "created_at"), "usable_from": text(&item, "usable_from"),
    }))
    .unwrap();
    let item = stack.keys.query("SIGNING_KEYS#SEALED", "").await.unwrap().remove(0);
    let sealed: SealedKey = serde_json::from_value(
        json!({ "kid": text(&item, "kid"), "sealed": text(&item, "sealed") }),
    )
    .unwrap();
    let secret = AuthSecret::try_from(harness::stack::TEST_SECRET.to_owned()).unwrap();
    SigningKey::open(public, &sealed, [&secret]).unwrap().0
}

#[tokio::test(flavor = "multi_thread")]
async fn check_15_the_authorization_header_takes_one_bearer_token() {
    let (stack, user) = stack_with_a_conversation().await;
    let send =
        |value: String| stack.get("/api/user/profile").header("authorization", &value).send();
    assert_eq!(send(format!("bearer {}", user.token)).await.status, 200);
    assert_eq!(send(format!("Basic {}", user.token)).await.status, 401);
    assert_eq!(send(user.token.clone()).await.status, 401);
    // RFC 9110 §11.4: one space or more.
    assert_eq!(send(format!("Bearer  {}", user.token)).await.status, 200);
    assert_eq!(send(format!("Bearer {} {}", user.token, user.token)).await.status, 401);
    let twice = user.get("/api/user/profile").bearer(&user.token);
    assert_eq!(twice.await.status, 401);
    let path = format!("/api/user/profile?token={}", user.token);
    assert_eq!(stack.get(&path).await.status, 401);
}

/// A function that started before the first sign-up knows no key, and must learn of it.
#[tokio::test(flavor = "multi_thread")]
async fn a_function_that_is_older_than_the_first_key_verifies_with_it() {
    let stack = Stack::start().await;
    stack.warm(&["get-profile"]).await.unwrap();
    let user = stack.sign_up("ada").await;
    let response = user.get("/api/user/profile").await;
    assert_eq!(response.status, 200);
}

/// Unknown but well-formed key ids cost one read of the keys in thirty seconds, no more.
#[tokio::test(flavor = "multi_thread")]
async fn unknown_keys_are_looked_for_once() {
    let (stack, user) = stack_with_a_conversation().await;
    user.get("/api/user/profile").await;
    stack.recorder.take();
    let now = shared::clock::Clock::System.now();
    let foreign = SigningKey::generate(1, now, now).unwrap();
    let session =
        Session::begin(UserId::try_from(user.id.clone()).unwrap(), 1, now, Client::default(), true);
    let token = SessionToken::mint(&session, &Issuer("tessera".into()), &foreign).unwrap();
    let stranger = Arc::new(user.with_token(token.expose()));
    for _ in 0..5 {
        let response = stranger.get("/api/user/profile").await;
        assert_eq!(response.status, 401);
    }
    assert_eq!(stack.recorder.take().len(), 1);
}
