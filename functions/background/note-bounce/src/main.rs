//! background: stores which addresses' mails come back for good, so that they get no more mails.
//!
//! SES reports bounces and complaints to an SNS topic, in one of two forms that differ in a name.

use serde_json::Value;
use shared::app::App;
use shared::clock::Timestamp;
use shared::http::{Exit, Result, serve_background};
use shared::log;
use shared::text::Email;

async fn note_bounce(app: &'static App, event: Value, _: Option<Timestamp>) -> Result<Value> {
    let records = event.get("Records").and_then(Value::as_array);
    let mut noted = 0;
    for record in records.into_iter().flatten() {
        let message = record.pointer("/Sns/Message").and_then(Value::as_str).unwrap_or_default();
        let Ok(report) = serde_json::from_str::<Value>(message) else {
            // Such as the message with which SES tries the topic.
            tracing::warn!("a message of the topic is no report of SES");
            continue;
        };
        for recipient in recipients(&report) {
            let Some(email) = address(recipient) else {
                tracing::warn!("a report of SES names a recipient that is no address");
                continue;
            };
            app.store.mails().mark_bounced(&email).await?;
            noted += 1;
        }
    }
    log::note("noted", noted);
    Ok(noted.into())
}

/// Those who get no more mails: a permanent bounce, or a complaint that is one.
fn recipients(report: &Value) -> &[Value] {
    let text = |pointer: &str| report.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let kind = [text("/eventType"), text("/notificationType")];
    let list = if kind.contains(&"Bounce") && text("/bounce/bounceType") == "Permanent" {
        "/bounce/bouncedRecipients"
    } else if kind.contains(&"Complaint") && text("/complaint/complaintFeedbackType") != "not-spam"
    {
        "/complaint/complainedRecipients"
    } else {
        return &[];
    };
    report.pointer(list).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// The address of a recipient, who may have a name before it.
fn address(recipient: &Value) -> Option<Email> {
    let text = recipient.get("emailAddress")?.as_str()?.trim();
    let bare = text.rsplit_once('<').map_or(text, |(_, rest)| rest.trim_end_matches('>'));
    Email::try_from(bare.to_owned()).ok()
}

fn main() -> Exit {
    serve_background(note_bounce)
}
