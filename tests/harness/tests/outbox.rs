//! The outbox alone: what it takes, and how it shows it.

use harness::http::{Client, Response, StatusCode};
use harness::outbox::{MailFault, Outbox};
use serde_json::{Value, json};

fn mail(to: &str, text: &str) -> Value {
    let content = |data: &str| json!({ "Data": data, "Charset": "UTF-8" });
    let body = json!({ "Text": content(text), "Html": content("<b onclick='x'>hello</b>") });
    json!({
        "FromEmailAddress": "\"T\" <mail@example.com>",
        "Destination": { "ToAddresses": [to] },
        "Content": { "Simple": { "Subject": content("<script>alert(1)</script>"), "Body": body } },
        "EmailTags": [{ "Name": "type", "Value": "reset-password" }],
    })
}

async fn send(outbox: &Outbox, body: &Value) -> anyhow::Result<Response> {
    let request = hyper::Request::post(format!("{}/v2/email/outbound-emails", outbox.url()))
        .header("authorization", "AWS4-HMAC-SHA256 …")
        .body(body.to_string().into())?;
    Client::default().send(request).await
}

#[tokio::test]
async fn mails_are_listed_by_address_and_their_markup_is_shown_as_text() {
    let outbox = Outbox::start(0).await.unwrap();
    let link = "https://a.b/api/auth/verify-email?token=u.s&callbackURL=%2F";
    for (to, text) in
        [("ada@example.com", link), ("b@example.com", "none"), ("ada@example.com", "x")]
    {
        assert_eq!(send(&outbox, &mail(to, text)).await.unwrap().status(), 200);
    }
    let show = outbox.viewer();
    let list: Value = serde_json::from_slice(show(Some("to=Ada%40example.com")).body()).unwrap();
    let texts: Vec<&Value> = list.as_array().unwrap().iter().map(|mail| &mail["text"]).collect();
    assert_eq!(texts, [link, "x"]);
    assert_eq!(list[0]["url"], link);
    assert_eq!((&list[0]["token"], &list[0]["type"]), (&json!("u.s"), &json!("reset-password")));
    assert_eq!((&list[1]["url"], &list[1]["token"]), (&Value::Null, &Value::Null));
    let page = show(None);
    let policy = page.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'none'"), "{policy}");
    let text = String::from_utf8(page.body().to_vec()).unwrap();
    assert!(text.contains("&lt;script&gt;") && text.contains("&lt;b onclick=&#39;x&#39;&gt;"));
    assert!(
        !text.contains("<script") && !text.contains("<b ") && text.contains("<iframe sandbox ")
    );
}

#[tokio::test]
async fn faults_come_in_order_and_what_is_no_mail_is_refused() {
    let outbox = Outbox::start(0).await.unwrap();
    outbox.fail(MailFault::Throttle, 1);
    outbox.fail(MailFault::Reject("MessageRejected"), 1);
    outbox.fail(MailFault::HangUp, 1);
    outbox.fail(MailFault::HangUpAfter, 1);
    let mail = mail("ada@example.com", "x");
    for (status, kind) in [(429, "TooManyRequestsException"), (400, "MessageRejected")] {
        let response = send(&outbox, &mail).await.unwrap();
        assert_eq!(response.status(), StatusCode::from_u16(status).unwrap());
        assert_eq!(response.headers()["x-amzn-errortype"], kind);
    }
    assert!(send(&outbox, &mail).await.is_err());
    assert_eq!(outbox.mails().len(), 0);
    assert!(send(&outbox, &mail).await.is_err());
    assert_eq!(outbox.mails().len(), 1);
    assert_eq!(send(&outbox, &json!({ "a": 1 })).await.unwrap().status(), 400);
    // As a page of another origin would send it.
    let url = format!("{}/v2/email/outbound-emails", outbox.url());
    let forged = hyper::Request::post(url).body(mail.to_string().into()).unwrap();
    assert_eq!(Client::default().send(forged).await.unwrap().status(), 404);
    assert_eq!(outbox.mails().len(), 1);
}
