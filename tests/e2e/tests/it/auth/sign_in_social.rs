//! Signing in with an account at a provider, from the button to the page that follows.

use e2e::links::{RESET, mint};
use e2e::social::{Browser, OWN, accounts, error, linked, location, parameter, person_of};
use e2e::{PASSWORD, sign_in};
use harness::provider::{Person, ProviderFault};
use harness::stack::{Stack, TEST_PROVIDER, User};
use serde_json::{Value, json};

use crate::helpers::erasure::{deleting, sweep_to_the_end};

/// The user who is signed in in a browser, by the token of its cookie.
pub async fn user_of(stack: &Stack, browser: &Browser<'_>) -> User {
    let session = browser.session().await;
    let token = browser.jar.get("__Secure-better-auth.session_token").unwrap();
    let text = |name: &str| session["user"][name].as_str().unwrap();
    stack.user(text("id"), token, text("email"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_user_comes_from_each_provider_and_comes_back_as_the_same() {
    let stack = Stack::start().await;
    for provider in [TEST_PROVIDER, "google", "github"] {
        let person = Person::new(provider);
        stack.provider().sign_in_as(person.clone());
        let mut browser = Browser::new(&stack);
        let body = json!({
            "provider": provider, "callbackURL": "/dash", "newUserCallbackURL": "/welcome?a=1",
            "errorCallbackURL": "/oops",
        });
        let begun = browser.beginning(&body).await;
        assert_eq!(begun.json()["redirect"], true);
        assert_eq!(begun.header("location"), Some(begun.field("url").as_str()));
        let page = browser.at_provider(&begun);
        assert_eq!(parameter(&page, "code_challenge_method"), "S256", "{provider}");
        let state = parameter(&page, "state");
        assert_eq!(browser.jar.get("__Secure-better-auth.state"), Some(state.as_str()));

        let callback = browser.visit(&page).await;
        let response = browser.come_back(&callback).await;
        assert_eq!(location(&response), format!("{OWN}/welcome?a=1"), "{provider}");
        assert_eq!(browser.jar.get("__Secure-better-auth.state"), None, "{provider}");
        let session = browser.session().await;
        let user = &session["user"];
        assert_eq!(user["email"], json!(person.email), "{provider}");
        assert_eq!((&user["emailVerified"], &user["name"]), (&json!(true), &json!(provider)));

        let mut other = Browser::new(&stack);
        let response = other.sign_in(provider, person.with_email("other@example.com")).await;
        assert_eq!(location(&response), format!("{OWN}/dash"), "{provider}");
        assert_eq!(other.session().await["user"], *user, "{provider}");
    }
    let told = json!({ "provider": "github", "disableRedirect": true });
    let told = Browser::new(&stack).beginning(&told).await;
    assert_eq!((&told.json()["redirect"], told.header("location")), (&json!(false), None));
    let unknown = Browser::new(&stack).beginning(&json!({ "provider": "facebook" })).await;
    assert_eq!((unknown.status, unknown.code().as_str()), (404, "PROVIDER_NOT_FOUND"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_signs_in_and_links_with_an_id_token() {
    let stack = Stack::start().await;
    let ada = Person::new("ada");
    let body = |person: &Person| {
        let token = stack.provider().id_token(person, Some("n")).unwrap();
        json!({ "provider": TEST_PROVIDER, "idToken": { "token": token, "nonce": "n" } })
    };
    let mut ids = Vec::new();
    for _ in 0..2 {
        let response = stack.post("/api/auth/sign-in/social").json(&body(&ada)).await;
        assert_eq!(response.status, 200, "{}", response.text());
        let json = response.json();
        assert_eq!((&json["redirect"], json.get("url")), (&json!(false), None));
        ids.push(json["user"]["id"].clone());
        let user =
            stack.user(ids[0].as_str().unwrap(), &response.field("token"), "ada@example.com");
        assert_eq!(accounts(&user).await.len(), 1, "no password");
    }
    assert_eq!(ids[0], ids[1]);
    let eve = stack.sign_up("eve").await;
    let linked = eve.post("/api/auth/link-social").json(&body(&person_of(&eve))).await;
    assert_eq!(linked.json(), json!({ "url": "", "status": true, "redirect": false }));
    assert_eq!(accounts(&eve).await.len(), 2);
    let github = json!({ "provider": "github", "idToken": { "token": "x" } });
    let response = stack.post("/api/auth/sign-in/social").json(&github).await;
    assert_eq!((response.status, response.code().as_str()), (404, "ID_TOKEN_NOT_SUPPORTED"));
}

/// The provider's word about the address counts, and its absence, too.
#[tokio::test(flavor = "multi_thread")]
async fn a_new_user_needs_an_address_that_the_provider_calls_verified() {
    let stack = Stack::start().await;
    let before = stack.engine.all_items().await.unwrap();
    for (fault, code) in [
        (ProviderFault::NoEmail, "email_not_found"),
        (ProviderFault::UnverifiedEmail, "email_not_verified"),
    ] {
        for provider in [TEST_PROVIDER, "github"] {
            stack.provider().fail(fault, 1);
            let mut browser = Browser::new(&stack);
            let response = browser.sign_in(provider, Person::new("ada")).await;
            assert_eq!(error(&response), code, "{provider}");
            assert_eq!(browser.session().await, Value::Null, "{provider}");
        }
    }
    stack.provider().cancel();
    let mut browser = Browser::new(&stack);
    let body = json!({ "provider": TEST_PROVIDER, "errorCallbackURL": "/oops#x" });
    let page = browser.begin(&body).await;
    let callback = browser.visit(&page).await;
    let response = browser.come_back(&callback).await;
    assert!(location(&response).starts_with(&format!("{OWN}/oops?error=access_denied")));
    let after = stack.engine.all_items().await.unwrap();
    let written =
        after.iter().find(|item| !before.contains(item) && item["kind"]["S"] != "public_key");
    assert_eq!(written, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_without_a_password_sets_one_by_a_reset() {
    let stack = Stack::start().await;
    let mut browser = Browser::new(&stack);
    browser.sign_in(TEST_PROVIDER, Person::new("ada")).await;
    let ada = user_of(&stack, &browser).await;
    assert_eq!(accounts(&ada).await[0]["accountId"], "ada");
    for password in ["", "none", "!", PASSWORD] {
        let refused = sign_in(&stack, &ada.email, password).await;
        assert!(refused.status >= 400, "{password}: {}", refused.text());
    }
    let token = mint(&stack, &ada, &ada.email, RESET).await;
    let body = json!({ "newPassword": PASSWORD, "token": token });
    assert_eq!(stack.post("/api/auth/reset-password").json(&body).await.status, 200);
    let ada = ada.signed_in_by(&sign_in(&stack, &ada.email, PASSWORD).await);
    let mut kinds: Vec<_> =
        accounts(&ada).await.into_iter().map(|a| a["providerId"].clone()).collect();
    kinds.sort_by_key(ToString::to_string);
    assert_eq!(kinds, ["credential", TEST_PROVIDER]);
}

/// Neither before the sweep nor after it does the account at the provider lead to who was erased, and it
/// is free at once.
#[tokio::test(flavor = "multi_thread")]
async fn check_40_an_erased_users_account_at_a_provider_signs_in_as_somebody_new() {
    let stack = Stack::start().await;
    let mut erased = Vec::new();
    for sweeps_first in [false, true] {
        let user = stack.sign_up("ada").await;
        linked(&stack, &user).await;
        let person = Person::new(&user.id).with_email("new@example.com");
        assert_eq!(deleting(&user, &json!({ "password": PASSWORD })).await.status, 200);
        if sweeps_first {
            sweep_to_the_end(&stack).await;
        }
        let mut browser = Browser::new(&stack);
        let response = browser.sign_in(TEST_PROVIDER, person).await;
        assert_eq!(location(&response), format!("{OWN}/dash"));
        let new = user_of(&stack, &browser).await;
        assert!(new.id != user.id && !erased.contains(&new.id));
        sweep_to_the_end(&stack).await;
        assert_eq!(user_of(&stack, &browser).await.id, new.id);
        assert_eq!(accounts(&new).await.len(), 1, "the sweep left it to its new owner");
        assert_eq!(deleting(&new, &json!({})).await.status, 200);
        erased.extend([user.id, new.id]);
    }
    sweep_to_the_end(&stack).await;
    let items = stack.engine.all_items().await.unwrap();
    let left = items.iter().find(|item| item["pk"]["S"].as_str().unwrap().starts_with("PROVIDER#"));
    assert_eq!(left, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tabs_of_a_browser_may_begin_and_both_come_back() {
    let stack = Stack::start().await;
    let mut browser = Browser::new(&stack);
    let mut callbacks = Vec::new();
    for (provider, page) in [(TEST_PROVIDER, "/one"), ("github", "/two")] {
        stack.provider().sign_in_as(Person::new(provider));
        let begun = browser.begin(&json!({ "provider": provider, "callbackURL": page })).await;
        callbacks.push((browser.visit(&begun).await, page));
    }
    for (callback, page) in &callbacks {
        let response = browser.come_back(callback).await;
        assert_eq!(location(&response), format!("{OWN}{page}"));
    }
    assert_eq!(browser.jar.get("__Secure-better-auth.state"), None);
    let again = browser.come_back(&callbacks[0].0).await;
    assert!(location(&again).contains("error=state_mismatch"));
}
