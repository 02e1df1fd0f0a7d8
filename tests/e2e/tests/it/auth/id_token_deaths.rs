//! Functions that die while an app signs in, or links an account, with an ID token of its own. Nothing is
//! half-made, and the same request again does what the first should have done.

use e2e::links::random_name;
use e2e::social::{Browser, accounts, person_of};
use harness::provider::Person;
use harness::stack::{RequestBuilder, Stack, TEST_PROVIDER, User};
use serde_json::{Value, json};

use super::social_deaths::is_whole;
use crate::helpers::deaths::{MOMENTS, calls_of, dies};
use crate::helpers::mails::verify;

/// What is known of a person before the request.
#[derive(Debug, Clone, Copy)]
enum Known {
    Nothing,
    /// A user has the address, and has proven it.
    Address,
    /// The account is linked already.
    Account,
}

const ALL: [Known; 3] = [Known::Nothing, Known::Address, Known::Account];

/// The body of both routes. The same token comes with each try, as an app sends it that got no answer.
fn body(stack: &Stack, person: &Person) -> Value {
    let token = stack.provider().id_token(person, Some("n")).unwrap_or_default();
    json!({ "provider": TEST_PROVIDER, "idToken": { "token": token, "nonce": "n" } })
}

fn signing_in(stack: &Stack, body: &Value) -> RequestBuilder {
    stack.post("/api/auth/sign-in/social").json(body)
}

fn linking(user: &User, body: &Value) -> RequestBuilder {
    user.post("/api/auth/link-social").json(body)
}

/// Somebody of whom so much is known.
async fn somebody(stack: &Stack, known: Known) -> Person {
    match known {
        Known::Nothing => Person::new(&random_name()),
        Known::Address => {
            let user = stack.sign_up(&random_name()).await;
            verify(stack, &user).await;
            person_of(&user)
        }
        Known::Account => {
            let person = Person::new(&random_name());
            Browser::new(stack).sign_in(TEST_PROVIDER, person.clone()).await;
            person
        }
    }
}

/// How many users have the person's address, and how many have the account at the provider.
async fn count(stack: &Stack, person: &Person) -> (usize, usize) {
    let items = stack.engine.all_items().await.unwrap_or_default();
    let count = |kind: &str, name: &str, value: &Value| {
        let is = |item: &&Value| {
            let text = |name: &str| item.get(name).and_then(|field| field.get("S"));
            text("kind") == Some(&json!(kind)) && text(name) == Some(value)
        };
        items.iter().filter(is).count()
    };
    let users = count("account", "email", &json!(person.email));
    (users, count("external_account", "subject", &json!(person.subject)))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_apps_sign_in_that_dies_at_any_call_is_made_whole_by_the_same_request() {
    const SIGN_IN: &str = "sign-in-social";
    let stack = Stack::start().await;
    for known in ALL {
        let rehearsal = body(&stack, &somebody(&stack, known).await);
        let calls = calls_of(&stack, SIGN_IN, signing_in(&stack, &rehearsal)).await;
        // The reads, for a new user the count of sign-ups, and the transaction.
        assert_eq!(calls.len(), 3, "{known:?}: {calls:?}");
        assert_eq!(calls[2], ("TransactWriteItems".to_owned(), 0), "{known:?}");
        for moment in MOMENTS {
            for (operation, skip) in &calls {
                let what = format!("{known:?} {operation} {skip} {moment:?}");
                let person = somebody(&stack, known).await;
                let body = body(&stack, &person);
                let before = count(&stack, &person).await;
                let call = (operation.as_str(), *skip);
                dies(&stack, SIGN_IN, call, moment, signing_in(&stack, &body)).await;
                is_whole(&stack, &what).await;
                let is_stored = operation == "TransactWriteItems" && moment == MOMENTS[1];
                let after = if is_stored { (1, 1) } else { before };
                assert_eq!(count(&stack, &person).await, after, "{what}");

                let mut ids = Vec::new();
                for _ in 0..2 {
                    let response = signing_in(&stack, &body).await;
                    assert_eq!(response.status, 200, "{what}: {}", response.text());
                    let id = response.json()["user"]["id"].as_str().unwrap().to_owned();
                    let email = person.email.clone().unwrap();
                    let user = stack.user(&id, &response.field("token"), &email);
                    let ways = if matches!(known, Known::Address) { 2 } else { 1 };
                    assert_eq!(accounts(&user).await.len(), ways, "{what}");
                    ids.push(id);
                }
                assert_eq!(ids[0], ids[1], "{what}");
                assert_eq!(count(&stack, &person).await, (1, 1), "{what}");
                is_whole(&stack, &what).await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_apps_link_that_dies_at_any_call_is_made_once_by_the_same_request() {
    const LINK: &str = "link-social";
    let stack = Stack::start().await;
    for is_linked in [false, true] {
        let somebody = || async {
            let user = stack.sign_up(&random_name()).await;
            let body = body(&stack, &person_of(&user));
            if is_linked {
                assert_eq!(linking(&user, &body).await.status, 200);
            }
            (user, body)
        };
        let (user, rehearsal) = somebody().await;
        let calls = calls_of(&stack, LINK, linking(&user, &rehearsal)).await;
        // The session, the session with the account, whose the account at the provider and the address are,
        // that user, and the transaction.
        assert_eq!(calls.len(), 5, "{calls:?}");
        assert_eq!(calls[4], ("TransactWriteItems".to_owned(), 0));
        for moment in MOMENTS {
            for (operation, skip) in &calls {
                let what = format!("linked before: {is_linked}, {operation} {skip} {moment:?}");
                let (user, body) = somebody().await;
                let call = (operation.as_str(), *skip);
                dies(&stack, LINK, call, moment, linking(&user, &body)).await;
                is_whole(&stack, &what).await;
                let is_stored = operation == "TransactWriteItems" && moment == MOMENTS[1];
                let ways = if is_linked || is_stored { 2 } else { 1 };
                assert_eq!(accounts(&user).await.len(), ways, "{what}");

                let again = linking(&user, &body).await;
                let made = json!({ "url": "", "status": true, "redirect": false });
                assert_eq!((again.status, again.json()), (200, made), "{what}");
                assert_eq!(accounts(&user).await.len(), 2, "{what}");
                assert_eq!(count(&stack, &person_of(&user)).await, (1, 1), "{what}");
                is_whole(&stack, &what).await;
            }
        }
    }
}
