//! Functions that die while a user comes back from a provider. Nothing is half-made, and trying again works.

use e2e::links::random_name;
use e2e::social::{Browser, OWN, accounts, callback_of_link, link, location, person_of};
use harness::provider::{Failure, Person, ProviderFault};
use harness::stack::{Stack, TEST_PROVIDER};
use serde_json::Value;

use super::sign_in_social::user_of;
use crate::helpers::deaths::{MOMENTS, dies};
use crate::helpers::mails::verify;

const CALLBACK: &str = "finish-social";

/// The calls of a callback, each with how many of its kind come before it.
const CALLS: [(&str, usize); 6] = [
    ("BatchGetItem", 0),
    ("TransactWriteItems", 0),
    ("BatchGetItem", 1),
    ("BatchGetItem", 2),
    ("UpdateItem", 0),
    ("TransactWriteItems", 1),
];

/// The rows of a person of the provider are there all or not at all.
pub async fn is_whole(stack: &Stack, email: &str) {
    let items = stack.engine.all_items().await.unwrap();
    let of_kind =
        |kind: &str| items.iter().filter(|item| item["kind"]["S"] == kind).collect::<Vec<_>>();
    let text = |item: &Value, name: &str| item[name]["S"].as_str().unwrap_or_default().to_owned();
    let accounts = of_kind("account");
    let ids: Vec<_> = accounts.iter().map(|account| text(account, "user_id")).collect();
    let credentials: Vec<_> =
        of_kind("credential").iter().map(|row| text(row, "user_id")).collect();
    for id in &ids {
        assert_eq!(credentials.iter().filter(|user| *user == id).count(), 1, "{email}");
    }
    assert_eq!(ids.len(), credentials.len(), "{email}");
    let external = of_kind("external_account");
    assert_eq!(external.len(), of_kind("external_owner").len(), "{email}");
    for owner in external.iter().chain(&of_kind("external_owner")).chain(&of_kind("session")) {
        assert!(ids.contains(&text(owner, "user_id")), "{email}: {owner}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_callback_that_dies_at_any_call_leaves_nothing_half_made() {
    let stack = Stack::start().await;
    for moment in MOMENTS {
        for call in CALLS {
            // A new user has no third read, a known one no count of sign-ups.
            for is_known in [false, true] {
                if call == if is_known { ("UpdateItem", 0) } else { ("BatchGetItem", 2) } {
                    continue;
                }
                let person = Person::new(&random_name());
                let email = person.email.clone().unwrap();
                if is_known {
                    Browser::new(&stack).sign_in(TEST_PROVIDER, person.clone()).await;
                }
                let mut browser = Browser::new(&stack);
                let callback = browser.callback_of(TEST_PROVIDER, person.clone()).await;
                dies(&stack, CALLBACK, call, moment, browser.returning(&callback)).await;
                is_whole(&stack, &email).await;
                let response = browser.sign_in(TEST_PROVIDER, person).await;
                assert_eq!(location(&response), format!("{OWN}/dash"), "{call:?} {moment:?}");
                assert_eq!(browser.session().await["user"]["email"], email.as_str());
                is_whole(&stack, &email).await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_dies_at_any_call_is_made_whole_by_the_next() {
    let stack = Stack::start().await;
    for moment in MOMENTS {
        for call in [("TransactWriteItems", 0), ("BatchGetItem", 3), ("TransactWriteItems", 1)] {
            for is_asked_for in [true, false] {
                if !is_asked_for && call.0 == "BatchGetItem" {
                    continue;
                }
                let user = stack.sign_up(&random_name()).await;
                verify(&stack, &user).await;
                let person = person_of(&user);
                let (browser, callback) = if is_asked_for {
                    stack.provider().sign_in_as(person.clone());
                    callback_of_link(&stack, &user, TEST_PROVIDER).await
                } else {
                    let mut browser = Browser::new(&stack);
                    let callback = browser.callback_of(TEST_PROVIDER, person.clone()).await;
                    (browser, callback)
                };
                dies(&stack, CALLBACK, call, moment, browser.returning(&callback)).await;
                is_whole(&stack, &user.email).await;
                if is_asked_for {
                    link(&stack, &user, TEST_PROVIDER, person).await;
                } else {
                    let mut browser = Browser::new(&stack);
                    browser.sign_in(TEST_PROVIDER, person).await;
                    assert_eq!(user_of(&stack, &browser).await.id, user.id);
                }
                assert_eq!(accounts(&user).await.len(), 2, "{call:?} {moment:?}");
                is_whole(&stack, &user.email).await;
            }
        }
    }
}

/// What comes after the provider's answer and before the table is called dies in the first test.
#[tokio::test(flavor = "multi_thread")]
async fn a_callback_that_dies_between_the_providers_answer_and_ours_can_be_tried_again() {
    let stack = Stack::start().await;
    let calls =
        [(TEST_PROVIDER, "/token"), ("github", "/login/oauth/access_token"), ("github", "/user")];
    for (held, (provider, path)) in calls.into_iter().enumerate() {
        let person = Person::new(&random_name());
        let mut browser = Browser::new(&stack);
        let callback = browser.callback_of(provider, person.clone()).await;
        stack.runtime.warm(CALLBACK).await.unwrap();
        stack.provider().fail(ProviderFault::At(path, Failure::Hold), 1);
        let request = browser.returning(&callback).outside_contract();
        let (response, ()) = tokio::join!(request.try_send(), async {
            stack.provider().reached(held + 1).await.unwrap();
            stack.runtime.kill(CALLBACK).await.unwrap();
            stack.provider().clear_faults();
        });
        assert!(response.map_or(500, |response| response.status) >= 500, "{path}");
        is_whole(&stack, path).await;
        let again = browser.come_back(&callback).await;
        assert_eq!(e2e::social::error(&again), "state_mismatch", "{path}: a state works once");
        let response = browser.sign_in(provider, person).await;
        assert_eq!(location(&response), format!("{OWN}/dash"), "{path}");
    }
}
