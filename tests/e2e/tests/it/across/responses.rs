//! What every response under `/api/auth` has, after success and after failure.

use std::collections::BTreeSet;

use e2e::User;
use e2e::links::{with_link, with_links};
use e2e::routes::{self, SampleRoute};
use harness::Method;
use harness::proxy::{Effect, Rule};
use harness::stack::{Response, Stack};
use serde_json::{Value, json};
use template::Auth;

const SAFETY: [(&str, &str); 4] = [
    ("strict-transport-security", "max-age=63072000; includeSubDomains"),
    ("x-content-type-options", "nosniff"),
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    ("referrer-policy", "no-referrer"),
];
const PROBLEM: [&str; 8] =
    ["code", "detail", "instance", "message", "status", "success", "title", "type"];
/// Words that would reveal what is behind the API.
const INSIDE: [&str; 9] = [
    "dynamo",
    "exception",
    "amazon",
    "aws",
    "panicked",
    ".rs",
    "serde",
    "backtrace",
    "no-such-table",
];

fn is_safe(response: &Response, what: &str) {
    let is_page = response.header("content-type") == Some("text/html; charset=utf-8");
    for (name, value) in SAFETY {
        if is_page && name == "content-security-policy" {
            let policy = response.header(name).unwrap();
            assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{what}");
            continue;
        }
        let values: Vec<_> = response.headers.get_all(name).iter().collect();
        assert_eq!(values, [value], "{name} of {what}");
    }
    let cached = if what.contains("/jwks") && response.status == 200 {
        "public, max-age=300"
    } else {
        "no-store"
    };
    assert_eq!(response.header("cache-control"), Some(cached), "{what}");
    assert!(response.header("vary").unwrap().to_lowercase().contains("origin"), "{what}");
    for name in ["server", "x-powered-by", "via", "x-amzn-trace-id"] {
        assert_eq!(response.header(name), None, "{what}");
    }
    if is_page || [302, 303].contains(&response.status) {
        return;
    }
    if response.status < 400 {
        assert_eq!(response.header("content-type"), Some("application/json"), "{what}");
        return;
    }
    assert_eq!(response.header("content-type"), Some("application/problem+json"), "{what}");
    let problem = response.json();
    let names: BTreeSet<&str> = problem.as_object().unwrap().keys().map(String::as_str).collect();
    let with_errors = response.status == 422 && response.code() == "VALIDATION_ERROR";
    let expected = PROBLEM.into_iter().chain(with_errors.then_some("errors"));
    assert_eq!(names, expected.collect(), "{what}");
    assert_eq!((&problem["success"], &problem["status"]), (&json!(false), &json!(response.status)));
    assert_eq!(
        (&problem["type"], &problem["message"]),
        (&json!("about:blank"), &problem["detail"])
    );
    assert!(problem["instance"].as_str().unwrap().len() > 3, "{what}");
    let authenticate = (response.status == 401).then_some("Bearer");
    assert_eq!(response.header("www-authenticate"), authenticate, "{what}");
    let waits = response.header("retry-after").is_some();
    assert_eq!(waits, [429, 503].contains(&response.status), "{what}");
    let text = response.text().to_lowercase();
    for word in INSIDE {
        assert!(!text.contains(word), "{what} reveals {word}: {text}");
    }
}

/// Sends requests of every kind that fails before the table is called.
async fn wrong_ways(stack: &Stack, route: &SampleRoute, user: &User) -> Vec<Response> {
    let call = || stack.call(route.method.clone(), &route.path).outside_contract();
    let mut responses = vec![call().bearer("x").await];
    if route.uses_cookies() {
        responses.push(call().cookie("a", "1").await);
        assert_eq!(responses[1].status, 403, "{}", route.path);
    }
    if !route.body_of(user, "x").is_null() {
        let as_user = || call().bearer(&user.token);
        let json = || as_user().header("content-type", "application/json");
        responses.push(json().body("{").await);
        responses.push(json().body("{\"email\":1,\"password\":1}").await);
        responses.push(json().body(format!("\"{}\"", "x".repeat(70_000))).await);
        responses.push(as_user().header("content-type", "text/plain").body("x").await);
        let statuses: Vec<u16> =
            responses.iter().rev().take(4).map(|response| response.status).collect();
        assert_eq!((statuses[0], statuses[1], statuses[3]), (415, 413, 400), "{}", route.path);
        assert!([400, 422].contains(&statuses[2]), "{}", route.path);
    }
    responses
}

#[tokio::test(flavor = "multi_thread")]
async fn check_50_54_every_response_is_safe_and_every_problem_of_one_shape() {
    let stack = Stack::start().await;
    let mut seen = BTreeSet::new();
    for (n, route) in routes::of_auth(&stack).iter().enumerate() {
        let user = stack.sign_up(&format!("user{n}")).await;
        let route = &with_link(&stack, &user, route.clone()).await;
        let mut responses = wrong_ways(&stack, route, &user).await;
        // The last one may end the session.
        let good = route.by(&user, &format!("new{n}")).await;
        assert!(route.takes(good.status), "{}: {}", route.path, good.text());
        responses.push(good);
        // A sign-up that succeeded is one with a taken address from now on.
        let again = route.by(&user, &format!("new{n}")).await;
        responses.push(again);
        for response in responses {
            is_safe(&response, &format!("{} {} {}", response.status, route.method, route.path));
            seen.insert(response.status);
        }
    }
    for _ in 0..6 {
        let response = e2e::sign_in(&stack, "nobody@example.com", "wrong password").await;
        is_safe(&response, "a sign-in");
        seen.insert(response.status);
    }
    assert_eq!(seen, [200, 201, 302, 303, 400, 401, 403, 413, 415, 422, 429].into());
}

/// A table that stays busy: 503, and the request has done nothing.
#[tokio::test(flavor = "multi_thread")]
async fn check_54_a_busy_table_is_503_on_every_route_and_nothing_is_written() {
    for effect in [Effect::Throttle, Effect::Throttling, Effect::InternalError] {
        let stack = Stack::start().await;
        let user = stack.sign_up("ada").await;
        let routes = with_links(&stack, &user, routes::of_auth(&stack)).await;
        let names: Vec<&str> = routes.iter().map(|route| route.function.as_str()).collect();
        stack.warm(&names).await.unwrap();
        let before = stack.engine.all_items().await.unwrap();
        stack.proxy.inject(Rule::new(effect).always());
        let responses = routes.iter().map(|route| route.by(&user, "eve").send());
        let responses = futures_util::future::join_all(responses).await;
        for (route, response) in routes.iter().zip(responses) {
            let what = format!("{effect:?} {}: {}", route.path, response.text());
            assert_eq!(
                (response.status, response.code().as_str()),
                (503, "SERVICE_UNAVAILABLE"),
                "{what}"
            );
            assert_eq!(response.header("retry-after"), Some("1"), "{what}");
            assert!(response.set_cookies().is_empty(), "{what}");
            is_safe(&response, &format!("503 {} {}", route.method, route.path));
        }
        assert_eq!(stack.engine.all_items().await.unwrap(), before, "{effect:?}");
    }
}

/// When an attempt cannot be counted, nobody gets a session or learns anything: each case breaks
/// the one kind of write that counts.
#[tokio::test(flavor = "multi_thread")]
async fn check_54_attempts_that_cannot_be_counted_fail_closed() {
    const RIGHT: &str = e2e::PASSWORD;
    const WRONG: &str = "wrong password";
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    let routes = routes::of_auth(&stack);
    for (broken, function, password) in [
        // The sign-ups of a network; the wrong passwords of an address, before they are compared.
        ("UpdateItem", "signup", RIGHT),
        ("UpdateItem", "sign-up-email", RIGHT),
        ("UpdateItem", "signin", RIGHT),
        ("UpdateItem", "sign-in-email", RIGHT),
        ("UpdateItem", "signin", WRONG),
        ("UpdateItem", "sign-in-email", WRONG),
        // The wrong passwords of a user.
        ("UpdateItem", "verify-password", RIGHT),
        ("UpdateItem", "verify-password", WRONG),
        ("UpdateItem", "change-password", WRONG),
        // Their end with the right password.
        ("TransactWriteItems", "signin", RIGHT),
        ("TransactWriteItems", "sign-in-email", RIGHT),
        ("TransactWriteItems", "change-password", RIGHT),
        ("TransactWriteItems", "verify-password", RIGHT),
    ] {
        let route = routes.iter().find(|route| route.function == function).unwrap();
        let mut body = route.body_of(&user, "eve");
        let field = if function == "change-password" { "currentPassword" } else { "password" };
        body[field] = password.into();
        let accounts = stack.engine.count("USER#", "").await.unwrap();
        let fault = stack.proxy.inject(Rule::new(Effect::Throttle).operation(broken).always());
        let request = stack.call(route.method.clone(), &route.path).bearer(&user.token);
        let response = request.json(&body).await;
        let what = format!("{function}, {broken}, {password}: {}", response.text());
        assert_eq!(response.status, 503, "{what}");
        assert!(fault.hits() > 0, "{what}");
        assert_eq!(stack.engine.count("USER#", "").await.unwrap(), accounts, "{what}");
        stack.proxy.clear_faults();
    }
}

/// Tables that are not there, as after a wrong deployment.
#[tokio::test(flavor = "multi_thread")]
async fn check_50_54_a_fault_of_ours_is_500_and_reveals_nothing() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    let broken = Stack::builder().env("TABLE_NAME", "none").env("KEYS_TABLE_NAME", "none");
    let broken = broken.start().await.unwrap();
    let user = broken.user(&user.id, &user.token, &user.email);
    for route in with_links(&broken, &user, routes::of_auth(&broken)).await {
        let response = route.by(&user, "eve").await;
        let what = format!("{} {}: {}", route.method, route.path, response.text());
        assert_eq!(response.status, 500, "{what}");
        assert_eq!(response.code(), "INTERNAL_SERVER_ERROR", "{what}");
        is_safe(&response, &format!("500 {} {}", route.method, route.path));
    }
}

const METHODS: [&str; 10] =
    ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "TRACE", "get", "post", "FOO"];

#[tokio::test(flavor = "multi_thread")]
async fn check_48_53_other_methods_and_spellings_are_404_and_do_nothing() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    let before = stack.engine.all_items().await.unwrap();
    let routes = routes::of_auth(&stack);
    let exists = |method: &str, path: &str| {
        routes.iter().any(|route| route.method == method && route.path == path)
    };
    for route in &routes {
        let name = route.path.trim_start_matches("/api/auth/").to_owned();
        let body = route.body_of(&user, "eve");
        let send = |method: Method, path: String| {
            let request = stack.call(method, &path).bearer(&user.token);
            let request = request.header("x-http-method-override", route.method.as_str());
            let request = request.header("x-http-method", route.method.as_str());
            if body.is_null() { request } else { request.json(&body) }.send()
        };
        for method in METHODS.into_iter().filter(|method| !exists(method, &route.path)) {
            let response = send(method.parse().unwrap(), route.path.clone()).await;
            assert_eq!(response.status, 404, "{method} {}", route.path);
            assert_eq!(response.json(), json!({ "message": "Not Found" }));
        }
        // The function of all preflights, which never looks at the path.
        let response = send(Method::OPTIONS, route.path.clone()).await;
        assert_eq!((response.status, response.text().as_str()), (204, ""), "{}", route.path);
        if ["open-reset-link", "finish-social"].contains(&route.function.as_str()) {
            // What stands in place of a token or of a provider is one, of whatever form.
            continue;
        }
        for path in [
            format!("/api/auth/{name}/"),
            format!("/api/auth//{name}"),
            format!("//api/auth/{name}"),
            format!("/api/./auth/{name}"),
            format!("/api/auth/x/../{name}"),
            format!("/api/auth/%2e%2e/auth/{name}"),
            format!("/api%2Fauth%2F{name}"),
            format!("/API/auth/{name}"),
            format!("/api/auth/{}", name.to_uppercase()),
            format!("/api/auth/{name};a=b"),
            format!("/api/auth/{name}%00"),
            format!("/api/auth/{name}.json"),
            format!("/api/auth/{name}/{}", "x".repeat(8 * 1024)),
            format!("/auth/{name}"),
            format!("/prod/api/auth/{name}"),
        ] {
            let response = send(route.method.clone(), path.clone()).await;
            assert_eq!(response.status, 404, "{path:.80}");
        }
    }
    assert_eq!(stack.engine.all_items().await.unwrap(), before, "something was written");
}

/// What Better Auth's routes don't know in a query is ignored, also when it comes twice.
#[tokio::test(flavor = "multi_thread")]
async fn check_53_a_query_does_not_change_what_a_route_does() {
    let stack = Stack::start().await;
    for (n, route) in routes::of_auth(&stack).iter().enumerate() {
        let user = stack.sign_up(&format!("user{n}")).await;
        let long = "x".repeat(4 * 1024);
        let query =
            format!("email=x&password=x&token=x&a=1&a=2&%00=%ff&_method=DELETE&long={long}");
        let route = with_link(&stack, &user, route.clone()).await;
        let request = route.by(&user, &format!("new{n}")).query(&query);
        let response = request.await;
        assert!(route.takes(response.status), "{}: {}", route.path, response.text());
        if route.auth == Auth::Optional {
            assert_ne!(response.json(), Value::Null);
        }
    }
}
