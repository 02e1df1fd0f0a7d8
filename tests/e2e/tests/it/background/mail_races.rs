//! Mails of one address that are sent at the same time.

use harness::proxy::{Effect, Fault, Rule};
use harness::stack::{RequestBuilder, Stack};
use serde_json::json;

use super::send_mail::{ADA, run};
use crate::helpers::accounts::refusal;
use crate::helpers::better_auth::post;
use crate::helpers::mails::{all_done, is_valid, job, left};

/// Holds the next write of a link, after its row was read.
fn hold_link(stack: &Stack) -> Fault {
    stack.proxy.inject(Rule::new(Effect::HoldBefore).function("send-mail").operation("PutItem"))
}

/// Uses a link.
fn reset(stack: &Stack, token: &str) -> RequestBuilder {
    let body = json!({ "newPassword": "another horse battery", "token": token });
    post(stack, "/api/auth/reset-password", &body)
}

/// The stream and the schedule may have the same job at the same time.
#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_another_call_does_meanwhile_is_not_done_again() {
    let stack = Stack::start().await;
    stack.sign_up("ada").await;
    let jobs = [job(&stack, "reset_password", ADA, None).await];
    stack.warm(&["send-mail"]).await.unwrap();
    let rule = Rule::new(Effect::HoldBefore).function("send-mail").operation("UpdateItem");
    let held = stack.proxy.inject(rule);
    let (late, ()) = tokio::join!(run(&stack, &jobs), async {
        held.reached(1).await.unwrap();
        assert_eq!(run(&stack, &jobs).await, all_done());
        held.release();
    });
    assert_eq!(late, all_done());
    assert_eq!((stack.mails_to(ADA).len(), left(&stack).await), (1, 0));
}

/// Two mails of one purpose at the same time, the owner's and a stranger's: neither link voids the other.
#[tokio::test(flavor = "multi_thread")]
async fn links_of_mails_that_are_sent_at_once_are_all_valid() {
    let stack = Stack::start().await;
    let ada = stack.sign_up("ada").await;
    let (one, two) = (
        [job(&stack, "reset_password", ADA, None).await],
        [job(&stack, "reset_password", ADA, None).await],
    );
    stack.warm(&["send-mail"]).await.unwrap();
    let held = hold_link(&stack);
    let (late, ()) = tokio::join!(run(&stack, &one), async {
        held.reached(1).await.unwrap();
        assert_eq!(run(&stack, &two).await, all_done());
        held.release();
    });
    assert_eq!(late, all_done());
    let mails = stack.mails_to(ADA);
    assert_eq!(mails.len(), 2);
    for mail in mails {
        assert!(is_valid(&stack, &ada, "RESET_PASSWORD", &mail).await);
    }
}

/// The row that was read is deleted with its last link, and made again by another mail.
#[tokio::test(flavor = "multi_thread")]
async fn a_used_link_does_not_come_back_with_a_row_that_was_read_before() {
    let stack = Stack::start().await;
    let ada = stack.sign_up("ada").await;
    let first = [job(&stack, "reset_password", ADA, None).await];
    assert_eq!(run(&stack, &first).await, all_done());
    let used = stack.mails_to(ADA).remove(0);
    let token = used.token.clone().unwrap();
    let late = [job(&stack, "reset_password", ADA, None).await];
    let held = hold_link(&stack);
    let (done, ()) = tokio::join!(run(&stack, &late), async {
        held.reached(1).await.unwrap();
        assert_eq!(reset(&stack, &token).await.status, 200);
        let other = [job(&stack, "reset_password", ADA, None).await];
        assert_eq!(run(&stack, &other).await, all_done());
        held.release();
    });
    assert_eq!(done, all_done());
    let refused = reset(&stack, &token).await;
    assert_eq!(refusal(&refused), (400, "INVALID_TOKEN".to_owned()));
    let mut valid = Vec::new();
    for mail in stack.mails_to(ADA) {
        valid.push((
            mail.token == used.token,
            is_valid(&stack, &ada, "RESET_PASSWORD", &mail).await,
        ));
    }
    valid.sort_unstable();
    assert_eq!(valid, [(false, true), (false, true), (true, false)]);
}
