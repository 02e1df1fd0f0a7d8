use lambda_http::Body;
use lambda_http::http::header::{
    CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE,
};
use serde::Serialize;
use serde_json::json;

use super::Request;
use super::cookies::Cookies;
use crate::app::{App, Caller, NewSession, SentAs};
use crate::auth::SessionToken;
use crate::model::{QuotaRemaining, Session};
use crate::problem::Problem;

/// The header that carries a new session's token to clients without cookies.
const SET_AUTH_TOKEN: &str = "set-auth-token";

/// Headers that every response has (OWASP HTTP Headers Cheat Sheet).
const SAFETY: [(&str, &str); 6] = [
    ("strict-transport-security", "max-age=63072000; includeSubDomains"),
    ("x-content-type-options", "nosniff"),
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    ("referrer-policy", "no-referrer"),
    ("cache-control", "no-store"),
    // Some headers are for the page of one origin only.
    ("vary", "origin"),
];

/// 200 with a JSON body.
#[derive(Debug)]
pub struct Json<T>(pub T);

/// 201 with a JSON body.
#[derive(Debug)]
pub struct Created<T>(pub T);

/// 204 without a body.
#[derive(Debug, Clone, Copy)]
pub struct NoContent;

/// A response, without the headers that every response has.
#[derive(Debug)]
pub struct Response {
    status: u16,
    body: Option<(HeaderValue, Vec<u8>)>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Response {
    /// A response with a JSON body; 500 if the body can't be written as JSON.
    pub fn json<T: Serialize>(status: u16, body: &T) -> Self {
        match serde_json::to_vec(body) {
            Ok(bytes) => Self::new(status, "application/json", bytes),
            Err(error) => Self::problem(&Problem::internal(error), "-"),
        }
    }

    /// A page.
    pub(super) fn html(status: u16, html: String) -> Self {
        Self::new(status, "text/html; charset=utf-8", html.into_bytes())
    }

    /// A response that goes on to another page.
    pub fn redirect(status: u16, url: &str) -> Self {
        Self { status, body: None, headers: Vec::new() }.header("location", url)
    }

    /// The head of a response that is a UI message stream.
    pub(super) fn ui_messages() -> Self {
        Self::new(200, "text/event-stream", Vec::new())
            .header("x-vercel-ai-ui-message-stream", "v1")
            // A proxy such as nginx would otherwise buffer the response until its end.
            .header("x-accel-buffering", "no")
            // One that compresses, such as Express, Next.js or Cloudflare, would keep the words until
            // there are enough of them (RFC 9111 §5.2.2.6).
            .header("cache-control", "no-cache, no-store, no-transform")
    }

    /// Adds how much the caller may still use today.
    #[must_use]
    pub fn quota_left(self, left: Option<QuotaRemaining>) -> Self {
        let Some(QuotaRemaining { messages, tokens }) = left else { return self };
        self.header("x-quota-messages-remaining", &messages.to_string())
            .header("x-quota-tokens-remaining", &tokens.to_string())
    }

    fn new(status: u16, content_type: &'static str, bytes: Vec<u8>) -> Self {
        let body = Some((HeaderValue::from_static(content_type), bytes));
        Self { status, body, headers: Vec::new() }
    }

    /// Signs the caller in: by cookies, and by the header `set-auth-token` for clients without
    /// cookies.
    pub fn signed_in(
        self,
        app: &App,
        request: &Request,
        new: &NewSession,
    ) -> Result<Self, Problem> {
        let response = self.session_cookies(app, request, &new.token, &new.session)?;
        Ok(response.exposed(SET_AUTH_TOKEN, new.token.expose()))
    }

    /// Renews the caller's cookies. A caller with a bearer token gets it in a header instead. A caller
    /// with a cookie does not: a script of the page could read the header.
    pub fn session_renewed(
        self,
        caller: &Caller,
        request: &Request,
        session: &Session,
    ) -> Result<Self, Problem> {
        let token = caller.token();
        match caller.sent_as() {
            SentAs::Bearer => Ok(self.exposed(SET_AUTH_TOKEN, token.expose())),
            SentAs::Cookie => self.session_cookies(caller.app, request, token, session),
        }
    }

    fn session_cookies(
        self,
        app: &App,
        request: &Request,
        token: &SessionToken,
        session: &Session,
    ) -> Result<Self, Problem> {
        let cookies = request.cookies(app)?;
        let cookies = cookies.map(|cookies| cookies.sign_in(token, session, app.clock.now()));
        Ok(self.set_cookies(cookies))
    }

    /// Clears the session's cookies, if the request has one of ours.
    pub fn signed_out(self, app: &App, request: &Request) -> Result<Self, Problem> {
        Ok(self.set_cookies(request.own_cookies(app)?.map(Cookies::sign_out)))
    }

    fn set_cookies(self, cookies: Option<Vec<String>>) -> Self {
        let cookies = cookies.into_iter().flatten();
        cookies.fold(self, |response, cookie| response.header("set-cookie", &cookie))
    }

    /// Adds a header that scripts of other origins may read.
    #[must_use]
    pub fn exposed(self, name: &'static str, value: &str) -> Self {
        self.header("access-control-expose-headers", name).header(name, value)
    }

    /// Adds a header. A name may be added more than once. `cache-control` replaces the one that every
    /// response has. A header with a value that HTTP does not allow is left out.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.push((HeaderName::from_static(name), value));
        }
        self
    }

    /// The response for a problem (RFC 9457). `instance` is the request's id.
    pub(super) fn problem(problem: &Problem, instance: &str) -> Self {
        let status = problem.status();
        let mut body = json!({
            "type": "about:blank",
            "title": title(status),
            "status": status,
            "detail": problem.to_string(),
            "instance": instance,
            "success": false,
            "code": problem.code(),
            "message": problem.to_string(),
        });
        if let (Problem::InvalidField { pointer, detail }, Some(body)) =
            (problem, body.as_object_mut())
        {
            body.insert("errors".to_owned(), json!([{ "pointer": pointer, "detail": detail }]));
        }
        let mut response =
            Self::new(status, "application/problem+json", body.to_string().into_bytes());
        if let Problem::QuotaExceeded { remaining, .. } = problem {
            response = response.quota_left(Some(*remaining));
        }
        if status == 401 {
            response.headers.push((WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")));
        }
        if let Some(seconds) = problem.retry_after() {
            response.headers.push((RETRY_AFTER, HeaderValue::from(seconds)));
            if status == 429 {
                // Better Auth's client reads this header.
                let name = HeaderName::from_static("x-retry-after");
                response.headers.push((name, HeaderValue::from(seconds)));
            }
        }
        response
    }

    /// Removes a header that was added.
    pub(super) fn without(mut self, name: &'static str) -> Self {
        self.headers.retain(|(own, _)| own != name);
        self
    }

    /// The status.
    pub(super) fn status(&self) -> u16 {
        self.status
    }

    pub(super) fn into_response(self) -> Result<lambda_http::Response<Body>, lambda_http::Error> {
        let mut response = lambda_http::Response::builder().status(self.status);
        for (name, value) in SAFETY {
            if !self.headers.iter().any(|(own, _)| own == name) {
                response = response.header(name, value);
            }
        }
        for (name, value) in self.headers {
            // A name may be there more than once, as `set-cookie` is.
            response = response.header(name, value);
        }
        Ok(match self.body {
            Some((content_type, bytes)) => {
                let body = String::from_utf8(bytes)
                    .map_or_else(|e| Body::Binary(e.into_bytes()), Body::Text);
                response.header(CONTENT_TYPE, content_type).body(body)?
            }
            None => response.body(Body::Empty)?,
        })
    }
}

impl<T: Serialize> From<Json<T>> for Response {
    fn from(json: Json<T>) -> Self {
        Self::json(200, &json.0)
    }
}

impl<T: Serialize> From<Created<T>> for Response {
    fn from(created: Created<T>) -> Self {
        Self::json(201, &created.0)
    }
}

impl From<NoContent> for Response {
    fn from(_: NoContent) -> Self {
        Self { status: 204, body: None, headers: Vec::new() }
    }
}

/// The name of the status, which RFC 9457 requires as the title of `about:blank`.
fn title(status: u16) -> &'static str {
    lambda_http::http::StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason())
        .unwrap_or("Error")
}
