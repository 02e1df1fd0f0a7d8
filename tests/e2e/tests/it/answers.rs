//! What every answer under `/api/auth` has, whatever became of the request.

use std::collections::BTreeSet;

use e2e::{User, sign_up};
use harness::Method;
use harness::proxy::{Effect, Rule};
use harness::stack::{Answer, Stack};
use serde_json::{Value, json};
use template::Auth;

use crate::auth_routes::{AuthRoute, auth_routes};

const SAFETY: [(&str, &str); 4] = [
    ("strict-transport-security", "max-age=63072000; includeSubDomains"),
    ("x-content-type-options", "nosniff"),
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    ("referrer-policy", "no-referrer"),
];
const PROBLEM: [&str; 8] =
    ["code", "detail", "instance", "message", "status", "success", "title", "type"];
/// Words that would tell what is behind.
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

fn is_safe(answer: &Answer, what: &str) {
    for (name, value) in SAFETY {
        let values: Vec<_> = answer.headers.get_all(name).iter().collect();
        assert_eq!(values, [value], "{name} of {what}");
    }
    let cached = if what.contains("/jwks") && answer.status == 200 {
        "public, max-age=300"
    } else {
        "no-store"
    };
    assert_eq!(answer.header("cache-control"), Some(cached), "{what}");
    assert!(answer.header("vary").unwrap().to_lowercase().contains("origin"), "{what}");
    for name in ["server", "x-powered-by", "via", "x-amzn-trace-id"] {
        assert_eq!(answer.header(name), None, "{what}");
    }
    if answer.status < 400 {
        assert_eq!(answer.header("content-type"), Some("application/json"), "{what}");
        return;
    }
    assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{what}");
    let problem = answer.json();
    let names: BTreeSet<&str> = problem.as_object().unwrap().keys().map(String::as_str).collect();
    let with_errors = answer.status == 422 && answer.code() == "VALIDATION_ERROR";
    let expected = PROBLEM.into_iter().chain(with_errors.then_some("errors"));
    assert_eq!(names, expected.collect(), "{what}");
    assert_eq!((&problem["success"], &problem["status"]), (&json!(false), &json!(answer.status)));
    assert_eq!(
        (&problem["type"], &problem["message"]),
        (&json!("about:blank"), &problem["detail"])
    );
    assert!(problem["instance"].as_str().unwrap().len() > 3, "{what}");
    let authenticate = (answer.status == 401).then_some("Bearer");
    assert_eq!(answer.header("www-authenticate"), authenticate, "{what}");
    let waits = answer.header("retry-after").is_some();
    assert_eq!(waits, [429, 503].contains(&answer.status), "{what}");
    let text = answer.text().to_lowercase();
    for word in INSIDE {
        assert!(!text.contains(word), "{what} tells of {word}: {text}");
    }
}

/// Sends the request in the ways in which it can go wrong before the table is asked.
async fn wrong_ways(stack: &Stack, route: &AuthRoute, user: &User) -> Vec<Answer> {
    let call = || stack.call(route.method.clone(), &route.path).outside_contract();
    let mut answers = vec![call().bearer("x").send().await];
    if route.method != Method::GET {
        answers.push(call().cookie("a", "1").send().await);
        assert_eq!(answers[1].status, 403);
    }
    if !route.body(user, "x").is_null() {
        let as_user = || call().bearer(&user.token);
        let json = || as_user().header("content-type", "application/json");
        answers.push(json().body("{").send().await);
        answers.push(json().body("{\"email\":1}").send().await);
        answers.push(json().body(format!("\"{}\"", "x".repeat(70_000))).send().await);
        answers.push(as_user().header("content-type", "text/plain").body("x").send().await);
        let statuses: Vec<u16> = answers.iter().rev().take(4).map(|answer| answer.status).collect();
        assert_eq!((statuses[0], statuses[1], statuses[3]), (415, 413, 400), "{}", route.path);
        assert!([400, 422].contains(&statuses[2]), "{}", route.path);
    }
    answers
}

#[tokio::test(flavor = "multi_thread")]
async fn check_50_54_every_answer_is_safe_and_every_problem_of_one_shape() {
    let stack = Stack::start().await;
    let mut seen = BTreeSet::new();
    for (n, route) in auth_routes(&stack).iter().enumerate() {
        let user = sign_up(&stack, &format!("user{n}")).await;
        let mut answers = wrong_ways(&stack, route, &user).await;
        // The last one may end the session.
        let good = route.good(&stack, &user, &format!("new{n}")).send().await;
        assert!((200..300).contains(&good.status), "{}: {}", route.path, good.text());
        answers.push(good);
        // A sign-up that succeeded is one with a taken address from now on.
        let again = route.good(&stack, &user, &format!("new{n}")).send().await;
        answers.push(again);
        for answer in answers {
            is_safe(&answer, &format!("{} {} {}", answer.status, route.method, route.path));
            seen.insert(answer.status);
        }
    }
    for _ in 0..6 {
        let answer = e2e::sign_in(&stack, "nobody@example.com", "wrong password").await;
        is_safe(&answer, "a sign-in");
        seen.insert(answer.status);
    }
    assert_eq!(seen, [200, 201, 400, 401, 403, 413, 415, 422, 429].into());
}

/// A table that stays busy: 503, and the request has done nothing.
#[tokio::test(flavor = "multi_thread")]
async fn check_54_a_busy_table_is_503_on_every_route_and_nothing_is_written() {
    for effect in [Effect::Throttle, Effect::Throttling, Effect::InternalError] {
        let stack = Stack::start().await;
        let user = sign_up(&stack, "ada").await;
        let routes = auth_routes(&stack);
        let names: Vec<&str> = routes.iter().map(|route| route.function.as_str()).collect();
        stack.warm(&names).await.unwrap();
        let before = stack.engine.all_items().await.unwrap();
        stack.proxy.inject(Rule::new(effect).always());
        let answers = routes.iter().map(|route| route.good(&stack, &user, "eve").send());
        let answers = futures_util::future::join_all(answers).await;
        for (route, answer) in routes.iter().zip(answers) {
            let what = format!("{effect:?} {}: {}", route.path, answer.text());
            assert_eq!(
                (answer.status, answer.code().as_str()),
                (503, "SERVICE_UNAVAILABLE"),
                "{what}"
            );
            assert_eq!(answer.header("retry-after"), Some("1"), "{what}");
            assert!(answer.set_cookies().is_empty(), "{what}");
            is_safe(&answer, &format!("503 {} {}", route.method, route.path));
        }
        assert_eq!(stack.engine.all_items().await.unwrap(), before, "{effect:?}");
    }
}

/// Nobody is let in, or told anything, when an attempt cannot be counted: each case breaks the one
/// kind of write that counts.
#[tokio::test(flavor = "multi_thread")]
async fn check_54_attempts_that_cannot_be_counted_fail_closed() {
    const RIGHT: &str = e2e::PASSWORD;
    const WRONG: &str = "wrong password";
    let stack = Stack::start().await;
    let user = sign_up(&stack, "ada").await;
    let routes = auth_routes(&stack);
    for (broken, function, password) in [
        // The attempts of a source address.
        ("UpdateItem", "signup", RIGHT),
        ("UpdateItem", "sign-up-email", RIGHT),
        ("UpdateItem", "signin", RIGHT),
        ("UpdateItem", "sign-in-email", RIGHT),
        ("UpdateItem", "signin", WRONG),
        // The failures of an address or a user.
        ("PutItem", "signin", WRONG),
        ("PutItem", "sign-in-email", WRONG),
        ("PutItem", "verify-password", WRONG),
        ("PutItem", "change-password", WRONG),
        // Their end with the right password.
        ("TransactWriteItems", "signin", RIGHT),
        ("TransactWriteItems", "sign-in-email", RIGHT),
        ("TransactWriteItems", "change-password", RIGHT),
        ("DeleteItem", "verify-password", RIGHT),
    ] {
        let route = routes.iter().find(|route| route.function == function).unwrap();
        let mut body = route.body(&user, "eve");
        let field = if function == "change-password" { "currentPassword" } else { "password" };
        body[field] = password.into();
        let accounts = stack.engine.count("USER#", "").await.unwrap();
        let fault = stack.proxy.inject(Rule::new(Effect::Throttle).operation(broken).always());
        let request = stack.call(route.method.clone(), &route.path).bearer(&user.token);
        let answer = request.json(&body).send().await;
        let what = format!("{function}, {broken}, {password}: {}", answer.text());
        assert_eq!(answer.status, 503, "{what}");
        assert!(fault.hits() > 0, "{what}");
        assert_eq!(stack.engine.count("USER#", "").await.unwrap(), accounts, "{what}");
        stack.proxy.clear_faults();
    }
}

/// A table that is not there, as after a wrong deployment.
#[tokio::test(flavor = "multi_thread")]
async fn check_50_54_a_fault_of_ours_is_500_and_tells_nothing() {
    let stack = Stack::start().await;
    let user = sign_up(&stack, "ada").await;
    let broken = Stack::builder().env("TABLE_NAME", "no-such-table").start().await.unwrap();
    for route in auth_routes(&broken) {
        let answer = route.good(&broken, &user, "eve").send().await;
        let what = format!("{} {}: {}", route.method, route.path, answer.text());
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (500, "INTERNAL_SERVER_ERROR"),
            "{what}"
        );
        is_safe(&answer, &format!("500 {} {}", route.method, route.path));
    }
}

const METHODS: [&str; 11] =
    ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "get", "post", "FOO"];

#[tokio::test(flavor = "multi_thread")]
async fn check_48_53_other_methods_and_spellings_are_404_and_do_nothing() {
    let stack = Stack::start().await;
    let user = sign_up(&stack, "ada").await;
    let before = stack.engine.all_items().await.unwrap();
    for route in auth_routes(&stack) {
        let name = route.path.trim_start_matches("/api/auth/").to_owned();
        let body = route.body(&user, "eve");
        let send = |method: Method, path: String| {
            let request = stack.call(method, &path).bearer(&user.token);
            let request = request.header("x-http-method-override", route.method.as_str());
            let request = request.header("x-http-method", route.method.as_str());
            if body.is_null() { request } else { request.json(&body) }.send()
        };
        for method in METHODS.into_iter().filter(|method| *method != route.method.as_str()) {
            let answer = send(method.parse().unwrap(), route.path.clone()).await;
            assert_eq!(answer.status, 404, "{method} {}", route.path);
            assert_eq!(answer.json(), json!({ "message": "Not Found" }));
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
            let answer = send(route.method.clone(), path.clone()).await;
            assert_eq!(answer.status, 404, "{path:.80}");
        }
    }
    assert_eq!(stack.engine.all_items().await.unwrap(), before, "something was written");
}

/// What Better Auth's routes don't know in a query is ignored, also when it comes twice.
#[tokio::test(flavor = "multi_thread")]
async fn check_53_a_query_does_not_change_what_a_route_does() {
    let stack = Stack::start().await;
    for (n, route) in auth_routes(&stack).iter().enumerate() {
        let user = sign_up(&stack, &format!("user{n}")).await;
        let long = "x".repeat(4 * 1024);
        let query =
            format!("email=x&password=x&token=x&a=1&a=2&%00=%ff&_method=DELETE&long={long}");
        let route = AuthRoute {
            path: format!("{}?{query}", route.path),
            function: route.function.clone(),
            method: route.method.clone(),
            auth: route.auth,
        };
        let answer = route.good(&stack, &user, &format!("new{n}")).send().await;
        assert!((200..300).contains(&answer.status), "{}: {}", route.path, answer.text());
        if route.auth == Auth::Optional {
            assert_ne!(answer.json(), Value::Null);
        }
    }
}
