//! The links of mails from the request to their effect, with the mails that are really sent. A program
//! that looks at every link of a mail comes first.

use e2e::{PASSWORD, sign_in, sign_up_body};
use harness::Method;
use harness::outbox::Mail;
use harness::stack::{RequestBuilder, Response, Stack};
use serde_json::json;

use crate::helpers::better_auth::{look, new_user, post};

const NEW: &str = "another horse battery";

/// What a browser would open: path and query of a mail's link.
fn path_of(mail: &Mail) -> &str {
    mail.url.as_deref().unwrap().strip_prefix("https://127.0.0.1").unwrap()
}

/// Looks at the link as programs do that search mails for bad ones.
async fn scan(stack: &Stack, mail: &Mail) {
    for accept in [None, Some("*/*"), Some("text/html"), Some("text/html,application/json")] {
        for method in [Method::GET, Method::HEAD, Method::GET] {
            let request = stack.call(method, path_of(mail)).outside_contract();
            match accept {
                Some(accept) => request.header("accept", accept).await,
                None => request.await,
            };
        }
    }
}

/// Opens the link in a browser and presses the button of its page.
async fn press(stack: &Stack, mail: &Mail) -> Response {
    let page = stack.get(path_of(mail)).header("sec-fetch-mode", "navigate").await;
    assert_eq!(page.status, 200, "{}", page.text());
    let html = page.text();
    let field = |name: &str| {
        let begin = format!("name=\"{name}\" value=\"");
        let value = html.split(&begin).nth(1).unwrap().split('"').next().unwrap();
        value.replace(':', "%3A").replace('/', "%2F")
    };
    let body = format!("token={}&callbackURL={}", field("token"), field("callbackURL"));
    let request = stack.post("/api/auth/verify-email").header("origin", "null").body(body);
    request.header("content-type", "application/x-www-form-urlencoded").await
}

fn reset(stack: &Stack, token: &str) -> RequestBuilder {
    post(stack, "/api/auth/reset-password", &json!({ "newPassword": NEW, "token": token }))
}

fn ask(stack: &Stack, email: &str) -> RequestBuilder {
    let body = json!({ "email": email, "redirectTo": "/reset" });
    post(stack, "/api/auth/request-password-reset", &body)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_password_is_reset_by_the_mail() {
    let stack = Stack::start().await;
    let ada = stack.sign_up("ada").await;
    assert_eq!(ask(&stack, &ada.email).await.status, 200);
    assert_eq!(ask(&stack, "nobody@example.com").await.status, 200);
    let mail = stack.next_mail(&ada.email).await;
    assert_eq!(mail.kind, "reset-password");
    assert!(stack.mails_to("nobody@example.com").is_empty());
    scan(&stack, &mail).await;
    let opened = stack.get(path_of(&mail)).await;
    let token = mail.token.unwrap();
    let page = format!("https://127.0.0.1/reset?token={token}");
    assert_eq!((opened.status, opened.header("location")), (302, Some(page.as_str())));
    assert_eq!(reset(&stack, &token).await.status, 200);
    assert_eq!(reset(&stack, &token).await.code(), "INVALID_TOKEN");
    assert_eq!(sign_in(&stack, &ada.email, NEW).await.status, 200);
    assert_eq!(sign_in(&stack, &ada.email, PASSWORD).await.status, 401);
    assert_eq!(ada.get("/api/user/profile").await.status, 401);
}

/// However often a stranger asks, the links of the last three mails are valid, which the owner has.
#[tokio::test(flavor = "multi_thread")]
async fn check_31_a_strangers_requests_do_not_close_the_owners_path() {
    let stack = Stack::start().await;
    let ada = stack.sign_up("ada").await;
    assert_eq!(ask(&stack, &ada.email).await.status, 200);
    let first = stack.next_mail(&ada.email).await;
    for _ in 0..10 {
        assert_eq!(ask(&stack, &ada.email).source_ip("192.0.2.1").await.status, 200);
        stack.deliver_stream().await.unwrap();
    }
    let mails = stack.mails_to(&ada.email);
    assert_eq!(mails.len(), 11);
    for (n, mail) in mails.iter().enumerate() {
        let opened = stack.get(path_of(mail)).await;
        let location = opened.header("location").unwrap();
        assert_eq!(location.contains("token="), n >= 8, "mail {n}: {location}");
    }
    assert_eq!(reset(&stack, &first.token.unwrap()).await.status, 400);
    assert_eq!(reset(&stack, mails[8].token.as_deref().unwrap()).await.status, 200);
    assert_eq!(sign_in(&stack, &ada.email, NEW).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_verified_and_changed_by_mails() {
    let stack = Stack::start().await;
    let ada = stack.sign_up("ada").await;
    let body = json!({ "email": ada.email, "callbackURL": "/welcome" });
    assert_eq!(post(&stack, "/api/auth/send-verification-email", &body).await.status, 200);
    let mail = stack.next_mail(&ada.email).await;
    assert_eq!(mail.kind, "verify-email");
    scan(&stack, &mail).await;
    let pressed = press(&stack, &mail).await;
    let next = Some("https://127.0.0.1/welcome");
    assert_eq!((pressed.status, pressed.header("location")), (303, next));
    let user = ada.get("/api/auth/get-session").await.json()["user"].clone();
    assert_eq!(user["emailVerified"], true);

    let (new, taken) = ("ada.lovelace@example.com", stack.sign_up("eve").await.email);
    for email in [new, &taken] {
        let request = ada.post("/api/auth/change-email").json(&json!({ "newEmail": email }));
        assert_eq!(request.await.status, 200);
    }
    let mail = stack.next_mail(new).await;
    assert_eq!(mail.kind, "change-email");
    assert!(stack.mails_to(&taken).is_empty());
    scan(&stack, &mail).await;
    assert_eq!(press(&stack, &mail).await.status, 303);
    let told = stack.next_mail(&ada.email).await;
    assert_eq!((told.kind.as_str(), told.url), ("email-changed", None));
    assert_eq!(sign_in(&stack, new, PASSWORD).await.status, 200);
    assert_eq!(sign_in(&stack, &ada.email, PASSWORD).await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn f10_where_addresses_must_be_proven_the_mail_lets_in() {
    let builder = Stack::builder().parameter("RequireVerifiedEmail", "true");
    let stack = builder.start().await.unwrap();
    let email = "ada@example.com";
    assert_eq!(post(&stack, "/api/auth/signup", &sign_up_body(email)).await.status, 201);
    let first = stack.next_mail(email).await;
    assert_eq!(first.kind, "verify-email");
    assert_eq!(sign_in(&stack, email, PASSWORD).await.code(), "EMAIL_NOT_VERIFIED");
    let second = stack.next_mail(email).await;
    assert_eq!(second.kind, "verify-email");
    scan(&stack, &second).await;
    assert_eq!(press(&stack, &second).await.status, 303);
    assert_eq!(sign_in(&stack, email, PASSWORD).await.status, 200);
    // Whoever signs up with it again learns nothing; its owner is told.
    let again = post(&stack, "/api/auth/sign-up/email", &new_user(email)).await;
    let other = post(&stack, "/api/auth/sign-up/email", &new_user("eve@example.com")).await;
    assert_eq!((again.status, look(&again).2), (other.status, look(&other).2));
    let told = stack.next_mail(email).await;
    assert_eq!(told.kind, "account-exists");
    assert_eq!(sign_in(&stack, email, PASSWORD).await.status, 200);
}
