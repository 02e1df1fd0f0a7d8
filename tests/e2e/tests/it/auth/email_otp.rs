use e2e::mailed::{codes_key, in_five_minutes, mint_code, other_than, partition, prove};
use e2e::{PASSWORD, sign_in};
use harness::stack::{RequestBuilder, Stack};
use serde_json::json;
use shared::clock::{Clock, Timestamp};
use shared::model::CodePurpose;

use crate::helpers::accounts::{is_verified, refusal, rows};
use crate::helpers::alike::asking_is_alike;
use crate::helpers::better_auth::{COOKIE, OWN, look, post};
use crate::helpers::deaths::{MOMENTS, dies};
use crate::helpers::rows::{failures, failures_of_address, from_network};

pub const SEND: &str = "/api/auth/email-otp/send-verification-otp";
pub const SIGN_IN: &str = "/api/auth/sign-in/email-otp";
const CHECK: &str = "/api/auth/email-otp/check-verification-otp";
const VERIFY: &str = "/api/auth/email-otp/verify-email";
const ASK_RESET: &str = "/api/auth/email-otp/request-password-reset";
pub const RESET: &str = "/api/auth/email-otp/reset-password";
const ADA: &str = "ada@example.com";
const NEW: &str = "another horse battery";

fn send(stack: &Stack, email: &str, kind: &str) -> RequestBuilder {
    post(stack, SEND, &json!({ "email": email, "type": kind }))
}

fn signing_in(stack: &Stack, email: &str, code: &str) -> RequestBuilder {
    post(stack, SIGN_IN, &json!({ "email": email, "otp": code, "name": "Ada" }))
}

fn check(stack: &Stack, email: &str, code: &str) -> RequestBuilder {
    post(stack, CHECK, &json!({ "email": email, "type": "sign-in", "otp": code }))
}

fn reset(stack: &Stack, email: &str, code: &str) -> RequestBuilder {
    post(stack, RESET, &json!({ "email": email, "otp": code, "password": NEW }))
}

/// The code of the newest mail.
async fn mailed(stack: &Stack, email: &str, kind: &str) -> String {
    let mail = stack.next_mail(email).await;
    assert_eq!(mail.kind, kind);
    mail.code.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailed_code_makes_an_account_signs_in_and_is_used_up() {
    let stack = Stack::start().await;
    assert_eq!(send(&stack, "Ada@Example.com", "sign-in").await.json(), json!({ "success": true }));
    let code = mailed(&stack, ADA, "sign-in-code").await;
    let stored = stack.engine.query(&partition(ADA), "").await.unwrap();
    assert!(!json!(stored).to_string().contains(&code), "only its HMAC is stored");
    assert_eq!(check(&stack, ADA, &code).await.json(), json!({ "success": true }));
    // As a person may type it.
    let spaced = format!(" {} {} ", &code[..3], &code[3..]);
    let body = json!({ "email": ADA, "otp": spaced, "name": "Ada", "image": "https://a.b/c.png" });
    let new = post(&stack, SIGN_IN, &body).header("origin", OWN).await;
    let user = &new.json()["user"];
    assert_eq!(new.status, 200, "{}", new.text());
    assert_eq!(user["image"], "https://a.b/c.png");
    assert_eq!((&user["name"], &user["emailVerified"]), (&json!("Ada"), &json!(true)));
    assert!(new.set_cookies().iter().any(|cookie| cookie.starts_with(COOKIE)));
    let again = signing_in(&stack, ADA, &code).await;
    assert_eq!(refusal(&again), (400, "INVALID_OTP".to_owned()));
    assert_eq!(send(&stack, ADA, "sign-in").await.status, 200);
    let code = mailed(&stack, ADA, "sign-in-code").await;
    let known = signing_in(&stack, ADA, &code).await;
    assert_eq!(known.json()["user"], *user);
    assert_eq!(failures(&stack, &from_network(&failures_of_address(ADA), "127.0.0.1")).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_proves_an_address_and_another_chooses_a_password() {
    let stack = Stack::start().await;
    let ada = stack.sign_up("ada").await;
    assert_eq!(send(&stack, ADA, "email-verification").await.status, 200);
    let code = mailed(&stack, ADA, "verify-email-code").await;
    let wrong_purpose = signing_in(&stack, ADA, &code).await;
    assert_eq!(refusal(&wrong_purpose), (400, "INVALID_OTP".to_owned()));
    let proven = post(&stack, VERIFY, &json!({ "email": ADA, "otp": code })).await;
    let body = proven.json();
    assert_eq!((&body["status"], &body["token"]), (&json!(true), &json!(null)));
    assert_eq!(
        (&body["user"]["id"], &body["user"]["emailVerified"]),
        (&json!(ada.id), &json!(true))
    );
    assert!(is_verified(&stack, &ada).await && proven.set_cookies().is_empty());
    assert_eq!(ada.get("/api/user/profile").await.status, 200);

    for route in [
        (ASK_RESET, json!({ "email": ADA })),
        (SEND, json!({ "email": ADA, "type": "forget-password" })),
    ] {
        assert_eq!(post(&stack, route.0, &route.1).await.json(), json!({ "success": true }));
        let code = mailed(&stack, ADA, "reset-password-code").await;
        let magic = e2e::mailed::mint_magic_link(&stack, ADA, in_five_minutes()).await;
        let short = json!({ "email": ADA, "otp": code, "password": "short" });
        let refused = post(&stack, RESET, &short).outside_contract().await;
        assert_eq!(refusal(&refused), (400, "PASSWORD_TOO_SHORT".to_owned()));
        assert_eq!(reset(&stack, ADA, &code).await.json(), json!({ "success": true }));
        assert_eq!(ada.get("/api/user/profile").await.status, 401);
        assert_eq!(sign_in(&stack, ADA, PASSWORD).await.status, 401);
        assert_eq!(sign_in(&stack, ADA, NEW).await.status, 200);
        let path = format!("/api/auth/magic-link/verify?token={magic}");
        let void = stack.get(&path).header("sec-fetch-mode", "cors").await;
        assert_eq!(void.status, 302, "a link that was mailed before is void");
        let again = reset(&stack, ADA, &code).await;
        assert_eq!(refusal(&again), (400, "INVALID_OTP".to_owned()));
    }
    let other = send(&stack, ADA, "change-email").await;
    assert_eq!(refusal(&other), (400, "INVALID_OTP_TYPE".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_made_an_unproven_account_loses_it_to_the_codes_owner() {
    let stack = Stack::start().await;
    let stranger = stack.sign_up("ada").await;
    let code = mint_code(&stack, ADA, CodePurpose::SignIn, in_five_minutes()).await;
    let done = signing_in(&stack, ADA, &code).await;
    assert_eq!(done.json()["user"]["id"], stranger.id.as_str());
    assert_eq!(stranger.get("/api/user/profile").await.status, 401);
    assert_eq!(sign_in(&stack, ADA, PASSWORD).await.status, 401);
}

/// The address with an account, one without, and one for which nobody has asked for a code.
#[tokio::test(flavor = "multi_thread")]
async fn check_19_codes_tell_nothing_of_accounts() {
    let stack = Stack::builder().exact().start().await.unwrap();
    let ada = stack.sign_up("ada").await;
    stack.warm(&["send-verification-otp", "request-password-reset-otp"]).await.unwrap();
    let emails = [ada.email.as_str(), "nobody@example.com"];
    for (kind, purpose) in [
        ("sign-in", "sign_in_code"),
        ("email-verification", "verify_email_code"),
        ("forget-password", "reset_password_code"),
    ] {
        let job = json!({ "purpose": purpose, "origin": OWN });
        let (shown, trips) =
            asking_is_alike(&stack, &emails, &job, |email| send(&stack, email, kind)).await;
        assert_eq!((shown, trips), ((200, json!({ "success": true })), 2), "{kind}");
    }
    let mut seen = Vec::new();
    for email in emails {
        assert_eq!(send(&stack, email, "forget-password").await.status, 200);
        stack.deliver_stream().await.unwrap();
        let sent = stack.mails_to(email).pop().and_then(|mail| mail.code);
        let wrong = sent.as_deref().map_or("000000", other_than);
        let mut of_one = Vec::new();
        for _ in 0..4 {
            let (status, body, _) = look(&reset(&stack, email, wrong).await);
            of_one.push((status, body));
        }
        assert_eq!(of_one[2].1["code"], "INVALID_OTP");
        assert_eq!((of_one[3].0, &of_one[3].1["code"]), (403, &json!("TOO_MANY_ATTEMPTS")));
        seen.push(of_one);
    }
    assert_eq!(seen[0], seen[1]);
    assert!(stack.mails_to("nobody@example.com").is_empty());
    let never = reset(&stack, "never@example.com", "000000").await;
    assert_eq!(refusal(&never), (400, "INVALID_OTP".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn three_wrong_codes_end_one_and_fifty_at_once_reveal_no_more() {
    let stack = Stack::start().await;
    for round in 0..3 {
        let email = format!("ada{round}@example.com");
        let code = mint_code(&stack, &email, CodePurpose::SignIn, in_five_minutes()).await;
        let wrong = other_than(&code);
        let guesses = (0..50).map(|n| {
            // Each from another network, so that none is locked.
            let request = signing_in(&stack, &email, wrong).source_ip(&format!("192.0.2.{n}"));
            async move { request.await }
        });
        let outcomes = futures_util::future::join_all(guesses).await;
        let told = outcomes.iter().filter(|response| response.status == 400).count();
        assert_eq!(told, 3, "as many were compared");
        assert!(outcomes.iter().all(|response| [400, 403, 503].contains(&response.status)));
        let right = signing_in(&stack, &email, &code).await;
        assert_eq!(refusal(&right), (403, "TOO_MANY_ATTEMPTS".to_owned()));
        let next = mint_code(&stack, &email, CodePurpose::SignIn, in_five_minutes()).await;
        assert_eq!(signing_in(&stack, &email, &next).await.status, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn check_28_wrong_codes_lock_an_address_as_wrong_passwords_do() {
    let stack = Stack::start().await;
    let ada = stack.sign_up("ada").await;
    for _ in 0..5 {
        let code = mint_code(&stack, ADA, CodePurpose::SignIn, in_five_minutes()).await;
        let wrong = signing_in(&stack, ADA, other_than(&code)).source_ip("192.0.2.1").await;
        assert_eq!(refusal(&wrong), (400, "INVALID_OTP".to_owned()));
    }
    let code = mint_code(&stack, ADA, CodePurpose::SignIn, in_five_minutes()).await;
    assert_eq!(signing_in(&stack, ADA, &code).source_ip("192.0.2.1").await.status, 429);
    let password = json!({ "email": ADA, "password": PASSWORD });
    let locked = post(&stack, "/api/auth/signin", &password).source_ip("192.0.2.1").await;
    assert_eq!(locked.status, 429);
    assert_eq!(ada.get("/api/user/profile").await.status, 200, "sessions go on");
    assert_eq!(signing_in(&stack, ADA, &code).await.status, 200, "another network is not locked");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_code_and_text_that_is_no_code_change_nothing() {
    let stack = Stack::start().await;
    let expired = Timestamp::from_milliseconds(Clock::System.now().milliseconds() - 1);
    let code = mint_code(&stack, ADA, CodePurpose::SignIn, expired).await;
    let key = codes_key(CodePurpose::SignIn);
    let before = stack.engine.get_item(&partition(ADA), &key).await.unwrap();
    let late = signing_in(&stack, ADA, &code).await;
    assert_eq!(refusal(&late), (400, "OTP_EXPIRED".to_owned()));
    for text in ["", "12345", "1234567", "12345a", "١٢٣٤٥٦"] {
        let refused = signing_in(&stack, ADA, text).await;
        assert_eq!(refusal(&refused), (400, "INVALID_OTP".to_owned()), "{text}");
    }
    assert_eq!(stack.engine.get_item(&partition(ADA), &key).await.unwrap(), before);
    let nobody = json!({ "email": "nobody", "otp": "123456" });
    assert_eq!(post(&stack, SIGN_IN, &nobody).outside_contract().await.code(), "INVALID_EMAIL");
    assert!(
        stack
            .engine
            .get_item(&format!("EMAIL#{}", crate::helpers::rows::sha256(ADA)), "CREDENTIAL")
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_gets_ten_links_and_codes_in_ten_minutes() {
    let stack = Stack::start().await;
    crate::helpers::windows::far_from_the_end().await;
    for n in 0..5 {
        let network = format!("192.0.2.{n}");
        for email in [ADA, "nobody@example.com"] {
            assert_eq!(send(&stack, email, "sign-in").source_ip(&network).await.status, 200);
            let link = post(&stack, super::magic_link::ASK, &json!({ "email": email }));
            assert_eq!(link.source_ip(&network).await.status, 200);
        }
    }
    let seen = [ADA, "nobody@example.com"].map(|email| send(&stack, email, "sign-in"));
    for request in seen {
        assert_eq!(refusal(&request.await), (429, "TOO_MANY_REQUESTS".to_owned()));
    }
    assert_eq!(send(&stack, "eve@example.com", "sign-in").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_code_does_is_done_or_can_be_done_again_after_a_death() {
    let stack = Stack::start().await;
    let calls =
        [("UpdateItem", 0), ("BatchGetItem", 0), ("BatchGetItem", 1), ("TransactWriteItems", 0)];
    for (function, purpose) in [
        ("sign-in-email-otp", CodePurpose::SignIn),
        ("verify-email-otp", CodePurpose::VerifyEmail),
        ("reset-password-otp", CodePurpose::ResetPassword),
    ] {
        for (operation, skip) in calls {
            for moment in MOMENTS {
                let name = format!("{function}{operation}{skip}{moment:?}").to_lowercase();
                let user = stack.sign_up(&name.replace('-', "")).await;
                prove(&stack, &user).await;
                let code = mint_code(&stack, &user.email, purpose, in_five_minutes()).await;
                let request = || match purpose {
                    CodePurpose::SignIn => signing_in(&stack, &user.email, &code),
                    CodePurpose::VerifyEmail => {
                        post(&stack, VERIFY, &json!({ "email": user.email, "otp": code }))
                    }
                    CodePurpose::ResetPassword => reset(&stack, &user.email, &code),
                };
                dies(&stack, function, (operation, skip), moment, request()).await;
                let again = request().await;
                let is_done = operation == "TransactWriteItems" && moment == MOMENTS[1];
                assert_eq!(again.status, if is_done { 400 } else { 200 }, "{name}");
            }
        }
    }
    assert!(!rows(&stack).await.is_empty());
}
