//! Accounts that were imported with hashes of other programs.

use std::time::{Duration, Instant};

use e2e::links::{RESET, mint};
use e2e::{PASSWORD, User, sign_in};
use harness::proxy::{Effect, Rule};
use harness::stack::Stack;
use serde_json::json;

use crate::helpers::better_auth::{SIGN_INS, signing_in};
use crate::helpers::kinds::{COSTLY, FOREIGN, FOREIGN_PASSWORD};
use crate::helpers::rows::{copy_credential, password_hash};
use crate::helpers::sessions::is_signed_in;

const OURS: &str = "$argon2id$v=19$m=19456,t=2,p=1$";

/// A user whose password has this hash.
async fn imported(stack: &Stack, name: &str, hash: &str) -> User {
    let user = stack.sign_up(name).await;
    copy_credential(stack, &user.email, &user.email, Some(hash)).await;
    user
}

#[tokio::test(flavor = "multi_thread")]
async fn check_34_a_hash_of_better_auth_signs_in_once_and_is_replaced() {
    let stack = Stack::start().await;
    for (n, path) in SIGN_INS.into_iter().enumerate() {
        let user = imported(&stack, &format!("ada{n}"), FOREIGN.trim()).await;
        let attempt = |password: &'static str| {
            let request = signing_in(&stack, path, &user.email, password);
            async { request.await.status }
        };
        assert_eq!(attempt("caf\u{e9} wine").await, 401);
        assert_eq!(
            password_hash(&stack, &user.email).await,
            FOREIGN.trim(),
            "only by the right one"
        );
        assert_eq!(attempt(FOREIGN_PASSWORD).await, 200);
        let replaced = password_hash(&stack, &user.email).await;
        assert!(replaced.starts_with(OURS), "{replaced}");
        assert_eq!(attempt(FOREIGN_PASSWORD).await, 200);
        assert_eq!(attempt("cafe\u{301} \u{fb01}ne").await, 200, "the same in another form");
        assert_eq!(attempt("caf\u{e9} wine").await, 401);
        assert_eq!(password_hash(&stack, &user.email).await, replaced, "once");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn check_34_argon2id_of_another_cost_signs_in_once_and_is_replaced() {
    let stack = Stack::start().await;
    let user = imported(&stack, "ada", COSTLY).await;
    assert_eq!(sign_in(&stack, &user.email, FOREIGN_PASSWORD).await.status, 401);
    assert_eq!(password_hash(&stack, &user.email).await, COSTLY);
    assert_eq!(sign_in(&stack, &user.email, PASSWORD).await.status, 200);
    let replaced = password_hash(&stack, &user.email).await;
    assert!(replaced.starts_with(OURS), "{replaced}");
    assert_eq!(sign_in(&stack, &user.email, PASSWORD).await.status, 200);
    assert_eq!(password_hash(&stack, &user.email).await, replaced, "once");
}

#[tokio::test(flavor = "multi_thread")]
async fn check_34_a_foreign_hash_verifies_and_is_replaced_by_a_change() {
    let stack = Stack::start().await;
    let user = imported(&stack, "ada", FOREIGN.trim()).await;
    let send = |path: &str, body: serde_json::Value| user.post(path).json(&body).send();
    let wrong = json!({ "password": PASSWORD });
    assert_eq!(send("/api/auth/verify-password", wrong).await.status, 400);
    let right = json!({ "password": FOREIGN_PASSWORD });
    assert_eq!(send("/api/auth/verify-password", right).await.status, 200);
    let change = json!({ "currentPassword": FOREIGN_PASSWORD, "newPassword": PASSWORD });
    assert_eq!(send("/api/auth/change-password", change).await.status, 200);
    assert!(password_hash(&stack, &user.email).await.starts_with(OURS));
    assert_eq!(sign_in(&stack, &user.email, PASSWORD).await.status, 200);
}

/// Two browsers of one imported user, which sign in for the first time at once.
#[tokio::test(flavor = "multi_thread")]
async fn check_34_first_sign_ins_at_once_both_succeed() {
    let stack = Stack::start().await;
    let user = imported(&stack, "ada", FOREIGN.trim()).await;
    let attempts =
        (0..6).map(|n| signing_in(&stack, SIGN_INS[n % 2], &user.email, FOREIGN_PASSWORD));
    let responses =
        futures_util::future::join_all(attempts.map(harness::stack::RequestBuilder::send)).await;
    for response in responses {
        assert_eq!(response.status, 200, "{}", response.text());
    }
    assert!(password_hash(&stack, &user.email).await.starts_with(OURS));
}

#[tokio::test(flavor = "multi_thread")]
async fn check_34_hostile_parameters_and_other_forms_are_refused_and_cost_nothing() {
    const TAIL: &str = "c2FsdHNhbHRzYWx0c2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let stack = Stack::start().await;
    let ours = {
        let user = stack.sign_up("ada").await;
        password_hash(&stack, &user.email).await
    };
    let hostile = [
        format!("$argon2id$v=19$m=4194304,t=2,p=1${TAIL}"),
        format!("$argon2id$v=19$m=19456,t=4294967295,p=1${TAIL}"),
        format!("$argon2id$v=19$m=19456,t=2,p=16777215${TAIL}"),
        format!("$argon2i$v=19$m=19456,t=2,p=1${TAIL}"),
        format!("$argon2id$v=16$m=19456,t=2,p=1${TAIL}"),
        // The right password's own hash, under weaker parameters than it was made with.
        ours.replace("m=19456", "m=8"),
        ours.replace("$v=19", ""),
        format!("$scrypt$ln=30,r=8,p=1${TAIL}"),
        "$2b$31$abcdefghijklmnopqrstuuTrVbZ2Gq9QeFvHVJeGkTKxvJQ1wXyZe".to_owned(),
        format!("$pbkdf2-sha256$i=4294967295${TAIL}"),
        "00112233445566778899aabbccddeeff:".to_owned(),
        FOREIGN.trim().to_owned() + "00",
        FOREIGN.trim().replace(':', "$"),
        PASSWORD.to_owned(),
        String::from(":"),
        "x".repeat(300_000),
    ];
    for (n, hash) in hostile.iter().enumerate() {
        let user = imported(&stack, &format!("user{n}"), hash).await;
        let start = Instant::now();
        for password in [PASSWORD, "", "wrong password"] {
            let response = sign_in(&stack, &user.email, password).await;
            assert_eq!(response.status, 401, "{hash:.60}");
        }
        assert!(start.elapsed() < Duration::from_secs(10), "{hash:.60}: {:?}", start.elapsed());
        assert_eq!(password_hash(&stack, &user.email).await, *hash);
    }
}

/// The first sign-in, which replaces the hash, is stopped before it writes.
#[tokio::test(flavor = "multi_thread")]
async fn check_34_a_first_sign_in_does_not_undo_a_reset() {
    const NEW: &str = "another horse battery";
    let stack = Stack::start().await;
    let user = imported(&stack, "ada", FOREIGN.trim()).await;
    let token = mint(&stack, &user, &user.email, RESET).await;
    stack.warm(&["signin", "reset-password"]).await.unwrap();
    let rule = Rule::new(Effect::HoldBefore).function("signin").operation("TransactWriteItems");
    let held = stack.proxy.inject(rule.times(3));
    let (late, ()) = tokio::join!(sign_in(&stack, &user.email, FOREIGN_PASSWORD), async {
        held.reached(1).await.unwrap();
        let body = json!({ "token": token, "newPassword": NEW });
        let reset = stack.post("/api/auth/reset-password").json(&body).await;
        assert_eq!(reset.status, 200, "{}", reset.text());
        held.release();
    });
    if late.status == 200 {
        assert!(!is_signed_in(&user.signed_in_by(&late)).await);
    }
    assert_eq!(sign_in(&stack, &user.email, FOREIGN_PASSWORD).await.status, 401);
    assert_eq!(sign_in(&stack, &user.email, NEW).await.status, 200);
}
