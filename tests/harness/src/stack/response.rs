//! What came back.

use crate::http::{HeaderMap, header};
use bytes::Bytes;
use serde_json::Value;

/// A whole response.
#[derive(Debug, Clone)]
pub struct Response {
    /// The function that the route leads to, if any.
    pub function: Option<String>,
    /// The status code.
    pub status: u16,
    /// The headers, names in lower case.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Response {
    /// The body as JSON; null when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header's first value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Every `Set-Cookie` header, as it is.
    pub fn set_cookies(&self) -> Vec<&str> {
        let headers = self.headers.get_all(header::SET_COOKIE).iter();
        headers.filter_map(|value| value.to_str().ok()).collect()
    }

    /// The value that a cookie is set to, empty when it is cleared.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let pairs = self.set_cookies().into_iter().filter_map(|cookie| cookie.split(';').next());
        pairs.filter_map(|pair| pair.split_once('=')).find(|pair| pair.0 == name).map(|pair| pair.1)
    }

    /// A field that is text, empty if there is none.
    pub fn field(&self, name: &str) -> String {
        self.json().get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    /// The `code` of a problem, empty when there is none.
    pub fn code(&self) -> String {
        self.field("code")
    }
}
