use harness::proxy::{Effect, Rule};
use harness::stack::Stack;
use serde_json::{Value, json};

use crate::helpers::deaths::MOMENTS;
use crate::helpers::mails::job;

/// What SNS gives the function: one message for each report.
fn event(reports: &[Value]) -> Value {
    let record = |report: &Value| {
        let message = report.as_str().map_or_else(|| report.to_string(), str::to_owned);
        json!({ "EventSource": "aws:sns", "EventVersion": "1.0", "Sns": { "Type": "Notification", "Message": message } })
    };
    json!({ "Records": reports.iter().map(record).collect::<Vec<_>>() })
}

/// A bounce as SES documents it. An event says `eventType`, a notification `notificationType`.
fn bounce(form: &str, kind: &str, to: &str) -> Value {
    json!({
        form: "Bounce",
        "bounce": {
            "bounceType": kind, "bounceSubType": "General", "feedbackId": "0100-000000",
            "bouncedRecipients": [{ "emailAddress": to, "action": "failed", "status": "5.1.1" }],
            "timestamp": "2026-01-01T00:00:00.000Z",
        },
        "mail": { "destination": [to], "messageId": "0100-000000" },
    })
}

fn complaint(form: &str, kind: &str, to: &str) -> Value {
    json!({
        form: "Complaint",
        "complaint": {
            "complaintFeedbackType": kind, "complainedRecipients": [{ "emailAddress": to }],
            "timestamp": "2026-01-01T00:00:00.000Z",
        },
        "mail": { "destination": [to], "messageId": "0100-000000" },
    })
}

/// Who of these gets a mail that they ask for.
async fn reached(stack: &Stack, names: &[&str]) -> Vec<bool> {
    for name in names {
        job(stack, "reset_password", &format!("{name}@example.com"), None).await;
    }
    stack.deliver_stream().await.unwrap();
    names.iter().map(|name| !stack.mails_to(&format!("{name}@example.com")).is_empty()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_bounced_or_complained_gets_nothing_more_and_others_get_theirs() {
    let stack = Stack::start().await;
    let names = ["ada", "bob", "carol", "dave", "eve", "frank"];
    for name in names {
        stack.sign_up(name).await;
    }
    let reports = [
        bounce("eventType", "Permanent", "Ada@Example.com"),
        bounce("notificationType", "Permanent", "Bob <bob@example.com>"),
        complaint("eventType", "abuse", "carol@example.com"),
        bounce("eventType", "Transient", "dave@example.com"),
        bounce("notificationType", "Undetermined", "dave@example.com"),
        complaint("notificationType", "not-spam", "eve@example.com"),
        json!({ "eventType": "Delivery", "delivery": { "recipients": ["frank@example.com"] } }),
    ];
    assert_eq!(stack.invoke("note-bounce", &event(&reports)).await.unwrap(), json!(3));
    assert_eq!(reached(&stack, &names).await, [false, false, false, true, true, true]);
    assert_eq!(stack.engine.count("MAILS", "").await.unwrap(), 0);
    let logged = stack.log_line("send-mail", "come back").await.unwrap();
    assert!(!logged.contains('@'), "{logged}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_malformed_report_is_logged_and_keeps_no_other_waiting() {
    let stack = Stack::start().await;
    stack.sign_up("ada").await;
    let mut odd = bounce("eventType", "Permanent", "nobody");
    let recipients = odd["bounce"]["bouncedRecipients"].as_array_mut().unwrap();
    recipients.push(json!({ "emailAddress": ["ada"] }));
    let reports = [
        json!("Successfully validated SNS topic for Amazon SES event publishing."),
        json!({ "eventType": "Bounce" }),
        json!([1]),
        odd,
        bounce("eventType", "Permanent", "ada@example.com"),
    ];
    assert_eq!(stack.invoke("note-bounce", &event(&reports)).await.unwrap(), json!(1));
    stack.log_line("note-bounce", "no report of SES").await.unwrap();
    let logged = stack.log_line("note-bounce", "no address").await.unwrap();
    assert!(!logged.contains("nobody"), "{logged}");
    assert_eq!(reached(&stack, &["ada"]).await, [false]);
    for empty in [json!({}), json!({ "Records": [{}] })] {
        assert_eq!(stack.invoke("note-bounce", &empty).await.unwrap(), json!(0));
    }
}

/// Lambda gives the event again.
#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_not_lost_while_the_table_is_busy() {
    let stack = Stack::start().await;
    stack.sign_up("ada").await;
    let busy = Rule::new(Effect::Throttle);
    stack.proxy.inject(busy.function("note-bounce").operation("UpdateItem").always());
    let event = event(&[bounce("eventType", "Permanent", "ada@example.com")]);
    assert!(stack.invoke("note-bounce", &event).await.is_err());
    stack.proxy.clear_faults();
    for _ in 0..2 {
        assert_eq!(stack.invoke("note-bounce", &event).await.unwrap(), json!(1));
    }
    assert_eq!(reached(&stack, &["ada"]).await, [false]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_whose_function_dies_is_noted_the_next_time() {
    let stack = Stack::start().await;
    for moment in MOMENTS {
        let name = format!("{moment:?}").to_lowercase();
        stack.sign_up(&name).await;
        let event = event(&[bounce("eventType", "Permanent", &format!("{name}@example.com"))]);
        stack.warm(&["note-bounce"]).await.unwrap();
        let rule = Rule::new(moment).function("note-bounce").operation("UpdateItem");
        let held = stack.proxy.inject(rule);
        let (died, ()) = tokio::join!(stack.invoke("note-bounce", &event), async {
            held.reached(1).await.unwrap();
            stack.runtime.kill("note-bounce").await.unwrap();
            held.release();
        });
        assert!(died.is_err(), "{name}");
        stack.proxy.clear_faults();
        assert_eq!(stack.invoke("note-bounce", &event).await.unwrap(), json!(1), "{name}");
        assert_eq!(reached(&stack, &[&name]).await, [false], "{name}");
    }
}
