//! Who gets an account at a provider: nobody who could not prove its address, and one user only.

use e2e::links::random_name;
use e2e::mailed::{in_five_minutes, mint_code};
use e2e::social::{
    Browser, OWN, account_id, accounts, callback_of_link, error, link, linked, location, person_of,
};
use futures_util::future::join_all;
use harness::provider::Person;
use harness::stack::{Stack, TEST_PROVIDER};
use serde_json::{Value, json};
use shared::model::CodePurpose;

use super::sign_in_social::user_of;
use crate::helpers::better_auth::post;
use crate::helpers::mails::verify;

#[tokio::test(flavor = "multi_thread")]
async fn account_not_linked_unless_the_address_is_verified_there_and_here() {
    let stack = Stack::start().await;
    for (there, here) in [(false, false), (false, true), (true, false), (true, true)] {
        let user = stack.sign_up(&random_name()).await;
        if here {
            verify(&stack, &user).await;
        }
        let mut person = person_of(&user);
        if !there {
            person = person.unverified();
        }
        let mut browser = Browser::new(&stack);
        let response = browser.sign_in(TEST_PROVIDER, person.clone()).await;
        let what = format!("there {there}, here {here}");
        if there && here {
            assert_eq!(location(&response), format!("{OWN}/dash"), "{what}");
            assert_eq!(user_of(&stack, &browser).await.id, user.id, "{what}");
            assert_eq!(accounts(&user).await.len(), 2, "{what}");
            // Another account of the same provider is not linked to the same user.
            let second = Person::new(&random_name()).with_email(&user.email);
            let response = Browser::new(&stack).sign_in(TEST_PROVIDER, second).await;
            assert_eq!(error(&response), "account_not_linked", "{what}");
        } else {
            assert_eq!(error(&response), "account_not_linked", "{what}");
            assert_eq!(browser.session().await, Value::Null, "{what}");
            assert_eq!(accounts(&user).await.len(), 1, "{what}");
        }
        if there && !here {
            let token = stack.provider().id_token(&person, None).unwrap();
            let body = json!({ "provider": TEST_PROVIDER, "idToken": { "token": token } });
            let response = stack.post("/api/auth/sign-in/social").json(&body).await;
            assert_eq!((response.status, response.code().as_str()), (401, "OAUTH_LINK_ERROR"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_of_somebody_else_is_not_linked() {
    let stack = Stack::start().await;
    let (ada, eve) = (stack.sign_up("ada").await, stack.sign_up("eve").await);
    linked(&stack, &ada).await;
    // At the provider, Ada's account has got Eve's address.
    let person = person_of(&ada).with_email(&eve.email);
    let response = link(&stack, &eve, TEST_PROVIDER, person.clone()).await;
    assert_eq!(error(&response), "account_already_linked_to_different_user");
    let token = stack.provider().id_token(&person, None).unwrap();
    let body = json!({ "provider": TEST_PROVIDER, "idToken": { "token": token } });
    let response = eve.post("/api/auth/link-social").json(&body).await;
    assert_eq!((response.status, response.code().as_str()), (409, "SOCIAL_ACCOUNT_ALREADY_LINKED"));
    assert_eq!((accounts(&ada).await.len(), accounts(&eve).await.len()), (2, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_needs_the_users_own_address_and_the_session_that_asked_for_it() {
    let stack = Stack::start().await;
    let ada = stack.sign_up("ada").await;
    for (person, code) in [
        (Person::new("other"), "email_does_not_match"),
        (person_of(&ada).unverified(), "unable_to_link_account"),
        (person_of(&ada).without_email(), "unable_to_link_account"),
    ] {
        assert_eq!(error(&link(&stack, &ada, TEST_PROVIDER, person).await), code);
    }
    stack.provider().sign_in_as(person_of(&ada));
    let phone = ada.another_session().await;
    let (mut browser, callback) = callback_of_link(&stack, &phone, TEST_PROVIDER).await;
    assert_eq!(phone.post("/api/auth/sign-out").await.status, 200);
    let response = browser.come_back(&callback).await;
    assert_eq!(error(&response), "unable_to_link_account", "the session has ended");
    // Nor does another browser link its visitor's account to whoever has sent it there.
    let (_, callback) = callback_of_link(&stack, &ada, TEST_PROVIDER).await;
    let response = Browser::new(&stack).come_back(&callback).await;
    assert_eq!(error(&response), "state_mismatch");
    assert_eq!(accounts(&ada).await.len(), 1);

    let id = linked(&stack, &ada).await;
    assert_eq!(linked(&stack, &ada).await, id, "linked again, it stays the same");
    let github = link(&stack, &ada, "github", person_of(&ada)).await;
    assert_eq!(location(&github), format!("{OWN}/settings"));
    assert_eq!(accounts(&ada).await.len(), 3);
    let second = Person::new("second").with_email(&ada.email);
    let response = link(&stack, &ada, TEST_PROVIDER, second).await;
    assert_eq!(error(&response), "unable_to_link_account", "one of each provider");
}

/// A reset by link or code, and a sign-in by link or code, prove the address. Whoever linked an account
/// before that had not proven it.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_linked_before_the_address_was_proven_is_linked_no_more() {
    let stack = Stack::start().await;
    let sign_in = |email: &str, code: &str| {
        post(&stack, "/api/auth/sign-in/email-otp", &json!({ "email": email, "otp": code }))
    };
    for purpose in [CodePurpose::SignIn, CodePurpose::ResetPassword] {
        for is_proven in [false, true] {
            let ada = stack.sign_up(&format!("ada{}{is_proven}", purpose.name().len())).await;
            linked(&stack, &ada).await;
            if is_proven {
                verify(&stack, &ada).await;
            }
            let code = mint_code(&stack, &ada.email, purpose, in_five_minutes()).await;
            if purpose == CodePurpose::ResetPassword {
                let body = json!({ "email": ada.email, "otp": code, "password": "a new horse" });
                let reset = post(&stack, "/api/auth/email-otp/reset-password", &body).await;
                assert_eq!(reset.status, 200, "{}", reset.text());
            } else {
                let done = sign_in(&ada.email, &code).await;
                assert_eq!(done.status, 200, "{}", done.text());
            }
            let code = mint_code(&stack, &ada.email, CodePurpose::SignIn, in_five_minutes()).await;
            let owner = ada.with_token(&sign_in(&ada.email, &code).await.field("token"));
            let is_linked = !account_id(&owner, TEST_PROVIDER).await.is_empty();
            assert_eq!(is_linked, is_proven, "{purpose:?}");
            // Its owner's row has gone as well: it can be linked again.
            linked(&stack, &owner).await;
        }
    }
}

/// Fifty browsers, each with a code of its own.
#[tokio::test(flavor = "multi_thread")]
async fn fifty_sign_ins_at_once_with_one_account_at_a_provider_make_one_user() {
    let stack = Stack::builder().concurrency(10).start().await.unwrap();
    let mut ready = Vec::new();
    for _ in 0..50 {
        let mut browser = Browser::new(&stack);
        let callback = browser.callback_of(TEST_PROVIDER, Person::new("ada")).await;
        ready.push((browser, callback));
    }
    let all = ready.iter().map(|(browser, callback)| browser.returning(callback).send());
    let responses = join_all(all).await;
    let mut signed_in = 0;
    for (response, (browser, _)) in responses.iter().zip(&mut ready) {
        match response.status {
            302 => {
                assert_eq!(location(response), format!("{OWN}/dash"));
                browser.jar.take(response);
                signed_in += 1;
            }
            status => assert_eq!(status, 503, "{}", response.text()),
        }
    }
    assert!(signed_in >= 1);
    let items = stack.engine.all_items().await.unwrap();
    let count = |kind: &str| items.iter().filter(|item| item["kind"]["S"] == kind).count();
    let rows = ["account", "credential", "external_account", "external_owner"].map(count);
    assert_eq!((rows, count("session")), ([1, 1, 1, 1], signed_in));
}

/// Two users want the same account at a provider at the same time: its address has changed in between.
#[tokio::test(flavor = "multi_thread")]
async fn two_users_at_once_get_one_account_at_a_provider_once() {
    let stack = Stack::start().await;
    for n in 0..5 {
        let users = [stack.sign_up(&format!("a{n}")).await, stack.sign_up(&format!("b{n}")).await];
        let mut ready = Vec::new();
        for user in &users {
            stack.provider().sign_in_as(Person::new(&format!("p{n}")).with_email(&user.email));
            ready.push(callback_of_link(&stack, user, TEST_PROVIDER).await);
        }
        let both = ready.iter().map(|(browser, callback)| browser.returning(callback).send());
        let both = join_all(both).await;
        let mut errors: Vec<_> = both.iter().map(error).collect();
        errors.sort();
        assert_eq!(errors, ["", "account_already_linked_to_different_user"]);
        let ids = join_all(users.iter().map(|user| account_id(user, TEST_PROVIDER))).await;
        assert_eq!(ids.iter().filter(|id| !id.is_empty()).count(), 1);
    }
}
