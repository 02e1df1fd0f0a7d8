use e2e::links::{RESET, VERIFY, forget_mails, mails, mint, mint_until, purposes_of};
use harness::Method;
use harness::stack::{RequestBuilder, Response, Stack, User};
use serde_json::json;
use shared::clock::{Clock, Timestamp};

use crate::helpers::accounts::{account, is_verified, refusal, rows};
use crate::helpers::better_auth::post;
use crate::helpers::deaths::{MOMENTS, dies};

pub const VERIFY_EMAIL: &str = "/api/auth/verify-email";

/// Opens a link as a program does.
pub fn by_program(stack: &Stack, token: &str, more: &str) -> RequestBuilder {
    let request = stack.get(&format!("{VERIFY_EMAIL}?token={token}{more}"));
    request.header("sec-fetch-mode", "cors")
}

/// Presses the button of the page.
pub fn press(stack: &Stack, token: &str, next: &str) -> RequestBuilder {
    let kind = "application/x-www-form-urlencoded";
    let request = stack.post(VERIFY_EMAIL).header("content-type", kind);
    // What a browser sends for a form of a page without a referrer.
    let request = request.header("origin", "null").header("sec-fetch-mode", "navigate");
    request.body(format!("token={token}&callbackURL={next}"))
}

/// The link that a mail contains.
pub fn link(stack: &Stack, token: &str) -> RequestBuilder {
    stack.get(&format!("{VERIFY_EMAIL}?token={token}&callbackURL=%2Fwelcome"))
}

fn location(response: &Response) -> (u16, &str) {
    (response.status, response.header("location").unwrap_or_default())
}

async fn stack_with(user: &str) -> (Stack, User) {
    let builder = Stack::builder().parameter("TrustedOrigins", "https://app.example.com,myapp://");
    let stack = builder.start().await.unwrap();
    let user = stack.sign_up(user).await;
    (stack, user)
}

#[tokio::test(flavor = "multi_thread")]
async fn check_32_mail_scanners_use_no_link_up_and_get_a_page() {
    let (stack, ada) = stack_with("ada").await;
    let token = mint(&stack, &ada, &ada.email, VERIFY).await;
    let before = rows(&stack).await;
    for accept in [&[][..], &["text/html,application/xhtml+xml"], &["*/*"], &["text/plain"]] {
        for mode in [None, Some("navigate"), Some("no-cors")] {
            for _ in 0..2 {
                let request = link(&stack, &token);
                let request =
                    accept.iter().fold(request, |request, kind| request.header("accept", kind));
                let request = match mode {
                    Some(mode) => request.header("sec-fetch-mode", mode),
                    None => request,
                };
                let page = request.await;
                assert_eq!(page.status, 200);
                assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
            }
        }
        let path = format!("{VERIFY_EMAIL}?token={token}");
        stack.call(Method::HEAD, &path).outside_contract().await;
    }
    assert_eq!(rows(&stack).await, before);
    let pressed = press(&stack, &token, "%2Fwelcome").await;
    assert_eq!(location(&pressed), (303, "https://127.0.0.1/welcome"));
    assert!(is_verified(&stack, &ada).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_names_the_sign_up_and_runs_nothing() {
    let (stack, ada) = stack_with("ada").await;
    let token = mint(&stack, &ada, &ada.email, VERIFY).await;
    let page = stack
        .get(&format!("{VERIFY_EMAIL}?token={token}&callbackURL=https%3A%2F%2Fapp.example.com%2F"))
        .await;
    let html = page.text();
    let made = account(&stack, &ada).await["created_at"]["S"].as_str().unwrap().to_owned();
    let made = format!("{} at {} (UTC)", &made[..10], &made[11..16]);
    for part in [
        made.as_str(),
        &ada.email,
        "<form method=\"post\" action=\"/api/auth/verify-email\">",
        &format!("name=\"token\" value=\"{token}\""),
        "name=\"callbackURL\" value=\"https://app.example.com/\"",
        "name=\"viewport\"",
        "prefers-color-scheme:dark",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    assert!(!html.contains("<script") && !html.contains("<img") && !html.contains("<link"));
    let policy = page.header("content-security-policy").unwrap();
    for part in [
        "default-src 'none'",
        "style-src 'sha256-",
        "form-action 'self' https:",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ] {
        assert!(policy.contains(part), "{part}: {policy}");
    }
    assert!(!policy.contains("script-src") && !policy.contains("unsafe"));
    assert_eq!(page.header("cache-control"), Some("no-store"));
    assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_proves_the_address_and_a_link_works_once() {
    let (stack, ada) = stack_with("ada").await;
    for (request, expected) in [
        (by_program as fn(&Stack, &str, &str) -> RequestBuilder, (200, "")),
        (
            |stack, token, _| {
                let request = stack.get(&format!("{VERIFY_EMAIL}?token={token}"));
                request.header("accept", "application/json")
            },
            (200, ""),
        ),
        (
            |stack, token, _| by_program(stack, token, "&callbackURL=%2Fa%3Fb%3D1"),
            (302, "https://127.0.0.1/a?b=1"),
        ),
        (|stack, token, _| press(stack, token, "%2Fa"), (303, "https://127.0.0.1/a")),
        (|stack, token, _| press(stack, token, "myapp%3A%2F%2Fdone"), (303, "myapp://done")),
        (|stack, token, _| press(stack, token, ""), (200, "")),
        (|stack, token, _| post(stack, VERIFY_EMAIL, &json!({ "token": token })), (200, "")),
    ] {
        let no = json!({ "BOOL": false });
        stack
            .engine
            .set(&format!("USER#{}", ada.id), "ACCOUNT", &[("email_verified", no)])
            .await
            .unwrap();
        let token = mint(&stack, &ada, &ada.email, VERIFY).await;
        let other = mint(&stack, &ada, &ada.email, VERIFY).await;
        let reset = mint(&stack, &ada, &ada.email, RESET).await;
        let done = request(&stack, &token, "").await;
        assert_eq!(location(&done), expected, "{}", done.text());
        if done.header("content-type") == Some("application/json") {
            assert_eq!(done.json(), json!({ "status": true, "user": null }));
        }
        assert!(done.set_cookies().is_empty());
        assert!(is_verified(&stack, &ada).await);
        assert_eq!(purposes_of(&stack, &ada).await, [RESET], "the other link is void, too");
        for used in [&token, &other, &reset] {
            let refused = by_program(&stack, used, "").await;
            assert_eq!(refusal(&refused), (401, "INVALID_TOKEN".to_owned()));
        }
        assert_eq!(ada.get("/api/user/profile").await.status, 200, "sessions stay");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_is_not_valid_says_why_wherever_it_is_opened() {
    let (stack, ada) = stack_with("ada").await;
    let gone = stack.sign_up("gone").await;
    let past = Timestamp::from_milliseconds(Clock::System.now().milliseconds() - 1);
    let expired = mint_until(&stack, &ada, &ada.email, VERIFY, past).await;
    let of_nobody = mint(&stack, &gone, &gone.email, VERIFY).await;
    stack.engine.delete_item(&format!("USER#{}", gone.id), "ACCOUNT").await.unwrap();
    let of_old_address = mint(&stack, &ada, "old@example.com", VERIFY).await;
    let before = rows(&stack).await;
    for (token, code) in [
        (expired.as_str(), "TOKEN_EXPIRED"),
        (&of_nobody, "USER_NOT_FOUND"),
        (&of_old_address, "INVALID_TOKEN"),
        ("", "INVALID_TOKEN"),
        ("%3Cscript%3E", "INVALID_TOKEN"),
    ] {
        let refused = by_program(&stack, token, "").await;
        assert_eq!(refusal(&refused), (401, code.to_owned()), "{token}");
        let passed_on = by_program(&stack, token, "&callbackURL=%2Fa%3Fb%3D1%23c").await;
        let expected = format!("https://127.0.0.1/a?b=1&error={code}#c");
        assert_eq!(location(&passed_on), (302, expected.as_str()));
        let page = link(&stack, token).await;
        assert_eq!(page.status, 400);
        let next = format!("href=\"https://127.0.0.1/welcome?error={code}\"");
        assert!(page.text().contains(&next) && !page.text().contains("<script"), "{}", page.text());
        let pressed = press(&stack, token, "%2Fa").await;
        let expected = format!("https://127.0.0.1/a?error={code}");
        assert_eq!(location(&pressed), (303, expected.as_str()));
        assert_eq!(press(&stack, token, "").await.status, 400);
        let sent = post(&stack, VERIFY_EMAIL, &json!({ "token": token.replace("%3C", "<") })).await;
        assert_eq!(refusal(&sent), (401, code.to_owned()));
    }
    let good = mint(&stack, &ada, &ada.email, VERIFY).await;
    for evil in ["https%3A%2F%2Fevil.com", "%2F%2Fevil.com", "javascript%3Aalert(1)"] {
        let more = format!("&callbackURL={evil}");
        let path = format!("{VERIFY_EMAIL}?token={good}{more}");
        for request in
            [by_program(&stack, &good, &more), stack.get(&path), press(&stack, &good, evil)]
        {
            assert_eq!(refusal(&request.await), (403, "INVALID_CALLBACK_URL".to_owned()));
        }
    }
    let mut after = rows(&stack).await;
    after.retain(|row| before.contains(row));
    assert!(before.len() - after.len() <= 1, "nothing but the row of the new token changed");
    assert!(!is_verified(&stack, &ada).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_uses_of_a_link_at_once_one_wins() {
    let (stack, ada) = stack_with("ada").await;
    let token = mint(&stack, &ada, &ada.email, VERIFY).await;
    let uses = (0..20).map(|_| async { by_program(&stack, &token, "").await.status });
    let statuses = futures_util::future::join_all(uses).await;
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| [200, 401, 503].contains(status)), "{statuses:?}");
    assert!(is_verified(&stack, &ada).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_whose_function_dies_is_used_or_can_be_used_again() {
    let (stack, _) = stack_with("ada").await;
    for operation in ["BatchGetItem", "TransactWriteItems"] {
        for moment in MOMENTS {
            for function in ["verify-email", "confirm-email"] {
                let name = format!("{function}{operation}{moment:?}").to_lowercase();
                let user = stack.sign_up(&name).await;
                let token = mint(&stack, &user, &user.email, VERIFY).await;
                let request = match function {
                    "verify-email" => by_program(&stack, &token, ""),
                    _ => press(&stack, &token, ""),
                };
                dies(&stack, function, (operation, 0), moment, request).await;
                let again = by_program(&stack, &token, "").await.status;
                let is_done = operation == "TransactWriteItems" && moment == MOMENTS[1];
                assert_eq!(again, if is_done { 401 } else { 200 }, "{name}");
                assert!(is_verified(&stack, &user).await, "{name}");
            }
        }
    }
    forget_mails(&stack).await;
    assert!(mails(&stack).await.is_empty());
}
