//! Browsers that sign in with an account at a provider of the tests, and users with such accounts.
#![expect(clippy::unwrap_used, reason = "a test that meets the unexpected must fail")]

use harness::provider::Person;
use harness::stack::{CookieJar, RequestBuilder, Response, Stack, TEST_PROVIDER, User};
use serde_json::{Value, json};

/// The origin of a stack's pages, if nothing else is said.
pub const OWN: &str = "https://127.0.0.1";

/// A browser with its cookies.
pub struct Browser<'a> {
    stack: &'a Stack,
    /// The cookies.
    pub jar: CookieJar,
}

impl<'a> Browser<'a> {
    /// A browser without cookies.
    pub fn new(stack: &'a Stack) -> Self {
        Self { stack, jar: CookieJar::new() }
    }

    /// The request that begins a sign-in with these fields.
    pub fn beginning(&self, fields: &Value) -> RequestBuilder {
        let request = self.stack.post("/api/auth/sign-in/social").json(fields);
        // A browser with cookies says which page it shows.
        let has_cookies = self.jar.iter().next().is_some();
        if has_cookies { request.origin(OWN).cookies(&self.jar) } else { request }
    }

    /// Begins a sign-in; returns the provider's page.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn begin(&mut self, fields: &Value) -> String {
        let begun = self.beginning(fields).await;
        self.at_provider(&begun)
    }

    /// Keeps the cookie of a response that leads to a provider; returns the provider's page.
    ///
    /// # Panics
    /// When the response leads nowhere.
    pub fn at_provider(&mut self, begun: &Response) -> String {
        assert_eq!(begun.status, 200, "{}", begun.text());
        self.jar.take(begun);
        begun.field("url")
    }

    /// Continues at the provider's page; returns path and query of the callback.
    ///
    /// # Panics
    /// When the provider does not lead back.
    pub async fn visit(&self, page: &str) -> String {
        let callback = self.stack.provider().authorize(page).await.unwrap();
        let path = callback.find("/api/auth/").map(|at| callback.split_at(at).1);
        path.unwrap_or_default().to_owned()
    }

    /// The request of a callback.
    pub fn returning(&self, callback: &str) -> RequestBuilder {
        self.stack.get(callback).cookies(&self.jar)
    }

    /// Comes back from the provider.
    pub async fn come_back(&mut self, callback: &str) -> Response {
        let response = self.returning(callback).await;
        self.jar.take(&response);
        response
    }

    /// Signs in as a person of the provider, from the beginning to the end.
    pub async fn sign_in(&mut self, provider: &str, person: Person) -> Response {
        let callback = self.callback_of(provider, person).await;
        self.come_back(&callback).await
    }

    /// The same up to the callback.
    pub async fn callback_of(&mut self, provider: &str, person: Person) -> String {
        self.stack.provider().sign_in_as(person);
        let page = self.begin(&json!({ "provider": provider, "callbackURL": "/dash" })).await;
        self.visit(&page).await
    }

    /// Who is signed in; null if nobody is.
    pub async fn session(&self) -> Value {
        self.stack.get("/api/auth/get-session").cookies(&self.jar).await.json()
    }
}

/// The person at the provider who has a user's address.
pub fn person_of(user: &User) -> Person {
    Person::new(&user.id).with_email(&user.email)
}

/// Path and query of the callback of a link that the user has begun, and the browser that comes back.
pub async fn callback_of_link<'a>(
    stack: &'a Stack,
    user: &User,
    provider: &str,
) -> (Browser<'a>, String) {
    let mut browser = Browser::new(stack);
    let body = json!({ "provider": provider, "callbackURL": "/settings" });
    let page = browser.at_provider(&user.post("/api/auth/link-social").json(&body).await);
    let callback = browser.visit(&page).await;
    (browser, callback)
}

/// Links the account of a person at a provider to a user.
pub async fn link(stack: &Stack, user: &User, provider: &str, person: Person) -> Response {
    stack.provider().sign_in_as(person);
    let (mut browser, callback) = callback_of_link(stack, user, provider).await;
    browser.come_back(&callback).await
}

/// Links an account at the OpenID provider that has the user's address; returns its id.
///
/// # Panics
/// When it is refused.
pub async fn linked(stack: &Stack, user: &User) -> String {
    let response = link(stack, user, TEST_PROVIDER, person_of(user)).await;
    assert!(location(&response).ends_with("/settings"), "{}", location(&response));
    account_id(user, TEST_PROVIDER).await
}

/// The accounts with which a user can sign in.
pub async fn accounts(user: &User) -> Vec<Value> {
    let response = user.get("/api/auth/list-accounts").await;
    response.json().as_array().cloned().unwrap_or_default()
}

/// The id of the user's account at this provider; empty if there is none.
pub async fn account_id(user: &User, provider: &str) -> String {
    let accounts = accounts(user).await;
    let account =
        accounts.iter().find(|account| account.get("providerId") == Some(&json!(provider)));
    let id = account.and_then(|account| account.get("id")?.as_str());
    id.unwrap_or_default().to_owned()
}

/// Where a response leads.
///
/// # Panics
/// When it is no redirect.
pub fn location(response: &Response) -> String {
    assert_eq!(response.status, 302, "{}", response.text());
    response.header("location").unwrap_or_default().to_owned()
}

/// The `error` of the page that a response leads to; empty if there is none.
pub fn error(response: &Response) -> String {
    let location = location(response);
    let query = location.split_once('?').map(|(_, query)| query.to_owned()).unwrap_or_default();
    let error = query.split('&').find_map(|pair| pair.strip_prefix("error="));
    error.unwrap_or_default().to_owned()
}

/// A parameter of a URL's query, as it stands there; empty if there is none.
pub fn parameter(url: &str, name: &str) -> String {
    let query = url.split_once('?').map(|(_, query)| query).unwrap_or_default();
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs
        .into_iter()
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value.to_owned())
        .unwrap_or_default()
}
