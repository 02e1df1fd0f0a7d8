//! Who sends requests: somebody without a session, or a user.

use super::{RequestBuilder, Response, Stack};
use crate::gateway::Gateway;
use crate::http::Method;
use crate::openapi::OpenApi;
use serde_json::{Value, json};
use std::sync::Arc;

/// The password of every test's users.
pub const PASSWORD: &str = "correct horse battery staple";

/// What a request needs of a stack.
#[derive(Clone)]
pub struct Client {
    pub(super) gateway: Arc<Gateway>,
    pub(super) openapi: Option<Arc<OpenApi>>,
}

/// Someone who signed up, with a session.
#[derive(Clone)]
pub struct User {
    /// The account's id.
    pub id: String,
    /// The session's token.
    pub token: String,
    /// The address.
    pub email: String,
    client: Client,
}

/// A method for each method of HTTP; `path` may have a query.
macro_rules! methods {
    ($($name:ident $method:ident)*) => {$(
        #[doc = concat!("Prepares a ", stringify!($method), "; `path` may have a query.")]
        pub fn $name(&self, path: &str) -> RequestBuilder {
            self.call(Method::$method, path)
        }
    )*};
}

impl Stack {
    methods! { get GET post POST put PUT patch PATCH delete DELETE }

    /// Prepares a request of somebody without a session; `path` may have a query.
    pub fn call(&self, method: Method, path: &str) -> RequestBuilder {
        RequestBuilder::new(self.client.clone(), method, path)
    }

    /// Signs up `name@example.com`.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn sign_up(&self, name: &str) -> User {
        let email = format!("{name}@example.com");
        let response = self.post("/api/auth/signup").json(&sign_up_body(&email)).await;
        assert_eq!(response.status, 201, "{}", response.text());
        let (id, token) = (response.field("user_id"), response.field("session_token"));
        self.user(&id, &token, &email)
    }

    /// Somebody who has this token.
    pub fn user(&self, id: &str, token: &str, email: &str) -> User {
        let [id, token, email] = [id, token, email].map(str::to_owned);
        User { id, token, email, client: self.client.clone() }
    }
}

impl User {
    methods! { get GET post POST put PUT patch PATCH delete DELETE }

    /// Prepares a request of this user; `path` may have a query.
    pub fn call(&self, method: Method, path: &str) -> RequestBuilder {
        RequestBuilder::new(self.client.clone(), method, path).bearer(&self.token)
    }

    /// Signs in once more.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn another_session(&self) -> Self {
        let body = json!({ "email": self.email, "password": PASSWORD });
        let request = RequestBuilder::new(self.client.clone(), Method::POST, "/api/auth/signin");
        let response = request.json(&body).await;
        assert_eq!(response.status, 200, "{}", response.text());
        self.signed_in_by(&response)
    }

    /// The same user with another token.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: token.to_owned(), ..self.clone() }
    }

    /// The same user with the token of the response to a sign-in or sign-up.
    #[must_use]
    pub fn signed_in_by(&self, response: &Response) -> Self {
        let ours = response.field("session_token");
        self.with_token(&if ours.is_empty() { response.field("token") } else { ours })
    }
}

/// The body of a sign-up.
pub fn sign_up_body(email: &str) -> Value {
    json!({
        "email": email,
        "password": PASSWORD,
        "software_level": "beginner",
        "hardware_background": "robotics",
    })
}
