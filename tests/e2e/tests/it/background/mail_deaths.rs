//! `send-mail` dies: at each of its calls of the table, before the table sees it and after, and when SES
//! has taken the mail.

use harness::outbox::MailFault;
use harness::proxy::{Effect, Rule};
use harness::stack::{Stack, User};

use crate::helpers::mails::{all_done, is_valid, job, left, records};

/// The calls for a mail with a link: operation, and how many of the same come before it.
const CALLS: [(&str, usize); 7] = [
    ("BatchGetItem", 0),
    ("BatchGetItem", 1),
    ("BatchGetItem", 2),
    ("BatchGetItem", 3),
    ("PutItem", 0),
    ("UpdateItem", 0),
    ("DeleteItem", 0),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_is_sent_and_at_most_once_more_wherever_the_function_died() {
    let stack = Stack::start().await;
    for (operation, skip) in CALLS {
        for effect in [Effect::HoldBefore, Effect::HoldAfter] {
            let name = format!("{operation}-{skip}-{effect:?}").to_lowercase();
            let user = stack.sign_up(&name).await;
            stack.warm(&["send-mail"]).await.unwrap();
            let sk = job(&stack, "reset_password", &user.email, None).await;
            let rule = Rule::new(effect).function("send-mail").operation(operation).skip(skip);
            let held = stack.proxy.inject(rule);
            let event = records(std::slice::from_ref(&sk));
            let (outcome, ()) = tokio::join!(stack.invoke("send-mail", &event), async {
                held.reached(1).await.unwrap();
                stack.runtime.kill("send-mail").await.unwrap();
                held.release();
            });
            assert!(outcome.is_err(), "{name}");
            stack.proxy.clear_faults();
            let before = stack.mails_to(&user.email).len();
            assert_eq!(before, usize::from(operation == "DeleteItem"), "{name}");
            again(&stack, &user, sk, &name).await;
            // Only where the job was deleted already, nothing is sent again.
            let is_gone = operation == "DeleteItem" && effect == Effect::HoldAfter;
            let expected = if is_gone { 1 } else { before + 1 };
            assert_eq!(stack.mails_to(&user.email).len(), expected, "{name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function_that_died_after_ses_took_the_mail_sends_it_once_more() {
    let stack = Stack::start().await;
    let ada = stack.sign_up("ada").await;
    let sk = job(&stack, "reset_password", &ada.email, None).await;
    stack.outbox.fail(MailFault::HoldAfter, 1);
    let event = records(std::slice::from_ref(&sk));
    let (outcome, ()) = tokio::join!(stack.invoke("send-mail", &event), async {
        stack.outbox.reached(1).await.unwrap();
        stack.runtime.kill("send-mail").await.unwrap();
        stack.outbox.clear_faults();
    });
    assert!(outcome.is_err());
    again(&stack, &ada, sk, "after SES").await;
    assert_eq!(stack.mails_to(&ada.email).len(), 2);
}

/// Another call has given the job up, while this one was to take back that it sent the mail.
#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_leaves_nothing_of_a_job_that_is_gone() {
    let stack = Stack::start().await;
    let ada = stack.sign_up("ada").await;
    let sk = job(&stack, "reset_password", &ada.email, None).await;
    stack.warm(&["send-mail"]).await.unwrap();
    stack.outbox.fail(MailFault::Reject("MessageRejected"), 1);
    let rule = Rule::new(Effect::HoldBefore).function("send-mail").operation("UpdateItem");
    let held = stack.proxy.inject(rule.skip(1).times(3));
    let event = records(std::slice::from_ref(&sk));
    let (outcome, ()) = tokio::join!(stack.invoke("send-mail", &event), async {
        held.reached(1).await.unwrap();
        stack.engine.delete_item("MAILS", &sk).await.unwrap();
        held.release();
    });
    assert_eq!(outcome.unwrap(), all_done());
    assert_eq!(left(&stack).await, 0);
}

/// Lambda gives the record again.
async fn again(stack: &Stack, user: &User, sk: String, name: &str) {
    assert_eq!(stack.invoke("send-mail", &records(&[sk])).await.unwrap(), all_done(), "{name}");
    assert_eq!(left(stack).await, 0, "{name}");
    let mails = stack.mails_to(&user.email);
    assert!((1..=2).contains(&mails.len()), "{name}: {}", mails.len());
    let newest = mails.last().unwrap();
    assert!(is_valid(stack, user, "RESET_PASSWORD", newest).await, "{name}");
}
