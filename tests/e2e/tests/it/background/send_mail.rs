use harness::outbox::MailFault;
use harness::proxy::{Effect, Rule};
use harness::stack::Stack;
use serde_json::{Value, json};

use crate::helpers::mails::{all_done, is_valid, job, job_since, left, records, verify};

pub const ADA: &str = "ada@example.com";
const DAILY: &str = r#"{"source":"aws.events","detail-type":"Scheduled Event","detail":{}}"#;

pub async fn run(stack: &Stack, jobs: &[String]) -> Value {
    stack.invoke("send-mail", &records(jobs)).await.unwrap()
}

async fn run_daily(stack: &Stack) -> Value {
    stack.invoke("send-mail", &serde_json::from_str(DAILY).unwrap()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_purpose_sends_its_mail_with_a_link_that_is_valid() {
    let stack = Stack::start().await;
    let ada = stack.sign_up("ada").await;
    let api = "https://api.example.com/api/auth";
    let mut secrets = Vec::new();
    for (purpose, kind, to, user_id, token) in [
        ("reset_password", "reset-password", ADA, None, "RESET_PASSWORD"),
        ("verify_email", "verify-email", ADA, None, "VERIFY_EMAIL"),
        ("sign_up", "verify-email", ADA, None, "VERIFY_EMAIL"),
        ("change_email", "change-email", "new@example.com", Some(&ada.id), "CHANGE_EMAIL"),
        ("delete_user", "delete-user", ADA, Some(&ada.id), "DELETE_USER"),
    ] {
        job(&stack, purpose, to, user_id.map(String::as_str)).await;
        let mail = stack.next_mail(to).await;
        assert_eq!((mail.kind.as_str(), mail.to.as_str()), (kind, to), "{purpose}");
        assert_eq!(mail.from, "\"Tessera\" <mail@example.com>");
        let (url, secret) = (mail.url.clone().unwrap(), mail.token.clone().unwrap());
        let expected = match purpose {
            "reset_password" => format!("{api}/reset-password/{secret}?callbackURL="),
            "delete_user" => {
                format!("{api}/delete-user/callback?token={secret}&callbackURL=%2F")
            }
            _ => format!("{api}/verify-email?token={secret}&callbackURL=%2F"),
        };
        assert_eq!(url, expected, "{purpose}");
        assert!(mail.html.contains(&secret) && mail.text.contains(&url), "{purpose}");
        assert!(is_valid(&stack, &ada, token, &mail).await, "{purpose}");
        assert_eq!(left(&stack).await, 0, "{purpose}");
        secrets.push(secret);
    }
    let stored = Value::from(stack.engine.all_items().await.unwrap()).to_string();
    assert_eq!(secrets.len(), 5);
    for secret in secrets {
        let (_, secret) = secret.split_once('.').unwrap();
        assert!(secret.len() >= 22 && !stored.contains(secret), "no row contains a token");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn notices_have_no_link() {
    let stack = Stack::start().await;
    let ada = stack.sign_up("ada").await;
    verify(&stack, &ada).await;
    for (purpose, kind, to) in
        [("sign_up", "account-exists", ADA), ("email_changed", "email-changed", "old@example.com")]
    {
        job(&stack, purpose, to, Some(&ada.id)).await;
        let mail = stack.next_mail(to).await;
        assert_eq!((mail.kind.as_str(), mail.url, mail.token), (kind, None, None));
        assert!(mail.text.contains(to) && !mail.html.contains("<a "), "{}", mail.text);
    }
    assert_eq!(stack.engine.query(&format!("USER#{}", ada.id), "TOKEN#").await.unwrap().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_no_need_of_a_mail_gets_none_and_no_job_is_left() {
    let stack = Stack::start().await;
    let (ada, eve) = (stack.sign_up("ada").await, stack.sign_up("eve").await);
    verify(&stack, &ada).await;
    for (purpose, to, user_id) in [
        ("reset_password", "nobody@example.com", None),
        ("verify_email", "nobody@example.com", None),
        ("sign_up", "nobody@example.com", None),
        // It is verified.
        ("verify_email", ADA, None),
        // It is somebody's.
        ("change_email", ADA, Some(&eve.id)),
        // It is not that user's.
        ("delete_user", ADA, Some(&eve.id)),
    ] {
        job(&stack, purpose, to, user_id.map(String::as_str)).await;
        stack.deliver_stream().await.unwrap();
        assert_eq!(left(&stack).await, 0, "{purpose} to {to}");
    }
    assert_eq!(stack.outbox.mails(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_twice_in_the_stream_is_one_mail() {
    let stack = Stack::start().await;
    stack.sign_up("ada").await;
    let sk = job(&stack, "reset_password", ADA, None).await;
    assert_eq!(run(&stack, &[sk.clone(), sk.clone()]).await, all_done());
    assert_eq!(run(&stack, &[sk]).await, all_done());
    assert_eq!(stack.mails_to(ADA).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_jobs_at_once_are_fifty_mails() {
    let stack = Stack::start().await;
    stack.sign_up("ada").await;
    for n in 0..50 {
        job(&stack, "email_changed", &format!("user{n}@example.com"), None).await;
    }
    assert!(stack.deliver_stream().await.unwrap() >= 50);
    let mut to: Vec<String> = stack.outbox.mails().into_iter().map(|mail| mail.to).collect();
    to.sort();
    to.dedup();
    assert_eq!((to.len(), stack.outbox.mails().len(), left(&stack).await), (50, 50, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_malformed_job_stops_no_other() {
    let stack = Stack::start().await;
    stack.sign_up("ada").await;
    let malformed = json!({ "pk": { "S": "MAILS" }, "sk": { "S": "!first" }, "to": { "S": "ada@example.com" } });
    stack.engine.put_item(malformed).await.unwrap();
    let sk = job(&stack, "reset_password", ADA, None).await;
    assert_eq!(run(&stack, &["!first".to_owned(), sk]).await, all_done());
    job_since(&stack, "email_changed", "old@example.com", None, 60).await;
    assert_eq!(run_daily(&stack).await, json!({ "jobs": 1, "left": 0, "more": false }));
    assert_eq!(stack.outbox.mails().len(), 2);
    assert_eq!(left(&stack).await, 1, "it goes by TTL");
    stack.log_line("send-mail", "malformed").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_ses_is_tried_again_and_the_others_do_not_wait() {
    let stack = Stack::start().await;
    stack.outbox.fail(MailFault::Throttle, 2);
    stack.outbox.fail(MailFault::HangUp, 1);
    stack.outbox.fail(MailFault::InternalError, 1);
    let mut jobs = Vec::new();
    for to in ["a@example.com", "b@example.com", "c@example.com", "e@example.com", "d@example.com"]
    {
        jobs.push(job(&stack, "email_changed", to, None).await);
    }
    assert_eq!(run(&stack, &jobs).await, all_done());
    let sent: Vec<String> = stack.outbox.mails().into_iter().map(|mail| mail.to).collect();
    assert_eq!(
        sent,
        ["d@example.com", "a@example.com", "b@example.com", "c@example.com", "e@example.com"]
    );
    assert_eq!(left(&stack).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ses_refuses_stays_for_the_schedule_and_is_given_up_after_two_days() {
    let stack = Stack::start().await;
    for kind in [
        "MessageRejected",
        "MailFromDomainNotVerifiedException",
        "AccountSuspendedException",
        "BadRequestException",
    ] {
        stack.outbox.fail(MailFault::Reject(kind), 1);
        let refused = job_since(&stack, "email_changed", ADA, None, 60).await;
        let other = job(&stack, "email_changed", "b@example.com", None).await;
        assert_eq!(run(&stack, &[refused, other]).await, all_done(), "{kind}");
        let logged = stack.log_line("send-mail", kind).await.unwrap();
        assert!(logged.contains("\"ERROR\"") && !logged.contains(ADA), "{logged}");
        assert_eq!(left(&stack).await, 1, "{kind}");
        assert_eq!(run_daily(&stack).await, json!({ "jobs": 1, "left": 0, "more": false }));
        assert_eq!(left(&stack).await, 0, "{kind}");
    }
    assert_eq!(stack.mails_to(ADA).len(), 4, "SES took them in the end");
    job_since(&stack, "email_changed", ADA, None, 48 * 60 + 1).await;
    run_daily(&stack).await;
    assert_eq!((stack.mails_to(ADA).len(), left(&stack).await), (4, 0));
    let logged = stack.log_line("send-mail", "too old").await.unwrap();
    assert!(!logged.contains(ADA), "{logged}");
}

/// SES takes each mail, and we never learn of it.
#[tokio::test(flavor = "multi_thread")]
async fn a_mail_whose_response_is_lost_is_sent_once_more_and_no_more() {
    let stack = Stack::start().await;
    let ada = stack.sign_up("ada").await;
    stack.outbox.fail(MailFault::HangUpAfter, 1);
    let sk = job(&stack, "reset_password", ADA, None).await;
    assert_eq!(run(&stack, &[sk]).await, all_done());
    let mails = stack.mails_to(ADA);
    assert_eq!((mails.len(), left(&stack).await), (2, 0));
    assert!(is_valid(&stack, &ada, "RESET_PASSWORD", &mails[1]).await);
    stack.outbox.fail(MailFault::HangUpAfter, 9);
    let sk = job(&stack, "reset_password", ADA, None).await;
    assert_eq!(run(&stack, &[sk]).await, all_done());
    assert_eq!((stack.mails_to(ADA).len(), left(&stack).await), (4, 0));
    stack.log_line("send-mail", "sent twice").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_table_leaves_the_job_and_lambda_gives_it_again() {
    let limit = std::time::Duration::from_secs(6);
    let stack = Stack::builder().time_limit("send-mail", limit).start().await.unwrap();
    let (lost, other) = (
        job(&stack, "email_changed", ADA, None).await,
        job(&stack, "email_changed", "b@example.com", None).await,
    );
    stack.invoke("send-mail", &json!({ "Records": [] })).await.unwrap();
    let busy = Rule::new(Effect::Throttle).function("send-mail").key(&lost).always();
    stack.proxy.inject(busy);
    let done = run(&stack, &[other, lost.clone()]).await;
    assert_eq!(done, json!({ "batchItemFailures": [{ "itemIdentifier": "1" }] }));
    assert_eq!(stack.outbox.mails().len(), 1);
    stack.proxy.clear_faults();
    assert_eq!(run(&stack, &[lost]).await, all_done());
    assert_eq!((stack.mails_to(ADA).len(), left(&stack).await), (1, 0));
}

/// What SES can't have taken does not count.
#[tokio::test(flavor = "multi_thread")]
async fn an_unreachable_ses_leaves_the_job_however_often_it_was_tried() {
    let limit = std::time::Duration::from_secs(12);
    let stack = Stack::builder()
        .time_limit("send-mail", limit)
        .env("AWS_ENDPOINT_URL_SESV2", "http://127.0.0.1:1")
        .start()
        .await
        .unwrap();
    let sk = job(&stack, "email_changed", ADA, None).await;
    let failed = json!({ "batchItemFailures": [{ "itemIdentifier": "0" }] });
    assert_eq!(run(&stack, std::slice::from_ref(&sk)).await, failed);
    let row = stack.engine.get_item("MAILS", &sk).await.unwrap().unwrap();
    assert_eq!(row["sends"], json!({ "N": "0" }));
    let tries = stack.logs("send-mail").unwrap();
    assert!(tries.iter().filter(|line| line.contains("has to wait")).count() >= 3, "{tries:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_schedule_leaves_young_jobs_to_the_stream() {
    let stack = Stack::start().await;
    job_since(&stack, "email_changed", ADA, None, 5).await;
    assert_eq!(run_daily(&stack).await, json!({ "jobs": 0, "left": 0, "more": false }));
    assert_eq!((stack.outbox.mails().len(), left(&stack).await), (0, 1));
    stack.deliver_stream().await.unwrap();
    assert_eq!((stack.outbox.mails().len(), left(&stack).await), (1, 0));
}
