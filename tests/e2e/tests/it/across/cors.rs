//! Which pages of other origins may call, with what, and what they may read: the same on both APIs.

use harness::Method;
use harness::stack::{Response, Stack};

const APP: &str = "https://app.example.com";
const LOCAL: &str = "http://localhost:3000";

/// Origins that look like a trusted one, or that a careless rule lets in.
const STRANGERS: [&str; 13] = [
    "https://evil.com",
    "null",
    "*",
    "http://app.example.com",
    "https://app.example.com.evil.com",
    "https://evil.com/https://app.example.com",
    "https://evilapp.example.com",
    "https://sub.app.example.com",
    "https://app.example.com:8443",
    "https://app.example.com/",
    "https://APP.example.com",
    "http://localhost:3001",
    "https://app.example.com,http://localhost:3000",
];

const METHODS: &str = "GET,POST,PUT,PATCH,DELETE";
const ALLOWED: &str = "authorization,content-type,idempotency-key,expo-origin,traceparent,x-own";
const EXPOSED: &str = "set-auth-token,set-auth-jwt,location,retry-after,x-retry-after,\
     www-authenticate,x-quota-messages-remaining,x-quota-tokens-remaining,\
     x-vercel-ai-ui-message-stream";

async fn stack() -> Stack {
    let trusted = format!("{APP},{LOCAL}");
    let builder = Stack::builder().parameter("TrustedOrigins", &trusted);
    builder.parameter("CorsAllowedHeaders", "traceparent,X-Own").start().await.unwrap()
}

/// Every header of the response that browsers read for CORS, by name.
fn of_cors(response: &Response) -> Vec<(&str, &str)> {
    let headers = response.headers.iter();
    let mut found: Vec<_> = headers
        .filter(|(name, _)| name.as_str().starts_with("access-control-"))
        .map(|(name, value)| (name.as_str(), value.to_str().unwrap()))
        .collect();
    found.sort_unstable();
    found
}

/// The call that a page of this origin makes: a problem, since it has no session.
async fn call(stack: &Stack, origin: &str) -> Response {
    let response = stack.get("/api/user/profile").origin(origin).await;
    assert_eq!(response.status, 401, "{origin}");
    response
}

async fn preflight(stack: &Stack, origin: &str) -> Response {
    let request = stack.call(Method::OPTIONS, "/api/user/profile").origin(origin);
    let request = request
        .header("access-control-request-method", "PUT")
        .header("access-control-request-headers", "authorization,content-type");
    let response = request.await;
    assert_eq!((response.status, response.text().as_str()), (204, ""), "{origin}");
    response
}

#[tokio::test(flavor = "multi_thread")]
async fn check_49_a_trusted_origin_is_echoed_with_credentials() {
    let stack = stack().await;
    for origin in [APP, LOCAL] {
        let response = call(&stack, origin).await;
        assert_eq!(
            of_cors(&response),
            [
                ("access-control-allow-credentials", "true"),
                ("access-control-allow-origin", origin),
                ("access-control-expose-headers", EXPOSED),
            ]
        );
    }
    // Also of a function that names a header itself, in one header with the others.
    let user = stack.sign_up("ada").await;
    let response = user.get("/api/auth/get-session").origin(APP).await;
    assert!(response.header("set-auth-jwt").is_some());
    assert!(of_cors(&response).contains(&("access-control-expose-headers", EXPOSED)));
    let response = user.get("/api/auth/get-session").await;
    assert_eq!(of_cors(&response), [("access-control-expose-headers", "set-auth-jwt")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn check_49_no_other_origin_is_echoed() {
    let stack = stack().await;
    for origin in STRANGERS {
        assert_eq!(of_cors(&call(&stack, origin).await), [], "{origin}");
        assert_eq!(of_cors(&preflight(&stack, origin).await), [], "{origin}");
    }
    let without = stack.get("/api/auth/ok").await;
    assert_eq!((without.status, of_cors(&without)), (200, vec![]));
}

#[tokio::test(flavor = "multi_thread")]
async fn check_49_a_preflight_needs_no_session_and_calls_one_function_for_all() {
    let stack = stack().await;
    let response = preflight(&stack, APP).await;
    assert_eq!(response.function.as_deref(), Some("preflight"));
    assert_eq!(
        of_cors(&response),
        [
            ("access-control-allow-credentials", "true"),
            ("access-control-allow-headers", ALLOWED),
            ("access-control-allow-methods", METHODS),
            ("access-control-allow-origin", APP),
            ("access-control-max-age", "7200"),
        ]
    );
    assert_eq!(response.header("vary"), Some("origin"));
    assert!(stack.recorder.take().is_empty());
    for route in stack.template.functions.iter().flat_map(|function| &function.routes) {
        let method = route.method.as_str();
        assert!(response.header("access-control-allow-methods").unwrap().contains(method));
        let request = stack.call(Method::OPTIONS, &route.path.replace(['{', '}'], "")).origin(APP);
        let response = request.header("access-control-request-method", method).await;
        assert_eq!(response.header("access-control-allow-origin"), Some(APP), "{}", route.path);
    }
    assert!(stack.logs("put-profile").unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn check_49_a_response_says_that_it_depends_on_the_origin() {
    let stack = stack().await;
    for origin in [APP, "https://evil.com"] {
        let vary = call(&stack, origin).await.header("vary").map(str::to_ascii_lowercase);
        assert_eq!(vary.as_deref(), Some("origin"), "{origin}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn check_49_without_trusted_origins_nobody_may_call() {
    let stack = Stack::start().await;
    for origin in [APP, LOCAL, "null"] {
        let response = call(&stack, origin).await;
        assert_eq!(response.header("access-control-allow-origin"), None);
        assert_eq!(response.header("access-control-allow-credentials"), None);
    }
    let request = stack.call(Method::OPTIONS, "/api/user/profile").origin(APP);
    let response = request.header("access-control-request-method", "PUT").await;
    assert_eq!((response.status, of_cors(&response)), (204, vec![]));
}

/// A preview deployment has a host name that nobody knows before.
#[tokio::test(flavor = "multi_thread")]
async fn f5_pages_of_every_subdomain_may_call_and_no_others() {
    let builder = Stack::builder().parameter("TrustedOrigins", "https://*.example.com");
    let stack = builder.start().await.unwrap();
    for (origin, trusted) in [
        ("https://pr-7.example.com", true),
        ("https://app.example.com", true),
        ("https://example.com", false),
        ("https://a.b.example.com", false),
        ("http://app.example.com", false),
        ("https://evilexample.com", false),
        ("https://app.example.com.evil.com", false),
        ("https://*.example.com", false),
        ("https://APP.example.com", false),
    ] {
        for response in [call(&stack, origin).await, preflight(&stack, origin).await] {
            let allowed = response.header("access-control-allow-origin");
            assert_eq!(allowed, trusted.then_some(origin), "{origin}");
        }
    }
}

/// Tracing tools add headers to every call of a page.
#[tokio::test(flavor = "multi_thread")]
async fn f5_headers_of_tracing_tools_are_allowed_by_default_and_unknown_ones_are_not() {
    let builder = Stack::builder().parameter("TrustedOrigins", APP);
    let stack = builder.start().await.unwrap();
    for path in ["/api/user/profile", "/api/chat"] {
        let request = stack.call(Method::OPTIONS, path).origin(APP);
        let request = request.header("access-control-request-method", "POST");
        let response = request.header("access-control-request-headers", "x-unknown").await;
        let allowed: Vec<&str> =
            response.header("access-control-allow-headers").unwrap().split(',').collect();
        for name in [
            "authorization",
            "content-type",
            "idempotency-key",
            "expo-origin",
            "sentry-trace",
            "baggage",
            "traceparent",
            "tracestate",
            "user-agent",
        ] {
            assert!(allowed.contains(&name), "{path} {name}");
        }
        assert!(!allowed.contains(&"x-unknown") && !allowed.contains(&"*"), "{path}");
    }
}

/// Functions of the REST API respond to preflights of their own paths.
#[tokio::test(flavor = "multi_thread")]
async fn check_49_functions_of_the_rest_api_name_trusted_origins_only() {
    let stack = stack().await;
    let rest = [
        (Method::POST, "/api/chat"),
        (Method::GET, "/api/chat/1/stream"),
        (Method::POST, "/api/chat/1/stop"),
    ];
    for (method, path) in rest {
        for origin in [APP, LOCAL].into_iter().chain(STRANGERS) {
            let trusted = [APP, LOCAL].contains(&origin);
            let question = stack.call(Method::OPTIONS, path).origin(origin);
            let question = question.header("access-control-request-method", method.as_str());
            let response = question.await;
            assert_eq!((response.status, response.text().as_str()), (204, ""), "{path} {origin}");
            let allowed = [
                ("access-control-allow-credentials", "true"),
                ("access-control-allow-headers", ALLOWED),
                ("access-control-allow-methods", METHODS),
                ("access-control-allow-origin", origin),
                ("access-control-max-age", "7200"),
            ];
            let expected = if trusted { allowed.to_vec() } else { vec![] };
            assert_eq!(of_cors(&response), expected, "{path} {origin}");
            let response = stack.call(method.clone(), path).origin(origin).await;
            assert_eq!(response.status, 401, "{path} {origin}");
            assert_eq!(response.header("vary"), Some("origin"));
            let named = response.header("access-control-allow-origin");
            assert_eq!(named, trusted.then_some(origin), "{path}");
            let exposed = response.header("access-control-expose-headers");
            assert_eq!(exposed, trusted.then_some(EXPOSED), "{path} {origin}");
            assert_eq!(response.header("access-control-allow-credentials").is_some(), trusted);
        }
    }
    // Two origins are none.
    let two = stack.call(Method::OPTIONS, "/api/chat").origin(APP).origin(LOCAL);
    let response = two.header("access-control-request-method", "POST").await;
    assert_eq!(of_cors(&response), []);
}
