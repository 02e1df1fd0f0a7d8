//! What an account at a provider gives access to, and providers that do not work.

use std::time::Duration;

use e2e::social::{Browser, account_id, accounts, error, link, linked, location, person_of};
use harness::provider::{Failure, Person, ProviderFault};
use harness::stack::{RequestBuilder, Response, Stack, TEST_PROVIDER, User};
use serde_json::{Value, json};

use crate::helpers::accounts::refusal;

fn asking(user: &User, route: &str, id: &str) -> RequestBuilder {
    user.post(&format!("/api/auth/{route}")).json(&json!({ "accountId": id }))
}

async fn info(user: &User, id: &str) -> Response {
    user.get("/api/auth/account-info").query(&format!("accountId={id}")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_are_given_to_their_user_refreshed_and_sealed_in_the_table() {
    let stack = Stack::start().await;
    let (ada, eve) = (stack.sign_up("ada").await, stack.sign_up("eve").await);
    let id = linked(&stack, &ada).await;
    let first = asking(&ada, "get-access-token", &id).await.json();
    assert!(first["idToken"].is_string() && first["scopes"][0] == "openid", "{first}");
    assert_eq!(
        asking(&ada, "get-access-token", &id).await.json(),
        first,
        "it is valid for an hour"
    );
    let mut seen = vec![first["accessToken"].clone(), first["idToken"].clone()];
    for _ in 0..3 {
        let refreshed = asking(&ada, "refresh-token", &id).await;
        assert_eq!(refreshed.status, 200, "{}", refreshed.text());
        let refreshed = refreshed.json();
        assert_eq!(
            (&refreshed["providerId"], &refreshed["accountId"]),
            (&json!(TEST_PROVIDER), &json!(id))
        );
        assert!(
            !seen.contains(&refreshed["accessToken"]) && !seen.contains(&refreshed["refreshToken"])
        );
        seen.extend([refreshed["accessToken"].clone(), refreshed["refreshToken"].clone()]);
        let stored = asking(&ada, "get-access-token", &id).await.json();
        assert_eq!(stored["accessToken"], refreshed["accessToken"]);
    }
    let about = info(&ada, &id).await.json();
    assert_eq!(
        (&about["user"]["email"], &about["data"]["sub"]),
        (&json!(ada.email), &json!(ada.id))
    );
    assert_eq!(
        about["account"],
        json!({ "id": id, "providerId": TEST_PROVIDER, "accountId": ada.id })
    );
    // Nobody else gets them, and neither the table nor an export has them.
    for route in ["get-access-token", "refresh-token"] {
        for (user, id) in [(&eve, &id), (&ada, &ada.id)] {
            assert_eq!(
                refusal(&asking(user, route, id).await),
                (400, "ACCOUNT_NOT_FOUND".to_owned())
            );
        }
    }
    assert_eq!(refusal(&info(&eve, &id).await), (400, "ACCOUNT_NOT_FOUND".to_owned()));
    let stored = json!(stack.engine.all_items().await.unwrap()).to_string();
    let export = ada.get("/api/user/export").await.text();
    assert!(export.contains("external_account") && !export.contains("sealed"), "{export}");
    for token in &seen {
        let token = token.as_str().unwrap();
        assert!(!stored.contains(token) && !export.contains(token));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_has_ended_is_refreshed_also_for_requests_at_once() {
    let stack = Stack::start().await;
    let ada = stack.sign_up("ada").await;
    stack.provider().set_token_lifetime(Duration::from_secs(1));
    let id = linked(&stack, &ada).await;
    stack.provider().set_token_lifetime(Duration::from_hours(1));
    let both = tokio::join!(
        asking(&ada, "get-access-token", &id).send(),
        asking(&ada, "get-access-token", &id).send()
    );
    let both = [both.0, both.1].map(|response| response.field("accessToken"));
    assert!(!both[0].is_empty() && !both[1].is_empty());
    let stored = asking(&ada, "get-access-token", &id).await.field("accessToken");
    assert!(both.contains(&stored));
    stack.provider().fail(ProviderFault::RefusedRefresh, 1);
    let refused = refusal(&asking(&ada, "refresh-token", &id).await);
    assert_eq!(refused, (400, "FAILED_TO_REFRESH_ACCESS_TOKEN".to_owned()));
    let github = link(&stack, &ada, "github", person_of(&ada)).await;
    assert_eq!(error(&github), "");
    let id = account_id(&ada, "github").await;
    let none = refusal(&asking(&ada, "refresh-token", &id).await);
    assert_eq!(none, (400, "REFRESH_TOKEN_NOT_FOUND".to_owned()));
    assert!(!asking(&ada, "get-access-token", &id).await.field("accessToken").is_empty());
    let about = info(&ada, &id).await.json();
    assert_eq!(about["account"]["accountId"], json!(person_of(&ada).github_id().to_string()));
}

/// The page gets an error, a program 503, and the log says why, once, without a token or a code.
#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_down_is_an_error_of_the_page_or_503_and_logged_once_without_a_token() {
    let stack = Stack::start().await;
    let ada = stack.sign_up("ada").await;
    let id = linked(&stack, &ada).await;
    for failure in
        [Failure::Status(500), Failure::Html, Failure::Huge, Failure::Redirect, Failure::HangUp]
    {
        let what = format!("{failure:?}");
        for (provider, path) in [
            (TEST_PROVIDER, "/token"),
            ("github", "/login/oauth/access_token"),
            ("github", "/user"),
        ] {
            let mut browser = Browser::new(&stack);
            let callback = browser.callback_of(provider, Person::new("newcomer")).await;
            stack.provider().fail(ProviderFault::At(path, failure), 1);
            let before = stack.logs("finish-social").unwrap().len();
            let response = browser.come_back(&callback).await;
            assert_eq!(error(&response), "temporarily_unavailable", "{what} {path}");
            assert_eq!(browser.session().await, Value::Null, "{what}");
            let logs = stack.logs("finish-social").unwrap().split_off(before);
            let told: Vec<_> =
                logs.iter().filter(|line| line.contains("can't be reached")).collect();
            assert_eq!(told.len(), 1, "{what} {path}: {logs:?}");
            let code = e2e::social::parameter(&callback, "code");
            assert!(!logs.iter().any(|line| line.contains(&code) || line.contains("newcomer")));
        }
        stack.provider().fail(ProviderFault::At("/token", failure), 1);
        let down = asking(&ada, "refresh-token", &id).await;
        assert_eq!(refusal(&down), (503, "SERVICE_UNAVAILABLE".to_owned()), "{what}");
        stack.provider().fail(ProviderFault::At("/userinfo", failure), 1);
        assert_eq!(info(&ada, &id).await.status, 503, "{what}");
        assert!(
            asking(&ada, "refresh-token", &id).await.status == 200,
            "{what}: afterwards it works"
        );
    }
    // A function that does not know the provider yet.
    stack.runtime.kill("sign-in-social").await.unwrap();
    let discovery = "/.well-known/openid-configuration";
    stack.provider().fail(ProviderFault::At(discovery, Failure::Status(500)), 1);
    let begin = || Browser::new(&stack).beginning(&json!({ "provider": TEST_PROVIDER }));
    let down = begin().await;
    assert_eq!((down.status, down.header("retry-after")), (503, Some("1")), "{}", down.text());
    assert_eq!(begin().await.status, 200);
    assert_eq!(accounts(&ada).await.len(), 2);
    assert!(
        location(&Browser::new(&stack).sign_in(TEST_PROVIDER, Person::new("late")).await)
            .ends_with("/dash")
    );
}
