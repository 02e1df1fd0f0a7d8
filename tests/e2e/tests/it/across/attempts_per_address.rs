//! How often one network may fail to sign in, and sign up, whatever the address.

use e2e::{PASSWORD, sign_up_body};
use harness::stack::{RequestBuilder, Response, Stack};
use serde_json::json;

use crate::helpers::better_auth::{SIGN_IN, SIGN_INS, SIGN_UP, new_user, post, signing_in};
use crate::helpers::windows::{WINDOW, far_from_the_end};

/// A stack that allows each network five failures and five sign-ups.
async fn stack() -> Stack {
    let stack = Stack::builder().parameter("AttemptsPerAddress", "5");
    let stack = stack.parameter("SignUpsPerAddress", "5").start().await.unwrap();
    far_from_the_end().await;
    stack
}

/// A sign-in with an e-mail address that no account has, another one for each `n`.
fn attempt(stack: &Stack, path: &str, n: usize) -> RequestBuilder {
    signing_in(stack, path, &format!("nobody{n}@example.com"), "wrong password")
}

fn is_refused(response: &Response) {
    assert_eq!((response.status, response.code().as_str()), (429, "TOO_MANY_REQUESTS"));
    let wait = response.header("retry-after").unwrap();
    assert_eq!(response.header("x-retry-after"), Some(wait));
    assert!((1..=WINDOW).contains(&wait.parse().unwrap()), "{wait} s");
}

async fn use_up(stack: &Stack, ip: &str) {
    for n in 0..5 {
        let path = SIGN_INS[n % 2];
        assert_eq!(attempt(stack, path, n).source_ip(ip).await.status, 401, "{ip} {n}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn check_29_a_source_address_has_one_maximum_for_all_routes_and_processes() {
    let stack = stack().await;
    post(&stack, SIGN_UP, &new_user("ada@example.com")).source_ip("192.0.2.9").await;
    use_up(&stack, "192.0.2.1").await;
    // Other processes know of it: both those that were there and those that start now.
    for _ in 0..2 {
        for path in SIGN_INS {
            is_refused(&attempt(&stack, path, 9).source_ip("192.0.2.1").await);
            let right = signing_in(&stack, path, "ada@example.com", PASSWORD);
            is_refused(&right.source_ip("192.0.2.1").await);
        }
        for function in ["signin", "sign-in-email"] {
            assert!(stack.runtime.kill(function).await.unwrap() > 0);
        }
    }
    let right = signing_in(&stack, SIGN_IN, "ada@example.com", PASSWORD);
    assert_eq!(right.source_ip("192.0.2.2").await.status, 200, "another address");
    assert_eq!(stack.engine.count("USER#", "SESSION#").await.unwrap(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn check_29_no_header_says_where_a_request_comes_from() {
    let stack = stack().await;
    use_up(&stack, "192.0.2.1").await;
    let spoofed = [
        ("x-forwarded-for", "198.51.100.1"),
        ("x-forwarded-for", "198.51.100.2, 198.51.100.3"),
        ("forwarded", "for=198.51.100.4;proto=https"),
        ("x-real-ip", "198.51.100.5"),
        ("x-client-ip", "198.51.100.6"),
        ("cf-connecting-ip", "198.51.100.7"),
        ("true-client-ip", "198.51.100.8"),
        ("cloudfront-viewer-address", "198.51.100.9:443"),
    ];
    for (n, (name, value)) in spoofed.into_iter().enumerate() {
        let request = attempt(&stack, SIGN_IN, 10 + n).source_ip("192.0.2.1").header(name, value);
        is_refused(&request.await);
        // Nor can a stranger use up the attempts of somebody else.
        let victim = value.split([',', ':', ';']).next().unwrap().trim_start_matches("for=");
        let response = attempt(&stack, SIGN_IN, 10 + n).source_ip(victim).await;
        assert_eq!(response.status, 401, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn check_29_an_ipv6_network_counts_as_one_address() {
    let stack = stack().await;
    for n in 0..5 {
        let ip = format!("2001:db8:1:{n}::{n}");
        assert_eq!(attempt(&stack, SIGN_IN, n).source_ip(&ip).await.status, 401);
    }
    is_refused(&attempt(&stack, SIGN_IN, 9).source_ip("2001:db8:1:ffff::1").await);
    let next = attempt(&stack, SIGN_IN, 9).source_ip("2001:db8:2::1").await;
    assert_eq!(next.status, 401, "the next network");
}

/// A school behind one address: those who know their passwords use nothing up, and get nothing back
/// for those who do not.
#[tokio::test(flavor = "multi_thread")]
async fn f13_successes_use_up_no_attempts_and_give_none_back() {
    let stack = stack().await;
    let made = post(&stack, SIGN_UP, &new_user("ada@example.com")).await;
    assert_eq!(made.status, 200);
    let right = |n: usize| signing_in(&stack, SIGN_INS[n % 2], "ada@example.com", PASSWORD).send();
    for n in 0..12 {
        assert_eq!(right(n).await.status, 200, "{n}");
    }
    let at_once = futures_util::future::join_all((0..10).map(right)).await;
    assert!(at_once.iter().all(|response| response.status == 200));
    for n in 0..5 {
        assert_eq!(attempt(&stack, SIGN_INS[n % 2], n).await.status, 401, "{n}");
        if n < 4 {
            assert_eq!(right(n).await.status, 200, "{n}");
        }
    }
    is_refused(&right(0).await);
    is_refused(&attempt(&stack, SIGN_IN, 9).await);
}

/// Guesses at many addresses at once, each of which could be the only one.
#[tokio::test(flavor = "multi_thread")]
async fn f13_failures_at_once_are_all_counted() {
    let stack = stack().await;
    let attempts = (0..30).map(|n| attempt(&stack, SIGN_INS[n % 2], n).send());
    let responses = futures_util::future::join_all(attempts).await;
    let wrong = responses.iter().filter(|response| response.status == 401).count();
    // On a very busy machine a call takes so long that it is repeated, and counted twice.
    assert!((3..=5).contains(&wrong), "{wrong}");
    responses.iter().filter(|response| response.status != 401).for_each(is_refused);
}

#[tokio::test(flavor = "multi_thread")]
async fn check_29_signing_up_is_counted_likewise_and_apart() {
    let stack = stack().await;
    use_up(&stack, "192.0.2.1").await;
    for n in 0..5 {
        let email = format!("user{n}@example.com");
        let request = if n % 2 == 0 {
            post(&stack, SIGN_UP, &new_user(&email))
        } else {
            post(&stack, "/api/auth/signup", &sign_up_body(&email))
        };
        let response = request.source_ip("192.0.2.1").await;
        assert!((200..300).contains(&response.status), "{n}: {}", response.text());
    }
    let accounts = stack.engine.count("USER#", "ACCOUNT").await.unwrap();
    for (path, body) in [
        (SIGN_UP, new_user("more@example.com")),
        ("/api/auth/signup", sign_up_body("more@example.com")),
    ] {
        let request = post(&stack, path, &body).source_ip("192.0.2.1");
        is_refused(&request.header("x-forwarded-for", "198.51.100.1").await);
    }
    assert_eq!(stack.engine.count("USER#", "ACCOUNT").await.unwrap(), accounts);
}

/// Somebody who shares an address with a guesser keeps their session.
#[tokio::test(flavor = "multi_thread")]
async fn check_30_an_address_without_attempts_does_not_end_sessions() {
    let stack = stack().await;
    let made = post(&stack, SIGN_UP, &new_user("ada@example.com")).await;
    let token = made.field("token");
    use_up(&stack, "127.0.0.1").await;
    is_refused(&attempt(&stack, SIGN_IN, 9).await);
    for path in ["/api/auth/get-session", "/api/auth/list-sessions", "/api/conversations"] {
        let response = stack.get(path).bearer(&token).await;
        assert!(response.status == 200 && response.text() != "null", "{path}: {}", response.text());
    }
    let body = json!({ "password": PASSWORD });
    let verified = post(&stack, "/api/auth/verify-password", &body).bearer(&token).await;
    assert_eq!(verified.status, 200);
}
