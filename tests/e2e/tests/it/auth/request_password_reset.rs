use e2e::links::{forget_mails, mails};
use harness::stack::Stack;
use serde_json::json;

use super::reset_password::{REQUEST, ask};
use crate::helpers::accounts::refusal;
use crate::helpers::alike::asking_is_alike;
use crate::helpers::better_auth::{look, post};
use crate::helpers::windows::far_from_the_end;

const PAGE: &str = "https://app.example.com/reset";

#[tokio::test(flavor = "multi_thread")]
async fn check_19_asking_for_a_reset_tells_nothing_of_accounts() {
    let stack = Stack::builder().exact().start().await.unwrap();
    let ada = stack.sign_up("ada").await;
    stack.warm(&["request-password-reset"]).await.unwrap();
    let emails = [ada.email.as_str(), "nobody@example.com"];
    let job = json!({
        "purpose": "reset_password", "origin": "https://127.0.0.1", "callback_url": "/reset",
    });
    let (shown, round_trips) =
        asking_is_alike(&stack, &emails, &job, |email| ask(&stack, email)).await;
    let text = "If this email exists in our system, check your email for the reset link";
    assert_eq!(shown, (200, json!({ "status": true, "message": text })));
    assert_eq!(round_trips, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_link_leads_to_a_trusted_page_or_to_the_configured_one() {
    let builder = Stack::builder().parameter("TrustedOrigins", "https://app.example.com");
    let stack = builder.parameter("ResetPasswordUrl", PAGE).start().await.unwrap();
    for other in ["https://evil.com/reset", "//evil.com", "javascript:alert(1)", "reset"] {
        let body = json!({ "email": "ada@example.com", "redirectTo": other });
        let refused = post(&stack, REQUEST, &body).await;
        assert_eq!(refusal(&refused), (403, "INVALID_REDIRECT_URL".to_owned()), "{other}");
    }
    assert!(mails(&stack).await.is_empty());
    for (sent, stored) in [
        (json!("/reset?a=1"), "/reset?a=1"),
        (json!("https://app.example.com/r"), "https://app.example.com/r"),
        (json!(""), PAGE),
    ] {
        let body = json!({ "email": "ada@example.com", "redirectTo": sent });
        assert_eq!(post(&stack, REQUEST, &body).await.status, 200);
        assert_eq!(mails(&stack).await[0]["callback_url"], stored);
        forget_mails(&stack).await;
    }
    let body = json!({ "email": "ada@example.com" });
    assert_eq!(post(&stack, REQUEST, &body).await.status, 200);
    assert_eq!(mails(&stack).await[0]["callback_url"], PAGE);
    for body in [json!({}), json!({ "email": "nobody" }), json!({ "email": null })] {
        let refused = post(&stack, REQUEST, &body).await;
        assert_eq!(refusal(&refused), (400, "VALIDATION_ERROR".to_owned()), "{body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_sender_no_reset_is_promised() {
    let stack = Stack::builder().parameter("MailSender", "").start().await.unwrap();
    let refused = ask(&stack, "ada@example.com").await;
    assert_eq!(refusal(&refused), (400, "RESET_PASSWORD_DISABLED".to_owned()));
    assert!(mails(&stack).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_asks_for_a_limited_number_of_mails() {
    let stack = Stack::builder().parameter("MailsPerAddress", "3").start().await.unwrap();
    far_from_the_end().await;
    stack.sign_up("ada").await;
    for email in ["ada@example.com", "nobody@example.com", "ada@example.com"] {
        assert_eq!(ask(&stack, email).await.status, 200);
    }
    let mut refused = Vec::new();
    for email in ["ada@example.com", "nobody@example.com"] {
        let response = ask(&stack, email).await;
        assert_eq!(refusal(&response), (429, "TOO_MANY_REQUESTS".to_owned()));
        refused.push(look(&response).1);
    }
    assert_eq!(refused[0], refused[1]);
    let verification = json!({ "email": "ada@example.com" });
    let other = post(&stack, "/api/auth/send-verification-email", &verification).await;
    assert_eq!(other.status, 429, "all mails count together");
    assert_eq!(mails(&stack).await.len(), 3);
    assert_eq!(ask(&stack, "ada@example.com").source_ip("192.0.2.1").await.status, 200);
}
