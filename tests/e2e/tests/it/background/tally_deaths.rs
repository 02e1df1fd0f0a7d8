//! `sweep` dies or fails at each call of a tally, and is given the same records again.

use e2e::{User, append, conversation, job_of};
use harness::proxy::{Effect, Fault, Rule};
use harness::stack::Stack;
use serde_json::{Value, json};

use crate::helpers::deaths::MOMENTS;
use crate::helpers::tallies::{
    assert_counted, give, log_many, rate, record_of, records_of, tallies,
};

/// The calls of a tally.
const CALLS: [&str; 2] = ["BatchGetItem", "TransactWriteItems"];

/// A user with interactions, of which every other one has a rating.
async fn scene(interactions: usize) -> (Stack, User, Vec<String>) {
    let stack = Stack::start().await;
    let ada = stack.sign_up("ada").await;
    let ids = log_many(&ada, interactions).await;
    (stack, ada, ids)
}

fn fault(stack: &Stack, effect: Effect, operation: &str) -> Fault {
    stack.proxy.inject(Rule::new(effect).function("sweep").operation(operation))
}

/// Kills the function when it makes the call that is held.
async fn kill_at(stack: &Stack, held: &Fault) {
    held.reached(1).await.unwrap();
    stack.runtime.kill("sweep").await.unwrap();
    held.release();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tally_that_dies_at_any_call_counts_once_when_it_is_given_again() {
    let (stack, ada, mut ids) = scene(3).await;
    for (n, operation) in CALLS.into_iter().enumerate() {
        for moment in MOMENTS {
            let what = format!("{operation} {moment:?}");
            // Another rating of an old one, and new ones.
            rate(&ada, &ids[0], f64::from(u32::try_from(n).unwrap()) + 0.5).await;
            ids.extend(log_many(&ada, 2).await);
            let records = records_of(&ada, &ids);
            stack.warm(&["sweep"]).await.unwrap();
            let before = tallies(&stack).await;
            let held = fault(&stack, moment, operation);
            let (died, ()) = tokio::join!(give(&stack, &records), kill_at(&stack, &held));
            assert!(died.is_err(), "{what}");
            stack.proxy.clear_faults();
            let was_done = operation == "TransactWriteItems" && moment == Effect::HoldAfter;
            assert_eq!(tallies(&stack).await != before, was_done, "{what}");
            assert_eq!(give(&stack, &records).await.unwrap() == 0, was_done, "{what}");
            assert_counted(&stack, &what).await;
        }
    }
}

/// Another delivery counts some of the same interactions first, so the transaction is refused. The
/// function reads again, and dies then.
#[tokio::test(flavor = "multi_thread")]
async fn a_tally_that_another_was_faster_than_dies_and_counts_once() {
    let (stack, ada, mut ids) = scene(2).await;
    for operation in CALLS {
        for moment in MOMENTS {
            let what = format!("{operation} {moment:?}");
            rate(&ada, &ids[0], if moment == Effect::HoldAfter { 1.25 } else { 4.75 }).await;
            let new = log_many(&ada, 3).await;
            ids.extend(new.clone());
            let records = records_of(&ada, &ids);
            stack.warm(&["sweep"]).await.unwrap();
            let first = fault(&stack, Effect::HoldBefore, "TransactWriteItems");
            let (died, ()) = tokio::join!(give(&stack, &records), async {
                first.reached(1).await.unwrap();
                let faster = give(&stack, &records_of(&ada, &new[..2])).await.unwrap();
                assert_eq!(faster, 2, "{what}");
                let held = fault(&stack, moment, operation);
                first.release();
                kill_at(&stack, &held).await;
            });
            assert!(died.is_err(), "{what}");
            stack.proxy.clear_faults();
            give(&stack, &records).await.unwrap();
            assert_counted(&stack, &what).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tally_without_the_table_fails_and_counts_once_when_it_is_given_again() {
    let (stack, ada, mut ids) = scene(2).await;
    for operation in CALLS {
        for effect in [
            Effect::Throttle,
            Effect::Throttling,
            Effect::InternalError,
            Effect::Reset,
            Effect::LostResponse,
        ] {
            let what = format!("{operation} {effect:?}");
            ids.extend(log_many(&ada, 2).await);
            let records = records_of(&ada, &ids);
            let rule = Rule::new(effect).function("sweep").operation(operation);
            stack.proxy.inject(rule.always());
            assert!(give(&stack, &records).await.is_err(), "{what}");
            stack.proxy.clear_faults();
            give(&stack, &records).await.unwrap();
            assert_counted(&stack, &what).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tally_whose_response_is_lost_counts_once_at_once() {
    let (stack, ada, ids) = scene(5).await;
    for (operation, rating) in CALLS.into_iter().zip([3.25, 0.75]) {
        rate(&ada, &ids[0], rating).await;
        rate(&ada, &ids[1], 5.0 - rating).await;
        stack.warm(&["sweep"]).await.unwrap();
        let lost = fault(&stack, Effect::LostResponse, operation);
        give(&stack, &records_of(&ada, &ids)).await.unwrap();
        assert_eq!(lost.hits(), 1);
        stack.proxy.clear_faults();
        assert_counted(&stack, operation).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_stay_unprocessed_are_read_again() {
    let (stack, ada, ids) = scene(4).await;
    let rule = Rule::new(Effect::Unprocessed(1)).function("sweep").operation("BatchGetItem");
    stack.proxy.inject(rule.times(2));
    assert_eq!(give(&stack, &records_of(&ada, &ids)).await.unwrap(), 4);
    assert_counted(&stack, "unprocessed").await;
}

/// One interaction that others keep busy does not hold up the rest.
#[tokio::test(flavor = "multi_thread")]
async fn where_others_stay_in_the_way_each_interaction_is_counted_alone() {
    let (stack, ada, ids) = scene(4).await;
    let records = records_of(&ada, &ids);
    let busy = Rule::new(Effect::TransactionConflict).function("sweep");
    let busy = busy.operation("TransactWriteItems").key(&ids[2]).always();
    stack.proxy.inject(busy);
    assert!(give(&stack, &records).await.is_err());
    stack.proxy.clear_faults();
    let counted: u64 = tallies(&stack).await.values().map(|counts| counts.count).sum();
    assert_eq!(counted, 3);
    assert_eq!(give(&stack, &records).await.unwrap(), 1);
    assert_counted(&stack, "the busy one").await;
}

/// An interaction that is erased between the read and the transaction.
#[tokio::test(flavor = "multi_thread")]
async fn an_interaction_that_is_erased_meanwhile_does_not_come_back() {
    let (stack, ada, ids) = scene(3).await;
    for (n, id) in ids[..2].iter().enumerate() {
        // The second one was counted before, without this rating.
        if n == 1 {
            give(&stack, &records_of(&ada, &ids)).await.unwrap();
            rate(&ada, id, 4.0).await;
        }
        let counted = tallies(&stack).await;
        stack.warm(&["sweep"]).await.unwrap();
        let held = fault(&stack, Effect::HoldBefore, "TransactWriteItems");
        let (pk, sk) = (format!("USER#{}", ada.id), format!("INTERACTION#{id}"));
        let records = records_of(&ada, std::slice::from_ref(id));
        let (given, ()) = tokio::join!(give(&stack, &records), async {
            held.reached(1).await.unwrap();
            stack.engine.delete_item(&pk, &sk).await.unwrap();
            held.release();
        });
        assert_eq!(given.unwrap(), 0);
        assert_eq!(stack.engine.get_item(&pk, &sk).await.unwrap(), None);
        assert_eq!(tallies(&stack).await, counted);
    }
}

/// A job and interactions in one batch: neither waits for the other.
#[tokio::test(flavor = "multi_thread")]
async fn a_tally_that_fails_keeps_no_job_waiting_and_a_job_no_tally() {
    for (operation, is_swept) in [("TransactWriteItems", true), ("BatchWriteItem", false)] {
        let (stack, ada, ids) = scene(2).await;
        conversation(&ada).await;
        append(&ada, 1, "hello").await;
        assert_eq!(ada.delete("/api/conversations/1").await.status, 204);
        let mut records = records_of(&ada, &ids);
        records.insert(1, record_of("SWEEPS", &job_of(&stack, &ada).await));
        let rule = Rule::new(Effect::Throttle).function("sweep").operation(operation);
        stack.proxy.inject(rule.always());
        assert!(give(&stack, &records).await.is_err(), "{operation}");
        let messages = format!("USER#{}#CONVERSATION#1", ada.id);
        let left = async || stack.engine.count(&messages, "").await.unwrap();
        assert_eq!(left().await, usize::from(!is_swept), "{operation}");
        assert_eq!(tallies(&stack).await.is_empty(), is_swept, "{operation}");
        stack.proxy.clear_faults();
        let done = stack.invoke("sweep", &json!({ "Records": records })).await.unwrap();
        let [removed, tallied] = if is_swept { [0, 2] } else { [1, 0] };
        let expected: Value =
            json!({ "jobs": 1, "removed": removed, "more": false, "tallied": tallied });
        assert_eq!(done, expected, "{operation}");
        assert_eq!(left().await, 0);
        assert_counted(&stack, operation).await;
    }
}
