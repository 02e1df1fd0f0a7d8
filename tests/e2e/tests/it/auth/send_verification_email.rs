use e2e::links::{forget_mails, mails};
use harness::stack::Stack;
use serde_json::json;

use crate::helpers::accounts::refusal;
use crate::helpers::alike::asking_is_alike;
use crate::helpers::better_auth::{COOKIE, OWN, post};
use crate::helpers::deaths::{MOMENTS, dies};

const SEND: &str = "/api/auth/send-verification-email";

#[tokio::test(flavor = "multi_thread")]
async fn check_19_asking_for_a_verification_tells_nothing_of_accounts() {
    let stack = Stack::builder().exact().start().await.unwrap();
    let (ada, eve) = (stack.sign_up("ada").await, stack.sign_up("eve").await);
    let yes = json!({ "BOOL": true });
    let pk = format!("USER#{}", eve.id);
    stack.engine.set(&pk, "ACCOUNT", &[("email_verified", yes)]).await.unwrap();
    stack.warm(&["send-verification-email"]).await.unwrap();
    let emails = [ada.email.as_str(), "nobody@example.com", &eve.email];
    let job = json!({
        "purpose": "verify_email", "origin": "https://127.0.0.1", "callback_url": "/welcome",
    });
    let (shown, round_trips) = asking_is_alike(&stack, &emails, &job, |email| {
        post(&stack, SEND, &json!({ "email": email, "callbackURL": "/welcome" }))
    })
    .await;
    assert_eq!(shown, (200, json!({ "status": true })));
    assert_eq!(round_trips, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_in_user_is_told_why_there_is_no_mail() {
    let stack = Stack::start().await;
    let ada = stack.sign_up("ada").await;
    let by_cookie =
        |body: &serde_json::Value| post(&stack, SEND, body).cookie(COOKIE, &ada.token).origin(OWN);
    let own = json!({ "email": ada.email });
    let other = json!({ "email": "eve@example.com" });
    for request in [ada.post(SEND).json(&other), by_cookie(&other)] {
        assert_eq!(refusal(&request.await), (400, "EMAIL_MISMATCH".to_owned()));
    }
    for request in [ada.post(SEND).json(&own), by_cookie(&own)] {
        assert_eq!(request.await.status, 200);
    }
    assert_eq!(mails(&stack).await.len(), 2);
    forget_mails(&stack).await;
    let yes = json!({ "BOOL": true });
    let pk = format!("USER#{}", ada.id);
    stack.engine.set(&pk, "ACCOUNT", &[("email_verified", yes)]).await.unwrap();
    for request in [ada.post(SEND).json(&own), by_cookie(&own)] {
        assert_eq!(refusal(&request.await), (400, "EMAIL_ALREADY_VERIFIED".to_owned()));
    }
    assert!(mails(&stack).await.is_empty());
    // A session that has ended is none.
    assert_eq!(ada.post("/api/auth/sign-out").await.status, 200);
    assert_eq!(ada.post(SEND).json(&own).await.status, 200);
    let evil = json!({ "email": ada.email, "callbackURL": "https://evil.com" });
    let refused = post(&stack, SEND, &evil).await;
    assert_eq!(refusal(&refused), (403, "INVALID_CALLBACK_URL".to_owned()));
    let refused = by_cookie(&own).replace("origin", &["https://evil.com"]).await;
    assert_eq!(refusal(&refused), (403, "INVALID_ORIGIN".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_sender_no_verification_is_promised() {
    let stack = Stack::builder().parameter("MailSender", "").start().await.unwrap();
    let refused = post(&stack, SEND, &json!({ "email": "ada@example.com" })).await;
    assert_eq!(refusal(&refused), (400, "VERIFICATION_EMAIL_NOT_ENABLED".to_owned()));
}

/// Without a page in the request, the link goes on to the configured one.
#[tokio::test(flavor = "multi_thread")]
async fn a_verification_link_goes_on_to_the_configured_page() {
    let page = "https://app.example.com/welcome";
    let stack = Stack::builder().parameter("VerifyEmailUrl", page).start().await.unwrap();
    assert_eq!(post(&stack, SEND, &json!({ "email": "ada@example.com" })).await.status, 200);
    assert_eq!(mails(&stack).await[0]["callback_url"], page);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_for_a_verification_that_dies_can_be_made_again() {
    let stack = Stack::start().await;
    let ada = stack.sign_up("ada").await;
    let ask = || ada.post(SEND).json(&json!({ "email": ada.email }));
    for operation in ["BatchGetItem", "UpdateItem", "PutItem"] {
        for moment in MOMENTS {
            forget_mails(&stack).await;
            dies(&stack, "send-verification-email", (operation, 0), moment, ask()).await;
            assert_eq!(ask().await.status, 200);
            let count = mails(&stack).await.len();
            assert!((1..=2).contains(&count), "{operation} {moment:?}: {count} mails");
        }
    }
}
