//! The requests of the routes that are about accounts at providers.

use harness::provider::Person;
use harness::stack::{RequestBuilder, Stack, TEST_PROVIDER, User};
use serde_json::{Value, json};

use crate::links::random_name;
use crate::routes::SampleRoute;
use crate::social::{Browser, callback_of_link, linked, location, person_of};

/// The request of a row; `None` if its route is about something else.
pub(super) async fn request(
    stack: &Stack,
    route: &SampleRoute,
    variant: &str,
    guests: &mut u32,
) -> Option<RequestBuilder> {
    *guests += 1;
    match (route.function.as_str(), variant) {
        ("sign-in-social", "") => Some(Browser::new(stack).beginning(&route.body)),
        ("sign-in-social", _) => Some(by_id_token(stack, variant, *guests).await),
        ("finish-social", _) => Some(callback(stack, variant, *guests).await),
        ("link-social", _) => {
            let user = user(stack, *guests).await;
            if variant.is_empty() {
                return Some(route.by(&user, ""));
            }
            if variant == "ID token, linked already" {
                linked(stack, &user).await;
            }
            let body = id_token(stack, &person_of(&user));
            Some(route.with_body(&user, &body))
        }
        ("account-info" | "unlink-account" | "get-access-token" | "refresh-token", _) => {
            if variant == "refreshed" {
                stack.provider().set_token_lifetime(std::time::Duration::from_secs(1));
            }
            let user = user(stack, *guests).await;
            let id = linked(stack, &user).await;
            stack.provider().set_token_lifetime(std::time::Duration::from_hours(1));
            let request = user.call(route.method.clone(), &route.path);
            let id = if variant == "the password" { user.id } else { id };
            Some(if route.function == "account-info" {
                request.query(&format!("accountId={id}"))
            } else {
                request.json(&json!({ "accountId": id }))
            })
        }
        _ => None,
    }
}

async fn user(stack: &Stack, number: u32) -> User {
    stack.sign_up(&format!("visitor{number}")).await
}

/// A user whose address is proven.
async fn verified(stack: &Stack, number: u32) -> User {
    let user = user(stack, number).await;
    let fields = [("email_verified", json!({ "BOOL": true }))];
    let set = stack.engine.set(&format!("USER#{}", user.id), "ACCOUNT", &fields).await;
    assert!(set.is_ok(), "{set:?}");
    user
}

fn id_token(stack: &Stack, person: &Person) -> Value {
    let token = stack.provider().id_token(person, None).unwrap_or_default();
    json!({ "provider": TEST_PROVIDER, "idToken": { "token": token } })
}

async fn by_id_token(stack: &Stack, variant: &str, number: u32) -> RequestBuilder {
    let person = visitor(stack, variant, number).await;
    Browser::new(stack).beginning(&id_token(stack, &person))
}

async fn callback(stack: &Stack, variant: &str, number: u32) -> RequestBuilder {
    if variant == "link" {
        let user = user(stack, number).await;
        stack.provider().sign_in_as(person_of(&user));
        let (browser, callback) = callback_of_link(stack, &user, TEST_PROVIDER).await;
        return browser.returning(&callback);
    }
    let person = visitor(stack, variant, number).await;
    let mut browser = Browser::new(stack);
    let callback = browser.callback_of(TEST_PROVIDER, person).await;
    browser.returning(&callback)
}

/// Whoever comes.
async fn visitor(stack: &Stack, variant: &str, number: u32) -> Person {
    if variant.ends_with("same address") {
        return person_of(&verified(stack, number).await);
    }
    let person = Person::new(&random_name());
    if variant.ends_with("known user") {
        let response = Browser::new(stack).sign_in(TEST_PROVIDER, person.clone()).await;
        assert!(location(&response).ends_with("/dash"));
    }
    person
}
