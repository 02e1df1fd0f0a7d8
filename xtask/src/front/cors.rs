//! Cross-origin calls from pages on this machine. Neither Better Auth nor the functions answer
//! preflights; in the cloud the API's own settings do.

use super::answers::{self, Answer};
use bytes::Bytes;
use hyper::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, HeaderValue, VARY,
};
use hyper::{Method, Request, StatusCode, Uri};

const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, PUT, PATCH, DELETE");
const EXPOSED: HeaderValue = HeaderValue::from_static(
    "set-auth-token, set-auth-jwt, location, retry-after, www-authenticate, x-request-id, \
     x-vercel-ai-ui-message-stream",
);

/// Whether a page of this origin may call: http on localhost or 127.0.0.1, any port.
pub fn is_local(origin: &HeaderValue) -> bool {
    origin.to_str().ok().and_then(|text| text.parse::<Uri>().ok()).is_some_and(|uri| {
        uri.scheme_str() == Some("http")
            && matches!(uri.host(), Some("localhost" | "127.0.0.1"))
            && uri.authority().is_some_and(|authority| !authority.as_str().contains('@'))
    })
}

/// Whether the browser asks before it calls.
pub fn is_preflight<B>(request: &Request<B>) -> bool {
    request.method() == Method::OPTIONS
        && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

/// The answer to a preflight: everything that the functions could take, for this origin.
pub fn preflight<B>(request: &Request<B>, origin: HeaderValue) -> Answer {
    let mut answer = answers::status(StatusCode::NO_CONTENT, Bytes::new());
    allow(&mut answer, origin);
    let asked = request.headers().get(ACCESS_CONTROL_REQUEST_HEADERS).cloned();
    let headers = answer.headers_mut();
    headers.remove(ACCESS_CONTROL_EXPOSE_HEADERS);
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    if let Some(asked) = asked {
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, asked);
    }
    answer
}

/// Lets the page read an answer. The origin is named, since `*` would not go with cookies.
pub fn allow(answer: &mut Answer, origin: HeaderValue) {
    let headers = answer.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    headers.append(VARY, HeaderValue::from_static("origin"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_this_machine_are_local() {
        let local = |origin: &str| is_local(&HeaderValue::from_str(origin).unwrap());
        for origin in ["http://localhost", "http://localhost:3000", "http://127.0.0.1:5173"] {
            assert!(local(origin), "{origin}");
        }
        for origin in [
            "null",
            "https://localhost",
            "http://localhost.example.com",
            "http://127.0.0.1.example.com",
            "http://localhost@example.com",
            "http://x@localhost",
        ] {
            assert!(!local(origin), "{origin}");
        }
    }

    #[test]
    fn a_preflight_names_the_origin_and_repeats_the_headers() {
        let request = Request::builder()
            .method("OPTIONS")
            .header("access-control-request-method", "PUT")
            .header("access-control-request-headers", "authorization")
            .body(())
            .unwrap();
        assert!(is_preflight(&request));
        let answer = preflight(&request, HeaderValue::from_static("http://localhost:3000"));
        let header = |name: &str| answer.headers().get(name).unwrap().to_str().unwrap();
        assert_eq!(answer.status(), 204);
        assert_eq!(header("access-control-allow-origin"), "http://localhost:3000");
        assert_eq!(header("access-control-allow-credentials"), "true");
        assert_eq!(header("access-control-allow-headers"), "authorization");
        assert!(header("access-control-allow-methods").contains("PUT"));
    }
}
