use e2e::mailed::{in_five_minutes, mint_magic_link, partition};
use e2e::{PASSWORD, sign_in};
use harness::Method;
use harness::stack::{RequestBuilder, Response, Stack};
use serde_json::json;
use shared::clock::{Clock, Timestamp};

use crate::helpers::accounts::{is_verified, refusal, rows};
use crate::helpers::alike::asking_is_alike;
use crate::helpers::better_auth::{COOKIE, OWN, post};
use crate::helpers::deaths::{MOMENTS, dies};

pub const ASK: &str = "/api/auth/sign-in/magic-link";
pub const VERIFY: &str = "/api/auth/magic-link/verify";
const ADA: &str = "ada@example.com";
const EVIL: [&str; 4] =
    ["https://evil.com/a", "//evil.com", "javascript:alert(1)", "https://app.example.com.evil.com"];

async fn stack() -> Stack {
    let builder = Stack::builder().parameter("TrustedOrigins", "https://app.example.com,myapp://");
    builder.start().await.unwrap()
}

/// Opens a link as a program does.
fn by_program(stack: &Stack, token: &str, more: &str) -> RequestBuilder {
    let request = stack.get(&format!("{VERIFY}?token={token}{more}"));
    request.header("sec-fetch-mode", "cors")
}

/// Presses the button of the page, which is this API's own.
fn press(stack: &Stack, token: &str, more: &str) -> RequestBuilder {
    let kind = "application/x-www-form-urlencoded";
    let request = stack.post(VERIFY).header("content-type", kind).header("origin", OWN);
    let request = request.header("sec-fetch-mode", "navigate");
    request.header("sec-fetch-site", "same-origin").body(format!("token={token}{more}"))
}

fn location(response: &Response) -> (u16, &str) {
    (response.status, response.header("location").unwrap_or_default())
}

/// The session token in the cookie that a response sets.
fn cookie(response: &Response) -> String {
    let cookies = response.set_cookies();
    let own = cookies.iter().find_map(|cookie| cookie.strip_prefix(&format!("{COOKIE}=")));
    own.unwrap().split(';').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn check_32_a_scanner_uses_no_link_up_and_one_press_signs_in() {
    let stack = stack().await;
    let body = json!({
        "email": ADA, "name": "Ada", "callbackURL": "/home", "newUserCallbackURL": "/welcome",
        "metadata": { "a": 1 },
    });
    let asked = post(&stack, ASK, &body).await;
    assert_eq!((asked.status, asked.json()), (200, json!({ "status": true })));
    let mail = stack.next_mail(ADA).await;
    assert_eq!(mail.kind, "magic-link");
    let (path, token) = (mail.url.unwrap(), mail.token.unwrap());
    let path = path.strip_prefix(OWN).unwrap();
    let stored = stack.engine.query(&partition(ADA), "").await.unwrap();
    let secret = token.split_once('.').unwrap().1;
    assert!(!json!(stored).to_string().contains(secret), "only a hash is stored");
    let before = rows(&stack).await;
    for accept in [None, Some("*/*"), Some("text/html,application/json")] {
        for method in [Method::GET, Method::HEAD, Method::GET] {
            let request = stack.call(method, path).outside_contract();
            match accept {
                Some(accept) => request.header("accept", accept).await,
                None => request.await,
            };
        }
    }
    assert_eq!(rows(&stack).await, before);
    let page = stack.get(path).header("sec-fetch-mode", "navigate").await;
    assert!(page.status == 200 && page.text().contains(ADA) && page.set_cookies().is_empty());
    let more = "&callbackURL=%2Fhome&newUserCallbackURL=%2Fwelcome&errorCallbackURL=";
    let pressed = press(&stack, &token, more).await;
    assert_eq!(location(&pressed), (303, "https://127.0.0.1/welcome"));
    let own = stack.get("/api/auth/get-session").cookie(COOKIE, &cookie(&pressed)).await.json();
    assert_eq!(
        (&own["user"]["name"], &own["user"]["emailVerified"]),
        (&json!("Ada"), &json!(true))
    );
    let again = press(&stack, &token, "&callbackURL=%2Fhome&errorCallbackURL=%2Fsorry").await;
    assert_eq!(location(&again), (303, "https://127.0.0.1/sorry?error=INVALID_TOKEN"));
    assert!(again.set_cookies().is_empty());
    let gone = stack.get(path).header("sec-fetch-mode", "navigate").await;
    assert!(gone.status == 400 && gone.text().contains("/home?error=INVALID_TOKEN"));
    // The next link finds the account, which has no password.
    assert_eq!(post(&stack, ASK, &json!({ "email": ADA, "name": "Eve" })).await.status, 200);
    let token = stack.next_mail(ADA).await.token.unwrap();
    let known = press(&stack, &token, more).await;
    assert_eq!(location(&known), (303, "https://127.0.0.1/home"));
    let other = stack.get("/api/auth/get-session").cookie(COOKIE, &cookie(&known)).await.json();
    assert_eq!(other["user"], own["user"]);
    assert_eq!(sign_in(&stack, ADA, PASSWORD).await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_is_signed_in_at_once() {
    let stack = stack().await;
    let ada = stack.sign_up("ada").await;
    e2e::mailed::prove(&stack, &ada).await;
    let token = mint_magic_link(&stack, &ada.email, in_five_minutes()).await;
    let done = by_program(&stack, &token, "").await;
    let body = done.json();
    assert_eq!((done.status, &body["user"]["id"]), (200, &json!(ada.id)), "{}", done.text());
    assert_eq!(body["session"]["token"], body["token"]);
    assert_eq!(done.header("set-auth-token"), body["token"].as_str());
    let own = ada.with_token(body["token"].as_str().unwrap());
    assert_eq!(own.get("/api/user/profile").await.status, 200);
    assert_eq!(ada.get("/api/user/profile").await.status, 200, "a proven account's sessions go on");
    assert_eq!(sign_in(&stack, &ada.email, PASSWORD).await.status, 200);
    let gone = by_program(&stack, &token, "").await;
    assert_eq!(location(&gone), (302, "https://127.0.0.1/?error=INVALID_TOKEN"));
    let token = mint_magic_link(&stack, &ada.email, in_five_minutes()).await;
    let request = stack.get(&format!("{VERIFY}?token={token}&callbackURL=myapp%3A%2F%2Fhome"));
    let app = request.header("accept", "application/json").await;
    assert_eq!(location(&app), (302, "myapp://home"));
    assert!(app.header("set-auth-token").is_some());
}

/// A page of another site must not sign its visitor in as somebody else.
#[tokio::test(flavor = "multi_thread")]
async fn a_login_by_another_sites_page_is_refused() {
    let stack = stack().await;
    let token = mint_magic_link(&stack, ADA, in_five_minutes()).await;
    let before = rows(&stack).await;
    for origin in ["https://evil.com", "null", "http://127.0.0.1"] {
        let by_script = by_program(&stack, &token, "").header("origin", origin).await;
        assert_eq!(refusal(&by_script), (403, "INVALID_ORIGIN".to_owned()), "{origin}");
        let by_form = press(&stack, &token, "").replace("origin", &[origin]).await;
        assert_eq!(by_form.status, 403, "{origin}");
    }
    let navigated = press(&stack, &token, "").replace("sec-fetch-site", &["cross-site"]).await;
    let expected = (403, "CROSS_SITE_NAVIGATION_LOGIN_BLOCKED".to_owned());
    assert_eq!(refusal(&navigated), expected);
    assert_eq!(rows(&stack).await, before);
    let trusted = by_program(&stack, &token, "").header("origin", "https://app.example.com").await;
    assert_eq!(trusted.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_redirect_by_any_page_of_a_link_is_refused() {
    let stack = stack().await;
    let token = mint_magic_link(&stack, ADA, in_five_minutes()).await;
    let before = rows(&stack).await;
    for (name, code) in [
        ("callbackURL", "INVALID_CALLBACK_URL"),
        ("newUserCallbackURL", "INVALID_NEW_USER_CALLBACK_URL"),
        ("errorCallbackURL", "INVALID_ERROR_CALLBACK_URL"),
    ] {
        for page in EVIL {
            let expected = (403, code.to_owned());
            let asked = post(&stack, ASK, &json!({ "email": ADA, name: page })).await;
            assert_eq!(refusal(&asked), expected, "{page}");
            let more = format!("&{name}={}", page.replace(':', "%3A").replace('/', "%2F"));
            assert_eq!(refusal(&by_program(&stack, &token, &more).await), expected, "{page}");
            assert_eq!(refusal(&press(&stack, &token, &more).await), expected, "{page}");
        }
    }
    assert_eq!(rows(&stack).await, before);
}

/// Whoever signed up first with somebody else's address has proven nothing, and keeps nothing.
#[tokio::test(flavor = "multi_thread")]
async fn who_made_an_unproven_account_keeps_neither_password_nor_session_nor_link() {
    let stack = stack().await;
    let stranger = stack.sign_up("ada").await;
    let reset = e2e::links::mint(&stack, &stranger, ADA, e2e::links::RESET).await;
    let token = mint_magic_link(&stack, ADA, in_five_minutes()).await;
    let done = by_program(&stack, &token, "").await;
    let owner = stranger.with_token(&done.field("token"));
    assert_eq!(owner.get("/api/user/profile").await.status, 200);
    assert_eq!(stranger.get("/api/user/profile").await.status, 401);
    assert_eq!(sign_in(&stack, ADA, PASSWORD).await.status, 401);
    let body = json!({ "newPassword": "another horse battery", "token": reset });
    let refused = post(&stack, "/api/auth/reset-password", &body).await;
    assert_eq!(refusal(&refused), (400, "INVALID_TOKEN".to_owned()));
    assert!(is_verified(&stack, &owner).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn check_31_a_link_works_once_for_five_minutes_and_of_many_uses_at_once_one_wins() {
    let stack = stack().await;
    let just_expired = Timestamp::from_milliseconds(Clock::System.now().milliseconds() - 1);
    let expired = mint_magic_link(&stack, ADA, just_expired).await;
    let before = rows(&stack).await;
    for token in [expired.as_str(), "", "a.b", &expired.replace('.', "")] {
        let refused = by_program(&stack, token, "&errorCallbackURL=%2Fsorry").await;
        assert_eq!(location(&refused), (302, "https://127.0.0.1/sorry?error=INVALID_TOKEN"));
    }
    assert_eq!(rows(&stack).await, before);
    for round in 0..3 {
        let email = format!("ada{round}@example.com");
        let token = mint_magic_link(&stack, &email, in_five_minutes()).await;
        let uses = (0..50).map(|n| {
            let request = by_program(&stack, &token, "").source_ip(&format!("192.0.2.{n}"));
            async move { request.await }
        });
        let outcomes = futures_util::future::join_all(uses).await;
        let won = outcomes.iter().filter(|response| response.status == 200).count();
        assert_eq!(won, 1);
        assert!(outcomes.iter().all(|response| [200, 302, 503].contains(&response.status)));
        let accounts = rows(&stack).await;
        let is_account = |row: &&serde_json::Value| row["email"]["S"] == email.as_str();
        assert_eq!(accounts.iter().filter(is_account).count(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn check_19_asking_for_a_link_tells_nothing_of_accounts() {
    let stack = Stack::builder().exact().start().await.unwrap();
    let ada = stack.sign_up("ada").await;
    stack.warm(&["sign-in-magic-link"]).await.unwrap();
    let job = json!({
        "purpose": "magic_link", "origin": OWN, "callback_url": "/home",
        "error_callback_url": "/sorry", "name": "Ada",
    });
    let emails = [ada.email.as_str(), "nobody@example.com"];
    let (shown, round_trips) = asking_is_alike(&stack, &emails, &job, |email| {
        let pages = json!({
            "email": email, "name": "Ada", "callbackURL": "/home", "errorCallbackURL": "/sorry",
        });
        post(&stack, ASK, &pages)
    })
    .await;
    assert_eq!((shown, round_trips), ((200, json!({ "status": true })), 2));
    let none = Stack::builder().parameter("MailSender", "").start().await.unwrap();
    let refused = post(&none, ASK, &json!({ "email": ADA })).await;
    assert_eq!(refusal(&refused), (400, "VERIFICATION_EMAIL_NOT_ENABLED".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_by_a_link_that_dies_is_done_or_can_be_done_again() {
    let stack = stack().await;
    for (who, writes) in [("new", 2), ("known", 1), ("unproven", 1)] {
        for (operation, skip) in
            [("BatchGetItem", 0), ("BatchGetItem", 1), ("TransactWriteItems", 0)]
        {
            if who == "new" && skip == 1 {
                continue;
            }
            for moment in MOMENTS {
                let name = format!("{who}{operation}{skip}{moment:?}").to_lowercase();
                let email = format!("{name}@example.com");
                if who != "new" {
                    let user = stack.sign_up(&name).await;
                    if who == "known" {
                        e2e::mailed::prove(&stack, &user).await;
                    }
                }
                let token = mint_magic_link(&stack, &email, in_five_minutes()).await;
                let request = by_program(&stack, &token, "");
                dies(&stack, "verify-magic-link", (operation, skip), moment, request).await;
                let again = by_program(&stack, &token, "").await;
                let is_done = operation == "TransactWriteItems" && moment == MOMENTS[1];
                assert_eq!(again.status, if is_done { 302 } else { 200 }, "{name} {writes}");
                // Whoever got no response asks for another link.
                let next = mint_magic_link(&stack, &email, in_five_minutes()).await;
                assert_eq!(by_program(&stack, &next, "").await.status, 200, "{name}");
            }
        }
    }
}
