//! What the sweep deletes of erased users.

use e2e::chat::{SLOW, ask, builder, ui_message};
use e2e::{PASSWORD, User, append, conversation, delete_user, interaction, job_of};
use harness::proxy::{Effect, Rule};
use harness::stack::Stack;
use serde_json::{Value, json};

use crate::helpers::erasure::{DAILY, age_jobs, items_of, run_daily, sweep_to_the_end};
use crate::helpers::rows::{credential_key, fail, failures_of_address, failures_of_user};

/// Stores rows of a kind of this number, fast.
async fn fill(stack: &Stack, pk: &str, prefix: &str, count: usize) {
    let rows = (1..=count).map(|n| {
        let sk = format!("{prefix}{n:016}");
        json!({ "pk": { "S": pk }, "sk": { "S": sk }, "content": { "S": "x" } })
    });
    stack.engine.put_items(rows).await.unwrap();
}

/// A user with some of everything.
async fn rich(stack: &Stack, name: &str) -> User {
    let user = stack.sign_up(name).await;
    for n in 1..=2 {
        conversation(&user).await;
        append(&user, n, "hello").await;
    }
    interaction(&user).await;
    let turn = ask(&user, &ui_message("mine", "a", "hello")).stream().await.collect().await;
    assert_eq!(turn.unwrap().status, 200);
    user
}

fn conversation_of(user: &User, n: usize) -> String {
    format!("USER#{}#CONVERSATION#{n}", user.id)
}

#[tokio::test(flavor = "multi_thread")]
async fn check_40_nothing_of_a_user_is_left_and_others_keep_theirs() {
    let stack = builder().start().await.unwrap();
    let ada = rich(&stack, "ada").await;
    let eve = rich(&stack, "eve").await;
    for (n, messages) in [(1, 1_200), (2, 1_200), (3, 100)] {
        fill(&stack, &conversation_of(&ada, n), "MESSAGE#", messages).await;
    }
    fill(&stack, &format!("USER#{}", ada.id), "SESSION#", 300).await;
    // One of the conversations is deleted already, and its job is not done.
    ada.delete("/api/conversations/2").await;
    fail(&stack, &failures_of_user(&ada.id), 3).await;
    let of_eve = items_of(&stack, &eve).await;
    stack.deliver_stream().await.unwrap();
    delete_user(&ada).await;
    assert!(items_of(&stack, &ada).await > 1_500, "the request itself does not wait for it");
    let again = rich(&stack, "ada").await;
    let of_again = items_of(&stack, &again).await;
    fail(&stack, &failures_of_address(&again.email), 3).await;

    assert!(stack.deliver_stream().await.unwrap() >= 1, "the job, and interactions");
    assert_eq!(items_of(&stack, &ada).await, 0);
    assert_eq!(stack.engine.count("SWEEPS", "").await.unwrap(), 2, "both are looked at again");
    run_daily(&stack).await;
    assert_eq!(stack.engine.count("SWEEPS", "").await.unwrap(), 2, "but not before 15 minutes");
    age_jobs(&stack).await;
    assert_eq!(run_daily(&stack).await, json!({ "jobs": 2, "removed": 0, "more": false }));
    assert_eq!(stack.engine.count("SWEEPS", "").await.unwrap(), 0);

    let items = stack.engine.all_items().await.unwrap();
    let left = items.iter().filter(|item| item.to_string().contains(&ada.id));
    // The counter of this network expires.
    let kinds: Vec<&Value> = left.map(|item| &item["kind"]["S"]).collect();
    assert!(kinds.is_empty(), "{kinds:?}");
    assert_eq!(items_of(&stack, &eve).await, of_eve);
    assert_eq!(items_of(&stack, &again).await, of_again);
    assert!(e2e::sign_in(&stack, &again.email, PASSWORD).await.status == 200);
    let totals = failures_of_address(&again.email);
    assert_eq!(stack.engine.count(&totals, "").await.unwrap(), 2, "those of the new account");
}

/// What is kept for an address goes with its user, unless somebody has the address again.
#[tokio::test(flavor = "multi_thread")]
async fn rows_of_an_address_go_unless_it_has_an_account_again() {
    let stack = Stack::start().await;
    for (name, returns) in [("ada", false), ("eve", true)] {
        let user = stack.sign_up(name).await;
        let pk = credential_key(&user.email);
        let total = failures_of_address(&user.email);
        fill(&stack, &pk, "TOKEN#", 2).await;
        fail(&stack, &total, 3).await;
        delete_user(&user).await;
        if returns {
            stack.sign_up(name).await;
        }
        run_daily(&stack).await;
        let left = [stack.engine.query(&pk, "").await, stack.engine.query(&total, "").await];
        let left = left.map(|rows| rows.unwrap().len());
        assert_eq!(left, if returns { [3, 1] } else { [0, 0] }, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn check_40_a_sweep_of_a_user_that_dies_goes_on_later() {
    let stack = Stack::start().await;
    let user = rich(&stack, "ada").await;
    for n in 1..=3 {
        fill(&stack, &conversation_of(&user, n), "MESSAGE#", 60).await;
    }
    fill(&stack, &format!("USER#{}", user.id), "SESSION#", 60).await;
    delete_user(&user).await;
    let mut deaths = 0;
    for is_second_look in [false, true] {
        for operation in ["BatchWriteItem", "Query"] {
            for effect in [Effect::HoldBefore, Effect::HoldAfter] {
                for skip in [0, 1, 2, 4] {
                    if is_second_look && operation == "Query" && skip == 0 {
                        fill(&stack, &conversation_of(&user, 2), "MESSAGE#", 30).await;
                    }
                    deaths += usize::from(dies(&stack, effect, operation, skip).await);
                    assert_eq!(stack.engine.count("SWEEPS", "").await.unwrap(), 1);
                }
            }
        }
        run_daily(&stack).await;
        if !is_second_look {
            assert_eq!(items_of(&stack, &user).await, 0);
            fill(&stack, &format!("USER#{}", user.id), "SESSION#", 60).await;
            age_jobs(&stack).await;
        }
    }
    assert!(deaths >= 16, "{deaths}");
    assert_eq!(items_of(&stack, &user).await, 0);
    assert_eq!(stack.engine.count("SWEEPS", "").await.unwrap(), 0);
}

/// Kills a sweep at one of its calls, if it makes as many before it deletes the job.
async fn dies(stack: &Stack, effect: Effect, operation: &str, skip: usize) -> bool {
    stack.warm(&["sweep"]).await.unwrap();
    // The job itself may not be deleted here: what follows sweeps again.
    let job = Rule::new(Effect::Throttle).function("sweep").operation("BatchWriteItem");
    stack.proxy.inject(job.key("SWEEPS").always());
    let rule = Rule::new(effect).function("sweep").operation(operation).skip(skip);
    let held = stack.proxy.inject(rule);
    let event = serde_json::from_str(DAILY).unwrap();
    let (_, died) = tokio::join!(stack.invoke("sweep", &event), async {
        let reached = tokio::time::timeout(std::time::Duration::from_secs(2), held.reached(1));
        let died = reached.await.is_ok_and(|reached| reached.is_ok());
        if died {
            stack.runtime.kill("sweep").await.unwrap();
        }
        held.release();
        died
    });
    stack.proxy.clear_faults();
    died
}

#[tokio::test(flavor = "multi_thread")]
async fn check_40_an_append_and_a_turn_in_flight_leave_nothing_after_the_second_look() {
    let stack = builder().start().await.unwrap();
    let user = rich(&stack, "ada").await;
    stack.warm(&["append-message"]).await.unwrap();
    let rule = Rule::new(Effect::HoldBefore).function("append-message").operation("PutItem");
    let held = stack.proxy.inject(rule);
    let mut running = ask(&user, &ui_message("mine", "b", SLOW)).stream().await;
    running.until("text-delta").await.unwrap();
    let (appended, ()) = tokio::join!(append(&user, 1, "in flight"), async {
        held.reached(1).await.unwrap();
        delete_user(&user).await;
        run_daily(&stack).await;
        held.release();
    });
    assert_eq!(appended.status, 201, "it began before the deletion");
    let turn = running.collect().await;
    assert!(items_of(&stack, &user).await > 0, "what came after the first look: {turn:?}");
    age_jobs(&stack).await;
    run_daily(&stack).await;
    assert_eq!(items_of(&stack, &user).await, 0);
    assert_eq!(stack.engine.count("SWEEPS", "").await.unwrap(), 0);
}

/// Conversations whose rows are gone are looked at, too, and none twice in one look.
#[tokio::test(flavor = "multi_thread")]
async fn a_user_of_very_many_conversations_is_swept_in_turns() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    let many = json!({ "N": "1200" });
    let pk = format!("USER#{}", user.id);
    stack.engine.set(&pk, "ACCOUNT", &[("last_conversation_id", many)]).await.unwrap();
    for n in [1, 700, 1_200] {
        fill(&stack, &conversation_of(&user, n), "MESSAGE#", 3).await;
    }
    delete_user(&user).await;
    let note = Rule::new(Effect::HoldAfter).function("sweep").operation("UpdateItem").skip(1);
    let held = stack.proxy.inject(note);
    let event = serde_json::from_str(DAILY).unwrap();
    let (died, ()) = tokio::join!(stack.invoke("sweep", &event), async {
        held.reached(1).await.unwrap();
        stack.runtime.kill("sweep").await.unwrap();
        held.release();
    });
    assert!(died.is_err());
    stack.proxy.clear_faults();
    let job = stack.engine.get_item("SWEEPS", &job_of(&stack, &user).await).await.unwrap();
    assert_eq!(job.unwrap()["emptied"]["N"], "1000");
    stack.warm(&["sweep"]).await.unwrap();
    let done = run_daily(&stack).await;
    // Its account's profile and session, and the messages of the last conversation.
    assert_eq!(done, json!({ "jobs": 1, "removed": 5, "more": false }));
    let calls = stack.recorder.take();
    let looked_at = calls.iter().filter(|call| call.operation == "Query").count();
    assert!((200..=210).contains(&looked_at), "{looked_at}");
    assert_eq!(items_of(&stack, &user).await, 0);
    // The second look begins at the first conversation again.
    fill(&stack, &conversation_of(&user, 2), "MESSAGE#", 3).await;
    sweep_to_the_end(&stack).await;
    assert_eq!(items_of(&stack, &user).await, 0);
}

/// Another sweep has done the job, while this one was to note how far it had come.
#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_is_done_meanwhile_is_not_made_again() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    let more_than_a_turn = json!({ "N": "501" });
    let pk = format!("USER#{}", user.id);
    stack.engine.set(&pk, "ACCOUNT", &[("last_conversation_id", more_than_a_turn)]).await.unwrap();
    delete_user(&user).await;
    let job = job_of(&stack, &user).await;
    stack.warm(&["sweep"]).await.unwrap();
    let rule = Rule::new(Effect::HoldBefore).function("sweep").operation("UpdateItem");
    let held = stack.proxy.inject(rule.times(3));
    let (swept, ()) = tokio::join!(run_daily(&stack), async {
        held.reached(1).await.unwrap();
        stack.engine.delete_item("SWEEPS", &job).await.unwrap();
        held.release();
    });
    assert_eq!(swept["more"], false, "{swept}");
    assert_eq!(stack.engine.count("SWEEPS", "").await.unwrap(), 0);
}

/// The turn of a user with very many items comes again after the others'.
#[tokio::test(flavor = "multi_thread")]
async fn a_user_of_many_items_does_not_keep_the_jobs_behind_waiting() {
    let stack = Stack::start().await;
    let many = rich(&stack, "ada").await;
    fill(&stack, &conversation_of(&many, 1), "MESSAGE#", 4_100).await;
    delete_user(&many).await;
    let mut few = Vec::new();
    for name in ["bob", "eve", "grace"] {
        let user = rich(&stack, name).await;
        delete_user(&user).await;
        few.push(user);
    }
    stack.recorder.take();
    assert_eq!(run_daily(&stack).await["more"], false);
    let calls = stack.recorder.take();
    let deleted = |user: &User| {
        let partition = format!("USER#{}", user.id);
        let calls = calls.iter().filter(|call| call.operation == "BatchWriteItem");
        let of_user = calls.filter(|call| call.keys.iter().any(|key| key.starts_with(&partition)));
        of_user.map(|call| call.started).collect::<Vec<_>>()
    };
    // The first turn deletes 2,000 items, 25 a call.
    let second_turn = deleted(&many)[80];
    for user in &few {
        assert!(deleted(user).iter().all(|started| *started < second_turn), "{}", user.email);
        assert_eq!(items_of(&stack, user).await, 0);
    }
    assert_eq!(items_of(&stack, &many).await, 0);
}
