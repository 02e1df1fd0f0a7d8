use e2e::{User, append, conversation, job_of, whole_list};
use harness::proxy::{Effect, Rule};
use harness::stack::Stack;
use serde_json::json;

const DAILY: &str = r#"{"source":"aws.events","detail-type":"Scheduled Event","detail":{}}"#;

async fn left(stack: &Stack, user: &User) -> usize {
    stack.engine.count(&format!("USER#{}#CONVERSATION#1", user.id), "").await.unwrap()
}

/// Fills a conversation with `count` rows, fast.
async fn fill(stack: &Stack, user: &User, count: usize) {
    let pk = format!("USER#{}#CONVERSATION#1", user.id);
    for n in 1..=count {
        let item = json!({ "pk": { "S": pk }, "sk": { "S": format!("MESSAGE#{n:016}") }, "content": { "S": "x" } });
        stack.engine.put_item(item).await.unwrap();
    }
}

/// Makes a job old enough that no write can be in flight any more.
async fn age_job(stack: &Stack, user: &User) {
    let past = json!({ "S": "2020-01-01T00:00:00.000Z" });
    let sk = job_of(stack, user).await;
    stack.engine.set("SWEEPS", &sk, &[("created_at", past)]).await.unwrap();
}

async fn stack_with(rows: usize) -> (Stack, User) {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    conversation(&user).await;
    fill(&stack, &user, rows).await;
    (stack, user)
}

async fn delete(user: &User) {
    let response = user.delete("/api/conversations/1").await;
    assert_eq!(response.status, 204);
}

async fn run_daily(stack: &Stack) -> serde_json::Value {
    stack.invoke("sweep", &serde_json::from_str(DAILY).unwrap()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn thousands_of_messages_are_removed_through_the_stream() {
    let (stack, user) = stack_with(2_500).await;
    stack.deliver_stream().await.unwrap();
    delete(&user).await;
    assert_eq!(left(&stack, &user).await, 2_500, "the request itself does not wait for it");
    assert_eq!(stack.deliver_stream().await.unwrap(), 1);
    assert_eq!(left(&stack, &user).await, 0);
    assert_eq!(stack.engine.count("SWEEPS", "").await.unwrap(), 1, "it is looked at once more");
    run_daily(&stack).await;
    assert_eq!(stack.engine.count("SWEEPS", "").await.unwrap(), 1, "but not before 15 minutes");
    age_job(&stack, &user).await;
    assert_eq!(run_daily(&stack).await, json!({ "jobs": 1, "removed": 0, "more": false }));
    assert_eq!(stack.engine.count("SWEEPS", "").await.unwrap(), 0);
    assert_eq!(stack.engine.count("USER#", "CONVERSATION#").await.unwrap(), 0);
    assert_eq!(run_daily(&stack).await, json!({ "jobs": 0, "removed": 0, "more": false }));
}

/// An append that was stopped between its reservation and its write, while the conversation was
/// deleted and swept: the second look removes what it left.
#[tokio::test(flavor = "multi_thread")]
async fn a_write_in_flight_is_found_by_the_second_look() {
    let (stack, user) = stack_with(3).await;
    let held = stack
        .proxy
        .inject(Rule::new(Effect::HoldBefore).function("append-message").operation("PutItem"));
    let (appended, ()) = tokio::join!(append(&user, 1, "in flight"), async {
        held.reached(1).await.unwrap();
        delete(&user).await;
        stack.deliver_stream().await.unwrap();
        assert_eq!(left(&stack, &user).await, 0);
        held.release();
    });
    assert_eq!(appended.status, 201, "it began before the deletion");
    assert_eq!(left(&stack, &user).await, 1);
    let path = "/api/conversations/1/messages";
    assert_eq!(user.get(path).await.status, 404, "nobody sees it");
    age_job(&stack, &user).await;
    run_daily(&stack).await;
    assert_eq!(left(&stack, &user).await, 0);
    assert_eq!(stack.engine.count("SWEEPS", "").await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sweep_that_dies_half_way_is_taken_up_again() {
    let (stack, user) = stack_with(300).await;
    delete(&user).await;
    for batches in [0, 2, 5] {
        let held = stack.proxy.inject(
            Rule::new(Effect::HoldBefore)
                .function("sweep")
                .operation("BatchWriteItem")
                .skip(batches),
        );
        let event = serde_json::from_str(DAILY).unwrap();
        let (outcome, ()) = tokio::join!(stack.invoke("sweep", &event), async {
            held.reached(1).await.unwrap();
            stack.runtime.kill("sweep").await.unwrap();
            held.release();
        });
        assert!(outcome.is_err());
        stack.proxy.clear_faults();
        assert!(left(&stack, &user).await > 0);
        assert_eq!(stack.engine.count("SWEEPS", "").await.unwrap(), 1, "the job is still there");
    }
    age_job(&stack, &user).await;
    run_daily(&stack).await;
    assert_eq!(left(&stack, &user).await, 0);
    assert_eq!(stack.engine.count("SWEEPS", "").await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn unprocessed_deletions_are_repeated_and_a_broken_table_is_an_error() {
    let (stack, user) = stack_with(60).await;
    delete(&user).await;
    stack.proxy.inject(
        Rule::new(Effect::Unprocessed(0)).function("sweep").operation("BatchWriteItem").times(2),
    );
    run_daily(&stack).await;
    assert_eq!(left(&stack, &user).await, 0);
    stack.proxy.inject(Rule::new(Effect::Throttle).function("sweep").always());
    assert!(stack.invoke("sweep", &serde_json::from_str(DAILY).unwrap()).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_fails_does_not_keep_the_others_waiting() {
    let (stack, user) = stack_with(3).await;
    let malformed =
        json!({ "pk": { "S": "SWEEPS" }, "sk": { "S": "!first" }, "user_id": { "N": "1" } });
    stack.engine.put_item(malformed).await.unwrap();
    delete(&user).await;
    assert!(stack.invoke("sweep", &serde_json::from_str(DAILY).unwrap()).await.is_err());
    assert_eq!(left(&stack, &user).await, 0);
    let logged = stack.log_line("sweep", "INTERNAL_SERVER_ERROR").await.unwrap();
    assert!(logged.contains("malformed"), "{logged}");
}

#[tokio::test(flavor = "multi_thread")]
async fn other_conversations_and_users_stay() {
    let (stack, user) = stack_with(5).await;
    conversation(&user).await;
    append(&user, 2, "kept").await;
    let eve = stack.sign_up("eve").await;
    conversation(&eve).await;
    append(&eve, 1, "kept").await;
    delete(&user).await;
    age_job(&stack, &user).await;
    run_daily(&stack).await;
    for (who, path) in
        [(&user, "/api/conversations/2/messages"), (&eve, "/api/conversations/1/messages")]
    {
        assert_eq!(whole_list(who, path, "messages").await.0.len(), 1);
    }
}

/// Stores a job of the `n`th user, of a conversation without messages that was deleted long ago; a
/// larger `age` is older.
fn old_job(n: usize, age: usize) -> serde_json::Value {
    let (user, at) = (format!("user{n:028}"), format!("2020-01-01T00:00:{:02}.000Z", 59 - age));
    json!({
        "pk": { "S": "SWEEPS" }, "sk": { "S": format!("{at}#{user}#1") },
        "user_id": { "S": user }, "conversation_id": { "N": "1" }, "created_at": { "S": at },
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn m5_jobs_are_read_a_page_at_a_time() {
    let stack = Stack::start().await;
    stack.engine.put_items((0..230).map(|n| old_job(n, 0))).await.unwrap();
    stack.recorder.take();
    assert_eq!(run_daily(&stack).await, json!({ "jobs": 230, "removed": 0, "more": false }));
    assert_eq!(stack.engine.count("SWEEPS", "").await.unwrap(), 0);
    let calls = stack.recorder.take();
    let pages = calls.iter().filter(|call| call.keys.iter().any(|key| key == "SWEEPS"));
    let pages: Vec<_> = pages.filter(|call| call.operation == "Query").collect();
    assert_eq!(pages.len(), 3);
    assert!(pages.iter().all(|page| page.request["Limit"] == 100));
}

/// The user with the most jobs has the first id, and another one has been waiting for longer.
#[tokio::test(flavor = "multi_thread")]
async fn m5_a_sweep_without_time_for_all_begins_with_the_oldest_and_goes_on_the_next_day() {
    let limit = std::time::Duration::from_secs(5);
    let stack = Stack::builder().time_limit("sweep", limit).start().await.unwrap();
    let many = (0..140).map(|n| {
        let mut job = old_job(1, 0);
        job["sk"]["S"] = format!("2020-01-01T00:00:59.000Z#{}#{n}", "user1").into();
        job["conversation_id"]["N"] = (n + 1).to_string().into();
        job
    });
    stack.engine.put_items(many.chain([old_job(9, 30)])).await.unwrap();
    stack.invoke("sweep", &json!({ "Records": [] })).await.unwrap();
    let slow = Effect::Delay(std::time::Duration::from_millis(100));
    stack.proxy.inject(Rule::new(slow).function("sweep").operation("Query").always());
    let first = run_daily(&stack).await;
    assert_eq!(first["more"], true, "{first}");
    let left = stack.engine.query("SWEEPS", "").await.unwrap();
    assert!((1..=116).contains(&left.len()), "{} of 141 are left, {first}", left.len());
    let oldest = old_job(9, 30)["user_id"].clone();
    assert!(left.iter().all(|job| job["user_id"] != oldest), "the oldest came first");
    stack.proxy.clear_faults();
    let second = run_daily(&stack).await;
    assert_eq!(second, json!({ "jobs": left.len(), "removed": 0, "more": false }), "{first}");
    assert_eq!(stack.engine.count("SWEEPS", "").await.unwrap(), 0);
}

/// The turn of a very long conversation comes again after the others'.
#[tokio::test(flavor = "multi_thread")]
async fn m5_a_long_conversation_does_not_keep_the_jobs_behind_it_waiting() {
    let stack = Stack::start().await;
    let long = old_job(1, 30);
    let user = long["user_id"]["S"].as_str().unwrap().to_owned();
    let messages = (0..2_050).map(|n| {
        let pk = format!("USER#{user}#CONVERSATION#1");
        json!({ "pk": { "S": pk }, "sk": { "S": format!("MESSAGE#{n:016}") } })
    });
    stack
        .engine
        .put_items(messages.chain((2..40).map(|n| old_job(n, 0))).chain([long]))
        .await
        .unwrap();
    let done = run_daily(&stack).await;
    assert_eq!(done, json!({ "jobs": 40, "removed": 2_050, "more": false }), "twice for one");
    assert_eq!(stack.engine.count("SWEEPS", "").await.unwrap(), 0);
}
