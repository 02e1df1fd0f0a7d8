//! Functions that die while they get new tokens from a provider. The row stays as it was or has the new
//! tokens, and both can be opened. A provider that takes a refresh token once has used it up when the answer
//! is lost: then the refresh is refused, until the user signs in there again.

use std::time::Duration;

use e2e::links::random_name;
use e2e::social::{Browser, OWN, account_id, error, link, location, person_of};
use harness::provider::{Failure, ProviderFault};
use harness::stack::{RequestBuilder, Response, Stack, TEST_PROVIDER, TEST_SECRET, User};
use serde_json::{Value, json};
use shared::auth::{AuthSecret, open_tokens};

use super::sign_in_social::user_of;
use super::social_deaths::is_whole;
use crate::helpers::accounts::refusal;
use crate::helpers::deaths::{MOMENTS, calls_of, dies};
use crate::helpers::mails::verify;

/// The functions that refresh, and how they say that the provider refuses to.
const ROUTES: [(&str, &str); 2] = [
    ("refresh-token", "FAILED_TO_REFRESH_ACCESS_TOKEN"),
    ("get-access-token", "FAILED_TO_GET_ACCESS_TOKEN"),
];

/// A user with an account at a provider, whose access token has ended.
struct Linked {
    user: User,
    provider: &'static str,
    id: String,
}

impl Linked {
    async fn at(stack: &Stack, provider: &'static str) -> Self {
        let user = stack.sign_up(&random_name()).await;
        verify(stack, &user).await;
        stack.provider().set_token_lifetime(Duration::from_secs(1));
        let response = link(stack, &user, provider, person_of(&user)).await;
        assert_eq!(error(&response), "", "{provider}");
        stack.provider().set_token_lifetime(Duration::from_hours(1));
        let id = account_id(&user, provider).await;
        Self { user, provider, id }
    }

    fn asking(&self, route: &str) -> RequestBuilder {
        let body = json!({ "accountId": self.id });
        self.user.post(&format!("/api/auth/{route}")).json(&body)
    }

    /// The tokens as the table has them. They can be opened, and there is a refresh token among them.
    async fn sealed(&self, stack: &Stack) -> String {
        let (pk, sk) = (format!("USER#{}", self.user.id), format!("PROVIDER#{}", self.provider));
        let row = stack.engine.get_item(&pk, &sk).await.ok().flatten().unwrap_or_default();
        let sealed = row.pointer("/sealed_tokens/S").and_then(Value::as_str).unwrap_or_default();
        let owner = format!("{}#{}", self.user.id, self.provider);
        let secret = AuthSecret::try_from(TEST_SECRET.to_owned()).ok();
        let opened = open_tokens(&secret, &owner, sealed).unwrap_or_default();
        assert!(opened.contains("refresh_token"), "{sk}: the row can't be read");
        sealed.to_owned()
    }

    /// The provider takes the access token that is in the table.
    async fn has_valid_token(&self, what: &str) {
        let token = self.asking("get-access-token").await;
        assert_eq!(token.status, 200, "{what}: {}", token.text());
        let query = format!("accountId={}", self.id);
        let about = self.user.get("/api/auth/account-info").query(&query).await;
        let email = about.json().pointer("/user/email").cloned();
        assert_eq!(email, Some(json!(self.user.email)), "{what}: {}", about.text());
    }

    /// What follows a death. The provider has used the refresh token up and nobody has the next one, or it
    /// can be tried again.
    async fn goes_on(&self, stack: &Stack, route: (&str, &str), is_lost: bool, what: &str) {
        let (route, code) = route;
        is_whole(stack, what).await;
        let before = self.sealed(stack).await;
        let again: Response = self.asking(route).await;
        if is_lost {
            for again in [again, self.asking(route).await] {
                assert_eq!(refusal(&again), (400, code.to_owned()), "{what}");
            }
            assert_eq!(self.sealed(stack).await, before, "{what}");
            let mut browser = Browser::new(stack);
            let response = browser.sign_in(self.provider, person_of(&self.user)).await;
            assert_eq!(location(&response), format!("{OWN}/dash"), "{what}");
            assert_eq!(user_of(stack, &browser).await.id, self.user.id, "{what}");
            assert_eq!(account_id(&self.user, self.provider).await, self.id, "{what}");
        } else {
            assert_eq!(again.status, 200, "{what}: {}", again.text());
        }
        self.has_valid_token(what).await;
        let refreshed = self.asking("refresh-token").await;
        assert_eq!(refreshed.status, 200, "{what}: {}", refreshed.text());
        assert_ne!(self.sealed(stack).await, before, "{what}");
        is_whole(stack, what).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_that_dies_at_any_call_goes_on_unless_the_new_tokens_are_lost() {
    let stack = Stack::start().await;
    for route in ROUTES {
        let function = route.0;
        let rehearsal = Linked::at(&stack, TEST_PROVIDER).await;
        let mut calls = calls_of(&stack, function, rehearsal.asking(function)).await;
        calls.sort();
        let names: Vec<_> = calls.iter().map(|(operation, _)| operation.as_str()).collect();
        assert_eq!(names, ["BatchGetItem", "Query", "TransactWriteItems"], "{function}");
        for moment in MOMENTS {
            for (operation, skip) in &calls {
                let what = format!("{function} {operation} {skip} {moment:?}");
                let linked = Linked::at(&stack, TEST_PROVIDER).await;
                let before = linked.sealed(&stack).await;
                stack.provider().forget_calls();
                let call = (operation.as_str(), *skip);
                dies(&stack, function, call, moment, linked.asking(function)).await;
                // The provider is asked between the reads and the transaction.
                let is_asked = operation == "TransactWriteItems";
                assert_eq!(stack.provider().calls("/token").len(), usize::from(is_asked), "{what}");
                let is_stored = is_asked && moment == MOMENTS[1];
                assert_eq!(linked.sealed(&stack).await != before, is_stored, "{what}");
                linked.goes_on(&stack, route, is_asked && !is_stored, &what).await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_that_dies_while_the_provider_answers_goes_on_unless_the_answer_is_lost() {
    let stack = Stack::start().await;
    // Those of GitHub's apps end and are used once, too.
    stack.provider().be_github_app();
    let mut met = 0;
    for (provider, path) in [(TEST_PROVIDER, "/token"), ("github", "/login/oauth/access_token")] {
        for route in ROUTES {
            for fault in [ProviderFault::At(path, Failure::Hold), ProviderFault::HeldResponse(path)]
            {
                let function = route.0;
                let what = format!("{function} {fault:?}");
                let linked = Linked::at(&stack, provider).await;
                let before = linked.sealed(&stack).await;
                stack.warm(&[function]).await.unwrap();
                stack.provider().fail(fault, 1);
                met += 1;
                let request = linked.asking(function).outside_contract();
                let (response, ()) = tokio::join!(request.try_send(), async {
                    stack.provider().reached(met).await.unwrap();
                    stack.runtime.kill(function).await.unwrap();
                    stack.provider().clear_faults();
                });
                assert!(response.map_or(500, |response| response.status) >= 500, "{what}");
                assert_eq!(linked.sealed(&stack).await, before, "{what}");
                let is_lost = matches!(fault, ProviderFault::HeldResponse(_));
                linked.goes_on(&stack, route, is_lost, &what).await;
            }
        }
    }
}
