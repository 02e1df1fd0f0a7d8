//! Where an address must be proven before its first session: requests at once, and functions that die.

use e2e::links::{VERIFY, forget_mails, mails, mint};
use e2e::{PASSWORD, sign_in, sign_up_body};
use harness::proxy::{Effect, Rule};
use harness::stack::Stack;

use super::require_verified::{SIGNUP, owner, stack};
use super::verify_email::by_program;
use crate::helpers::accounts::{is_verified, refusal};
use crate::helpers::better_auth::{SIGN_INS, SIGN_UP, new_user, post, signing_in};
use crate::helpers::deaths::{MOMENTS, dies};

/// Who proves an address has the account, also if a stranger is just signing up with it.
#[tokio::test(flavor = "multi_thread")]
async fn f10_a_sign_up_does_not_replace_an_account_that_is_proven_meanwhile() {
    let stack = stack().await;
    for (path, function) in [(SIGNUP, "signup"), (SIGN_UP, "sign-up-email")] {
        let email = format!("{function}@example.com");
        assert_eq!(post(&stack, SIGNUP, &sign_up_body(&email)).await.status, 201);
        let user = owner(&stack, &email).await;
        let token = mint(&stack, &user, &email, VERIFY).await;
        let mut theirs = if path == SIGNUP { sign_up_body(&email) } else { new_user(&email) };
        theirs["password"] = "the strangers password".into();
        stack.warm(&[function, "verify-email"]).await.unwrap();
        let rule = Rule::new(Effect::HoldBefore).function(function).operation("TransactWriteItems");
        let held = stack.proxy.inject(rule.times(3));
        let (sign_up, ()) = tokio::join!(post(&stack, path, &theirs).send(), async {
            held.reached(1).await.unwrap();
            assert_eq!(by_program(&stack, &token, "").await.status, 200);
            held.release();
        });
        assert!([200, 201].contains(&sign_up.status), "{}", sign_up.text());
        assert!(is_verified(&stack, &user).await, "{function}");
        assert_eq!(owner(&stack, &email).await.id, user.id, "{function}");
        assert_eq!(sign_in(&stack, &email, PASSWORD).await.status, 200, "{function}");
        assert_eq!(sign_in(&stack, &email, "the strangers password").await.status, 401);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sign_ups_of_one_address_at_once_make_one_account() {
    let builder = Stack::builder().parameter("RequireVerifiedEmail", "true");
    let stack = builder.start().await.unwrap();
    let body = sign_up_body("ada@example.com");
    let sign_ups = (0..20).map(|_| async { post(&stack, SIGNUP, &body).await.status });
    let statuses = futures_util::future::join_all(sign_ups).await;
    assert!(statuses.iter().all(|status| [201, 503].contains(status)), "{statuses:?}");
    let accepted = statuses.iter().filter(|status| **status == 201).count();
    assert!(accepted >= 1 && mails(&stack).await.len() == accepted, "a mail for each");
    let items = stack.engine.all_items().await.unwrap();
    let accounts = items.iter().filter(|item| item["sk"]["S"] == "ACCOUNT").count();
    assert_eq!(accounts, 1);
    let user = owner(&stack, "ada@example.com").await;
    let token = mint(&stack, &user, &user.email, VERIFY).await;
    assert_eq!(by_program(&stack, &token, "").await.status, 200);
    assert_eq!(sign_in(&stack, &user.email, PASSWORD).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_up_that_dies_can_be_made_again() {
    let builder = Stack::builder().parameter("RequireVerifiedEmail", "true");
    let stack = builder.start().await.unwrap();
    let calls =
        [("UpdateItem", 0), ("BatchGetItem", 0), ("BatchGetItem", 1), ("TransactWriteItems", 0)];
    for (path, function, accepted) in [(SIGNUP, "signup", 201), (SIGN_UP, "sign-up-email", 200)] {
        for (operation, skip) in calls {
            for moment in MOMENTS {
                forget_mails(&stack).await;
                let name = format!("{function}.{operation}{skip}{moment:?}").to_lowercase();
                let email = format!("{name}@example.com");
                let body = if path == SIGNUP { sign_up_body(&email) } else { new_user(&email) };
                let sign_up = || post(&stack, path, &body);
                dies(&stack, function, (operation, skip), moment, sign_up()).await;
                assert_eq!(sign_up().await.status, accepted, "{name}");
                let count = mails(&stack).await.len();
                assert!((1..=2).contains(&count), "{name}: {count} mails");
                let user = owner(&stack, &email).await;
                let token = mint(&stack, &user, &email, VERIFY).await;
                assert_eq!(by_program(&stack, &token, "").await.status, 200, "{name}");
                assert_eq!(sign_in(&stack, &email, PASSWORD).await.status, 200, "{name}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_before_the_proof_that_dies_can_be_made_again() {
    let builder = Stack::builder().parameter("RequireVerifiedEmail", "true");
    let stack = builder.start().await.unwrap();
    let calls = [
        ("BatchGetItem", 0),
        ("UpdateItem", 0),
        ("BatchGetItem", 1),
        ("UpdateItem", 1),
        ("TransactWriteItems", 0),
    ];
    for (path, function) in SIGN_INS.into_iter().zip(["signin", "sign-in-email"]) {
        let email = format!("{function}@example.com");
        assert_eq!(post(&stack, SIGNUP, &sign_up_body(&email)).await.status, 201);
        for call in calls {
            for moment in MOMENTS {
                forget_mails(&stack).await;
                let request = signing_in(&stack, path, &email, PASSWORD);
                dies(&stack, function, call, moment, request).await;
                let again = signing_in(&stack, path, &email, PASSWORD).await;
                assert_eq!(refusal(&again), (403, "EMAIL_NOT_VERIFIED".to_owned()), "{call:?}");
                let count = mails(&stack).await.len();
                assert!((1..=2).contains(&count), "{function} {call:?} {moment:?}: {count} mails");
            }
        }
        let user = owner(&stack, &email).await;
        let token = mint(&stack, &user, &email, VERIFY).await;
        assert_eq!(by_program(&stack, &token, "").await.status, 200);
        assert_eq!(signing_in(&stack, path, &email, PASSWORD).await.status, 200, "{function}");
    }
}
