//! What responses show of a user and a session, and what bodies can't change.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use e2e::routes::sample_body;
use e2e::{PASSWORD, in_days};
use harness::Method;
use harness::stack::{Response, Stack};
use serde_json::{Value, json};

use crate::helpers::better_auth::{COOKIE, SIGN_IN, SIGN_UP, new_user, post};

/// The one that the sample event of `change-password` asks for.
const NEW_PASSWORD: &str = "a longer horse battery staple";
const USER: [&str; 9] = [
    "createdAt",
    "email",
    "emailVerified",
    "hardware_background",
    "id",
    "image",
    "name",
    "software_level",
    "updatedAt",
];
const SESSION: [&str; 8] =
    ["createdAt", "expiresAt", "id", "ipAddress", "token", "updatedAt", "userAgent", "userId"];

fn has_exactly(value: &Value, names: &[&str], what: &str) {
    let found: BTreeSet<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(found, names.iter().copied().collect(), "{what}");
}

fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

/// Checks that the response shows nothing of the table, of a password, or of another user.
fn shows_nothing_else(response: &Response, what: &str) {
    let text = format!("{} {:?}", response.text(), response.headers);
    for secret in [
        "$argon2",
        "password_hash",
        "auth_epoch",
        "USER#",
        "EMAIL#",
        "\"pk\"",
        "\"sk\"",
        "eve@",
        PASSWORD,
    ] {
        assert!(!text.contains(secret), "{what} shows {secret}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn check_38_responses_show_the_fields_of_a_list_and_no_others() {
    let stack = Stack::start().await;
    stack.sign_up("eve").await;
    let made = post(&stack, SIGN_UP, &new_user("ada@example.com")).await;
    let user = stack.user("", &made.field("token"), "");
    let call = |method, path: &str| user.call(method, &format!("/api/auth/{path}"));
    let body = json!({ "email": "ada@example.com", "password": PASSWORD });
    let signed_in = post(&stack, SIGN_IN, &body).await;
    let changed = call(Method::POST, "change-password").json(&sample_body("change-password"));
    let changed = changed.await;
    for (response, fields, what) in [
        (&made, &["token", "user"][..], "sign-up/email"),
        (&signed_in, &["redirect", "token", "user"], "sign-in/email"),
        (&changed, &["token", "user"], "change-password"),
    ] {
        assert_eq!(response.status, 200, "{what}: {}", response.text());
        has_exactly(&response.json(), fields, what);
        has_exactly(&response.json()["user"], &USER, what);
        shows_nothing_else(response, what);
    }
    let names = ["aud", "exp", "iat", "iss", "sid", "sub"];
    has_exactly(&claims(&user.token), &names, "a session token");

    // As a page with cookies calls, which may not read its token.
    let page = |path: &str| stack.get(&format!("/api/auth/{path}")).cookie(COOKIE, &user.token);
    let session = page("get-session").await;
    has_exactly(&session.json(), &["session", "user"], "get-session");
    has_exactly(&session.json()["user"], &USER, "get-session");
    has_exactly(&session.json()["session"], &SESSION, "get-session");
    let list = page("list-sessions").await;
    has_exactly(&list.json()[0], &SESSION, "list-sessions");
    let accounts = call(Method::GET, "list-accounts").await;
    let names = ["accountId", "createdAt", "id", "providerId", "scopes", "updatedAt", "userId"];
    has_exactly(&accounts.json()[0], &names, "list-accounts");
    let token = call(Method::GET, "token").await;
    for jwt in [session.header("set-auth-jwt").unwrap(), &token.field("token")] {
        // The address is not verified.
        let user = USER.into_iter().filter(|name| *name != "email");
        let names: Vec<&str> = user.chain(["aud", "exp", "iat", "iss", "sub"]).collect();
        has_exactly(&claims(jwt), &names, "a token for others");
    }
    let jwks = call(Method::GET, "jwks").await;
    has_exactly(&jwks.json()["keys"][0], &["alg", "crv", "kid", "kty", "use", "x"], "jwks");
    for (response, what) in [
        (session, "get-session"),
        (list, "list-sessions"),
        (accounts, "list-accounts"),
        (token, "token"),
        (jwks, "jwks"),
    ] {
        assert_eq!(response.status, 200, "{what}");
        shows_nothing_else(&response, what);
        assert!(!response.text().contains(&user.token), "{what} shows the session's token");
    }
    for path in ["update-user", "verify-password", "revoke-session", "revoke-other-sessions"] {
        let body = match path {
            "verify-password" => json!({ "password": NEW_PASSWORD }),
            "revoke-other-sessions" => json!({}),
            // Without the background, which this user has not.
            "update-user" => json!({ "name": "Ada" }),
            _ => sample_body(path),
        };
        let response = call(Method::POST, path).json(&body).await;
        assert_eq!(response.json(), json!({ "status": true }), "{path}");
        shows_nothing_else(&response, path);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn check_10_a_session_that_has_ended_is_not_listed() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    let ended = user.another_session().await;
    let sid = claims(&ended.token)["sid"].as_str().unwrap().to_owned();
    let (pk, sk) = (format!("USER#{}", user.id), format!("SESSION#{sid}"));
    let list = || user.get("/api/auth/list-sessions").send();
    assert_eq!(list().await.json().as_array().unwrap().len(), 2);
    let past = json!({ "S": in_days(-1) });
    stack.engine.set(&pk, &sk, &[("expires_at", past)]).await.unwrap();
    let listed = list().await;
    assert_eq!(listed.json().as_array().unwrap().len(), 1);
    assert!(!listed.text().contains(&sid));
    let future = [("expires_at", json!({ "S": in_days(5) })), ("auth_epoch", json!({ "N": "0" }))];
    stack.engine.set(&pk, &sk, &future).await.unwrap();
    assert!(!list().await.text().contains(&sid), "one of an older epoch");
}

/// What a client may want to be, in every spelling.
fn wishes(id: &str) -> Value {
    json!({
        "id": id, "_id": id, "userId": id, "user_id": id, "role": "admin", "isAdmin": true,
        "is_admin": true, "emailVerified": true, "email_verified": true, "banned": false,
        "createdAt": "2000-01-01T00:00:00.000Z", "created_at": "2000-01-01T00:00:00.000Z",
        "updatedAt": "2000-01-01T00:00:00.000Z", "password_hash": "x", "passwordHash": "x",
        "pk": "USER#x", "sk": "ACCOUNT", "PK": "USER#x", "SK": "ACCOUNT", "ttl": 1, "kind": "x",
        "v": 9, "auth_epoch": 9, "last_conversation_id": 9, "gsi1pk": "x", "expiresAt": "x",
        "session_id": id, "ipAddress": "192.0.2.1", "__proto__": { "admin": true },
    })
}

fn with(mut body: Value, more: &Value) -> Value {
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

/// Every attribute of the account except those that differ between any two accounts.
async fn account(stack: &Stack, id: &str) -> Value {
    let item = stack.engine.get_item(&format!("USER#{id}"), "ACCOUNT").await.unwrap();
    let mut item = item.unwrap();
    for name in ["pk", "user_id", "email", "created_at", "updated_at"] {
        assert!(item.as_object_mut().unwrap().remove(name).is_some(), "{name}");
    }
    item
}

#[tokio::test(flavor = "multi_thread")]
async fn check_36_no_body_writes_a_field_that_is_not_the_users() {
    let stack = Stack::start().await;
    let victim = stack.sign_up("victim").await;
    let wishes = wishes(&victim.id);
    let plain = post(&stack, SIGN_UP, &new_user("plain@example.com")).await;
    let plain_id = plain.json()["user"]["id"].as_str().unwrap().to_owned();
    let made = post(&stack, SIGN_UP, &with(new_user("ada@example.com"), &wishes)).await;
    assert_eq!(made.status, 200, "{}", made.text());
    let id = made.json()["user"]["id"].as_str().unwrap().to_owned();
    assert_ne!(id, victim.id);
    assert_eq!(made.json()["user"]["emailVerified"], false);
    let expected = account(&stack, &plain_id).await;
    assert_eq!(account(&stack, &id).await, expected);
    assert!(made.json()["user"]["createdAt"].as_str().unwrap() > "2020");

    let user = stack.user(&id, &made.field("token"), "");
    let call = |path: &str, body: &Value| user.post(&format!("/api/auth/{path}")).json(body).send();
    let before = stack.engine.all_items().await.unwrap();
    let response = call("update-user", &wishes).await;
    assert_eq!((response.status, response.code().as_str()), (400, "NO_FIELDS_TO_UPDATE"));
    for (name, value) in wishes.as_object().unwrap() {
        assert_eq!(call("update-user", &json!({ name: value })).await.status, 400, "{name}");
    }
    let response = call("update-user", &json!({ "name": "x", "email": "eve@example.com" })).await;
    assert_eq!((response.status, response.code().as_str()), (400, "EMAIL_CAN_NOT_BE_UPDATED"));
    assert_eq!(stack.engine.all_items().await.unwrap(), before);
    let response = call("update-user", &with(json!({ "name": "Ada" }), &wishes)).await;
    assert_eq!(response.status, 200);
    assert_eq!(account(&stack, &id).await, expected, "the name stays what it was");

    let of_victim = stack.engine.query(&format!("USER#{}", victim.id), "").await.unwrap();
    for path in ["verify-password", "revoke-session", "change-password", "revoke-other-sessions"] {
        let body = sample_body(path);
        let body = if body.is_null() { json!({}) } else { body };
        let response = call(path, &with(body, &wishes)).await;
        assert_eq!(response.status, 200, "{path}: {}", response.text());
    }
    assert_eq!(stack.engine.query(&format!("USER#{}", victim.id), "").await.unwrap(), of_victim);
    let body = with(json!({ "email": "ada@example.com", "password": NEW_PASSWORD }), &wishes);
    let response = post(&stack, SIGN_IN, &body).await;
    assert_eq!(response.json()["user"]["id"], id.as_str());
}
