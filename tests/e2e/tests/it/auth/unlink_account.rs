//! Taking ways to sign in away.

use e2e::links::{RESET, mint};
use e2e::social::{Browser, account_id, accounts, error, linked, location, person_of};
use e2e::{PASSWORD, in_days, sign_in};
use harness::provider::Person;
use harness::proxy::{Effect, Rule};
use harness::stack::{RequestBuilder, Stack, TEST_PROVIDER, User};
use serde_json::json;

use super::sign_in_social::user_of;
use crate::helpers::accounts::refusal;

fn unlinking(user: &User, id: &str) -> RequestBuilder {
    user.post("/api/auth/unlink-account").json(&json!({ "accountId": id }))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_way_in_stays_and_a_password_of_a_reset_is_one() {
    let stack = Stack::start().await;
    let mut browser = Browser::new(&stack);
    browser.sign_in(TEST_PROVIDER, Person::new("ada")).await;
    let ada = user_of(&stack, &browser).await;
    let id = account_id(&ada, TEST_PROVIDER).await;
    let last = (400, "FAILED_TO_UNLINK_LAST_ACCOUNT".to_owned());
    assert_eq!(refusal(&unlinking(&ada, &id).await), last);
    let token = mint(&stack, &ada, &ada.email, RESET).await;
    let body = json!({ "newPassword": PASSWORD, "token": token });
    assert_eq!(stack.post("/api/auth/reset-password").json(&body).await.status, 200);
    let ada = ada.signed_in_by(&sign_in(&stack, &ada.email, PASSWORD).await);
    for unknown in ["", "x", &"x".repeat(32)] {
        assert_eq!(refusal(&unlinking(&ada, unknown).await), (400, "ACCOUNT_NOT_FOUND".to_owned()));
    }
    let eve = stack.sign_up("eve").await;
    linked(&stack, &eve).await;
    assert_eq!(refusal(&unlinking(&eve, &id).await), (400, "ACCOUNT_NOT_FOUND".to_owned()));
    assert_eq!(unlinking(&ada, &id).await.json(), json!({ "status": true }));
    assert_eq!(refusal(&unlinking(&ada, &ada.id).await), last, "the password is the last one now");
    assert_eq!(accounts(&ada).await.len(), 1);
    // The account at the provider is free, and its address has a user whose address is verified.
    let response = browser.sign_in(TEST_PROVIDER, Person::new("ada")).await;
    assert!(location(&response).ends_with("/dash"));
    assert_eq!(user_of(&stack, &browser).await.id, ada.id);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_password_can_be_taken_away_like_an_account_at_a_provider() {
    let stack = Stack::start().await;
    let ada = stack.sign_up("ada").await;
    linked(&stack, &ada).await;
    assert_eq!(unlinking(&ada, &ada.id).await.status, 200);
    assert_eq!(sign_in(&stack, &ada.email, PASSWORD).await.status, 401);
    assert_eq!(accounts(&ada).await.len(), 1);
    let response = Browser::new(&stack).sign_in(TEST_PROVIDER, person_of(&ada)).await;
    assert_eq!(error(&response), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn unlinking_needs_a_session_that_began_less_than_a_day_ago() {
    let stack = Stack::start().await;
    let ada = stack.sign_up("ada").await;
    let id = linked(&stack, &ada).await;
    let pk = format!("USER#{}", ada.id);
    for session in stack.engine.query(&pk, "SESSION#").await.unwrap() {
        let old = [("created_at", json!({ "S": in_days(-1) }))];
        stack.engine.set(&pk, session["sk"]["S"].as_str().unwrap(), &old).await.unwrap();
    }
    assert_eq!(refusal(&unlinking(&ada, &id).await), (403, "SESSION_NOT_FRESH".to_owned()));
    assert_eq!(accounts(&ada).await.len(), 2);
}

/// Each of two requests has seen both ways in, and takes another one away.
#[tokio::test(flavor = "multi_thread")]
async fn two_unlinks_at_once_leave_a_way_in() {
    let stack = Stack::start().await;
    let ada = stack.sign_up("ada").await;
    let id = linked(&stack, &ada).await;
    stack.runtime.warm("unlink-account").await.unwrap();
    let rule =
        Rule::new(Effect::HoldBefore).function("unlink-account").operation("TransactWriteItems");
    let held = stack.proxy.inject(rule.times(2));
    let (one, other, ()) =
        tokio::join!(unlinking(&ada, &id).send(), unlinking(&ada, &ada.id).send(), async {
            held.reached(2).await.unwrap();
            held.release();
        });
    let mut outcomes = [refusal(&one), refusal(&other)];
    outcomes.sort();
    let refused = (400, "FAILED_TO_UNLINK_LAST_ACCOUNT".to_owned());
    assert_eq!(outcomes, [(200, String::new()), refused]);
    assert_eq!(accounts(&ada).await.len(), 1);
}
