//! What an attacker tries with somebody else's browser, code, state, token or page (RFC 9700).

use e2e::links::random_name;
use e2e::social::{Browser, OWN, error, location, parameter};
use harness::provider::{IdTokenFault, Person, ProviderFault};
use harness::stack::{Response, Stack, TEST_PROVIDER};
use serde_json::{Value, json};

/// Nobody is signed in by a response that leads to a page with this error.
async fn refuses(browser: &Browser<'_>, response: &Response, code: &str, what: &str) {
    assert_eq!(error(response), code, "{what}");
    assert!(location(response).starts_with(OWN), "{what}: {}", location(response));
    assert_eq!(response.header("set-auth-token"), None, "{what}");
    assert_eq!(browser.session().await, Value::Null, "{what}");
}

#[tokio::test(flavor = "multi_thread")]
async fn login_csrf_a_callback_signs_in_only_the_browser_that_began() {
    let stack = Stack::start().await;
    let mut mallory = Browser::new(&stack);
    let callback = mallory.callback_of(TEST_PROVIDER, Person::new("mallory")).await;
    let mut ada = Browser::new(&stack);
    let response = ada.come_back(&callback).await;
    refuses(&ada, &response, "state_mismatch", "without a cookie").await;
    ada.callback_of(TEST_PROVIDER, Person::new("ada")).await;
    let response = ada.come_back(&callback).await;
    refuses(&ada, &response, "state_mismatch", "with the cookie of another sign-in").await;
    assert!(ada.jar.get("__Secure-better-auth.state").is_some(), "her own goes on");
    for odd in ["", "?code=x", "?code=x&state=", "?code=x&state=%00", "?state=..&code=x"] {
        let response = ada.come_back(&format!("/api/auth/callback/{TEST_PROVIDER}{odd}")).await;
        assert!(
            ["state_not_found", "state_mismatch"].contains(&error(&response).as_str()),
            "{odd}"
        );
    }
    assert!(stack.provider().calls("/token").is_empty(), "no code was redeemed");
    let response = mallory.come_back(&callback).await;
    assert_eq!(location(&response), format!("{OWN}/dash"), "nothing was used up");
}

#[tokio::test(flavor = "multi_thread")]
async fn mix_up_an_answer_of_another_provider_is_refused() {
    let stack = Stack::start().await;
    for fault in [ProviderFault::RedirectWithWrongIssuer, ProviderFault::RedirectWithoutIssuer] {
        stack.provider().fail(fault, 1);
        let mut browser = Browser::new(&stack);
        let response = browser.sign_in(TEST_PROVIDER, Person::new("ada")).await;
        refuses(&browser, &response, "issuer_mismatch", &format!("{fault:?}")).await;
    }
    for other in ["google", "github", "unknown", "credential", "a%2Fb"] {
        let mut browser = Browser::new(&stack);
        let callback = browser.callback_of(TEST_PROVIDER, Person::new("ada")).await;
        let there = callback.replace("/callback/test?", &format!("/callback/{other}?"));
        let response = browser.come_back(&there).await;
        refuses(&browser, &response, "state_mismatch", other).await;
        let response = browser.come_back(&callback).await;
        refuses(&browser, &response, "state_mismatch", "the state is used up").await;
    }
    assert!(stack.provider().calls("/token").is_empty(), "no code was redeemed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replayed_state_a_replayed_code_and_an_old_state_are_refused() {
    let stack = Stack::start().await;
    let mut browser = Browser::new(&stack);
    let callback = browser.callback_of(TEST_PROVIDER, Person::new("ada")).await;
    let (cookies, state) = (browser.jar.clone(), parameter(&callback, "state"));
    let both = [browser.returning(&callback).send(), browser.returning(&callback).send()];
    let both = futures_util::future::join_all(both).await;
    let mut codes = both.iter().map(error).collect::<Vec<_>>();
    codes.sort();
    assert_eq!(codes, ["", "state_mismatch"], "of two at once one wins");
    let mut again = Browser::new(&stack);
    again.jar = cookies;
    let response = again.come_back(&callback).await;
    refuses(&again, &response, "state_mismatch", "a replayed state").await;

    // The code that is used, and one of somebody else's browser: it has another challenge.
    let mut victim = Browser::new(&stack);
    let unused = victim.callback_of(TEST_PROVIDER, Person::new("victim")).await;
    for stolen in [&callback, &unused] {
        let mut mallory = Browser::new(&stack);
        let own = mallory.callback_of(TEST_PROVIDER, Person::new("mallory")).await;
        let (own, stolen) = (parameter(&own, "state"), parameter(stolen, "code"));
        let iss = parameter(&unused, "iss");
        let path =
            format!("/api/auth/callback/{TEST_PROVIDER}?code={stolen}&state={own}&iss={iss}");
        let response = mallory.come_back(&path).await;
        refuses(&mallory, &response, "invalid_code", "a code of another sign-in").await;
    }

    let mut slow = Browser::new(&stack);
    let callback = slow.callback_of(TEST_PROVIDER, Person::new("slow")).await;
    let items = stack.engine.all_items().await.unwrap();
    let rows = items.iter().filter(|item| item["sk"]["S"] == "STATE").collect::<Vec<_>>();
    assert!(!json!(rows).to_string().contains(&state) && !rows.is_empty(), "states are hashed");
    for row in rows {
        let past = json!({ "S": "2026-01-01T00:00:00.000Z" });
        stack
            .engine
            .set(row["pk"]["S"].as_str().unwrap(), "STATE", &[("created_at", past)])
            .await
            .unwrap();
    }
    let response = slow.come_back(&callback).await;
    refuses(&slow, &response, "state_mismatch", "after ten minutes").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn open_redirect_no_callback_url_leads_to_a_page_that_is_not_trusted() {
    let stack = Stack::start().await;
    let ada = stack.sign_up("ada").await;
    let before = stack.engine.all_items().await.unwrap();
    for (field, code) in [
        ("callbackURL", "INVALID_CALLBACK_URL"),
        ("errorCallbackURL", "INVALID_ERROR_CALLBACK_URL"),
        ("newUserCallbackURL", "INVALID_NEW_USER_CALLBACK_URL"),
    ] {
        for url in
            ["https://evil.com", "//evil.com", "/\\evil.com", "javascript:alert(1)", "/a\r\nb: c"]
        {
            let body = json!({ "provider": "github", field: url });
            let signing_in = Browser::new(&stack).beginning(&body).await;
            let linking = ada.post("/api/auth/link-social").json(&body).await;
            for response in [signing_in, linking] {
                assert_eq!((response.status, response.code().as_str()), (403, code), "{url:?}");
                assert_eq!(response.header("location"), None, "{url:?}");
            }
        }
    }
    assert_eq!(stack.engine.all_items().await.unwrap(), before, "nothing was written");
    // What the provider says ends up in a query, whatever it is.
    let mut browser = Browser::new(&stack);
    let page = browser.begin(&json!({ "provider": "github" })).await;
    let path = format!(
        "/api/auth/callback/github?state={}&error=a%26b%3D%2F%2Fevil.com&error_description=%26x%0d%0a%3Cb%3E",
        parameter(&page, "state")
    );
    let response = browser.come_back(&path).await;
    let page = location(&response);
    assert!(page.starts_with(&format!("{OWN}/api/auth/error?error=unknown_error&")), "{page}");
    assert!(
        !page.contains("evil") && page.ends_with("error_description=%26x%0D%0A%3Cb%3E"),
        "{page}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_token_of_another_client_signs_nobody_in() {
    use IdTokenFault::{
        Expired, ForeignKey, FromTheFuture, NoAuthorizedParty, NoNonce, PublicKeyAsSecret,
        Unsigned, WrongAudience, WrongAuthorizedParty, WrongIssuer, WrongNonce,
    };
    let stack = Stack::start().await;
    let ada = stack.sign_up("ada").await;
    for fault in [
        WrongAudience,
        WrongAuthorizedParty,
        NoAuthorizedParty,
        WrongIssuer,
        WrongNonce,
        NoNonce,
        Expired,
        FromTheFuture,
        ForeignKey,
        Unsigned,
        PublicKeyAsSecret,
    ] {
        let what = format!("{fault:?}");
        let person = Person::new(&random_name());
        stack.provider().fail(ProviderFault::IdToken(fault), 1);
        let mut browser = Browser::new(&stack);
        let response = browser.sign_in(TEST_PROVIDER, person.clone()).await;
        refuses(&browser, &response, "unable_to_get_user_info", &what).await;
        for path in ["/api/auth/sign-in/social", "/api/auth/link-social"] {
            stack.provider().fail(ProviderFault::IdToken(fault), 1);
            let token = stack.provider().id_token(&person, Some("n")).unwrap();
            let id_token = json!({ "token": token, "nonce": "n" });
            let body = json!({ "provider": TEST_PROVIDER, "idToken": id_token });
            let response = ada.post(path).json(&body).await;
            assert_eq!(
                (response.status, response.code().as_str()),
                (401, "INVALID_TOKEN"),
                "{what}"
            );
        }
    }
    let items = stack.engine.all_items().await.unwrap();
    assert!(items.iter().all(|item| item["kind"]["S"] != "external_account"));
}
