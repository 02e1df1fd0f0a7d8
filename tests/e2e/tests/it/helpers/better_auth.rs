//! Requests as Better Auth's client and browsers send them.

use harness::stack::{RequestBuilder, Response, Stack};
use serde_json::{Value, json};

pub const SIGN_UP: &str = "/api/auth/sign-up/email";
pub const SIGN_IN: &str = "/api/auth/sign-in/email";
/// Both routes that sign in.
pub const SIGN_INS: [&str; 2] = ["/api/auth/signin", SIGN_IN];

/// This API as browsers see it in tests: https and the gateway's host name.
pub const OWN: &str = "https://127.0.0.1";
/// The cookie that signs in there.
pub const COOKIE: &str = "__Secure-better-auth.session_token";

pub fn post(stack: &Stack, path: &str, body: &Value) -> RequestBuilder {
    stack.post(path).json(body)
}

/// Tries to sign in by this route.
pub fn signing_in(stack: &Stack, path: &str, email: &str, password: &str) -> RequestBuilder {
    post(stack, path, &json!({ "email": email, "password": password }))
}

pub fn new_user(email: &str) -> Value {
    json!({ "name": "Ada", "email": email, "password": e2e::PASSWORD })
}

/// The body and the headers of a response without the request's id, which differs each time.
pub fn look(response: &Response) -> (u16, Value, Vec<(String, String)>) {
    let mut body = response.json();
    if let Some(fields) = body.as_object_mut() {
        fields.remove("instance");
    }
    let headers = response.headers.iter();
    let mut headers: Vec<_> = headers
        .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into()))
        .collect();
    headers.sort();
    (response.status, body, headers)
}
