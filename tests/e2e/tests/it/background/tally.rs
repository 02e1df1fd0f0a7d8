//! What `sweep` counts of interactions.

use std::collections::BTreeSet;

use e2e::chat::{ask, builder, interactions};
use e2e::{User, delete_user};
use futures_util::future::join_all;
use harness::stack::Stack;
use serde_json::{Value, json};

use crate::helpers::erasure::{items_of, sweep_to_the_end};
use crate::helpers::tallies::{
    INTERACTIONS, afresh, assert_counted, give, give_until_done, log, log_many, rate, record,
    record_of, records_of, tallies,
};

async fn choose(user: &User, level: &str, hardware: &str) {
    let body = json!({ "software_level": level, "hardware_background": hardware });
    assert_eq!(user.put("/api/user/profile").json(&body).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn interactions_are_tallied_by_day_content_type_and_background_with_their_last_ratings() {
    let stack = builder().start().await.unwrap();
    let (ada, eve) = (stack.sign_up("ada").await, stack.sign_up("eve").await);
    choose(&eve, "advanced", "none").await;
    let first = log(&ada, "translation", None).await;
    log(&ada, "translation", Some(2.5)).await;
    log(&eve, "translation", Some(4.99)).await;
    for user in [&ada, &eve] {
        let turn = ask(user, &json!({ "message": "hello" })).await;
        assert_eq!(turn.status, 200, "{}", turn.text());
    }
    stack.deliver_stream().await.unwrap();
    assert_counted(&stack, "new").await;

    // Without a profile, which is not the background `none`.
    assert_eq!(eve.delete("/api/user/profile").await.status, 204);
    log(&eve, "translation", Some(0.0)).await;
    let reply = interactions(&ada).await[0]["id"].as_str().unwrap().to_owned();
    rate(&ada, &reply, 3.5).await;
    rate(&ada, &first, 1.0).await;
    stack.deliver_stream().await.unwrap();
    assert_counted(&stack, "rated").await;
    for rating in [5.0, 0.25] {
        rate(&ada, &first, rating).await;
    }
    stack.deliver_stream().await.unwrap();
    assert_counted(&stack, "rated again").await;
    let tallies = tallies(&stack).await;
    assert_eq!(tallies.len(), 5, "{tallies:#?}");
    let (_, of_ada) =
        tallies.iter().find(|(row, _)| row.1 == "translation" && row.2 == "\"beginner\"").unwrap();
    assert_eq!((of_ada.count, of_ada.rated, of_ada.sum, of_ada.squares), (2, 2, 275, 63_125));
    assert_eq!(of_ada.distribution, [1, 0, 0, 1, 0, 0]);
    // The marks themselves come through the stream, and nothing follows from them.
    stack.deliver_stream().await.unwrap();
    assert_eq!(stack.deliver_stream().await.unwrap(), 0);
    assert_counted(&stack, "marks").await;
}

/// Nobody is shown what is counted of an interaction.
#[tokio::test(flavor = "multi_thread")]
async fn the_mark_of_an_interaction_is_in_no_response() {
    let stack = Stack::start().await;
    let ada = stack.sign_up("ada").await;
    let id = log(&ada, "chat", Some(2.0)).await;
    stack.deliver_stream().await.unwrap();
    let pk = format!("USER#{}", ada.id);
    let row = stack.engine.query(&pk, "INTERACTION#").await.unwrap().remove(0);
    assert_eq!(row["tallied"], json!({ "N": "200" }));
    let body = json!({ "personalization_effectiveness": 3 });
    let rated = ada.put(&format!("{INTERACTIONS}/{id}/rating")).json(&body).await;
    for response in [rated, ada.get(INTERACTIONS).await, ada.get("/api/user/export").await] {
        assert_eq!(response.status, 200);
        assert!(response.text().contains(&id));
        assert!(!response.text().contains("tallied"), "{}", response.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_again_in_another_order_or_in_overlapping_batches_counts_once() {
    let stack = Stack::start().await;
    let (ada, eve) = (stack.sign_up("ada").await, stack.sign_up("eve").await);
    let mut records = records_of(&ada, &log_many(&ada, 12).await);
    let of_eve = log_many(&eve, 8).await;
    records.extend(records_of(&eve, &of_eve));
    assert_eq!(give(&stack, &records).await.unwrap(), 20);
    assert_eq!(give(&stack, &records).await.unwrap(), 0);
    assert_counted(&stack, "twice").await;
    rate(&eve, &of_eve[0], 1.5).await;
    records.reverse();
    let twice = [records.clone(), records.clone()].concat();
    assert_eq!(give(&stack, &twice).await.unwrap(), 1, "what is counted already is left alone");
    assert_counted(&stack, "reversed").await;
    rate(&eve, &of_eve[0], 5.0).await;
    rate(&eve, &of_eve[7], 0.01).await;
    for batch in records.windows(6) {
        give(&stack, batch).await.unwrap();
    }
    assert_counted(&stack, "overlapping").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_deliveries_at_once_count_once() {
    let stack = Stack::builder().concurrency(10).start().await.unwrap();
    let ada = stack.sign_up("ada").await;
    let ids = log_many(&ada, 40).await;
    for round in 0..2 {
        let records = records_of(&ada, &ids);
        let given = (0..50).map(|n| {
            let mut some: Vec<Value> =
                records.iter().cycle().skip(n % 40).take(30).cloned().collect();
            if n % 3 == 0 {
                some.reverse();
            }
            let stack = &stack;
            async move { give_until_done(stack, &some).await }
        });
        let counted: u64 = join_all(given).await.into_iter().sum();
        // A function that gave up does not say what it had counted by then.
        assert!(counted <= if round == 0 { 40 } else { 10 }, "{counted}");
        assert_counted(&stack, "at once").await;
        for id in &ids[..10] {
            rate(&ada, id, 4.25).await;
        }
    }
}

/// A transaction has as many parts as it may have, with room to spare.
#[tokio::test(flavor = "multi_thread")]
async fn a_large_batch_is_counted_in_several_transactions() {
    let stack = Stack::start().await;
    let ada = stack.sign_up("ada").await;
    let id = log(&ada, "chat", Some(4.0)).await;
    let pk = format!("USER#{}", ada.id);
    let row = stack.engine.get_item(&pk, &format!("INTERACTION#{id}")).await.unwrap().unwrap();
    let sk = |n: usize| format!("INTERACTION#019ab3c4-5d6e-7f80-9a1b-{n:012}");
    let copies = (0..129).map(|n| {
        let mut copy = row.clone();
        copy["sk"] = json!({ "S": sk(n) });
        // Each has a tally of its own.
        copy["content_type"] = json!({ "S": format!("type-{n}") });
        copy
    });
    stack.engine.put_items(copies).await.unwrap();
    let records: Vec<Value> =
        (0..129).map(|n| record_of(&pk, &sk(n))).chain([record(&ada, &id)]).collect();
    stack.warm(&["sweep"]).await.unwrap();
    assert_eq!(give(&stack, &records).await.unwrap(), 130);
    let calls = stack.recorder.take();
    // A transaction that is sent again has the same token.
    let mut tokens = BTreeSet::new();
    let parts =
        calls.iter().filter(|call| call.operation == "TransactWriteItems").filter_map(|call| {
            let is_new = tokens.insert(call.request["ClientRequestToken"].as_str()?.to_owned());
            is_new.then(|| call.request["TransactItems"].as_array().map(Vec::len))?
        });
    let parts: Vec<usize> = parts.collect();
    assert_eq!(parts, [50, 50, 50, 50, 50, 10], "at most 100 interactions are read in one call");
    assert_eq!(calls.iter().filter(|call| call.operation == "BatchGetItem").count(), 2);
    assert_counted(&stack, "130").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn erasing_a_user_leaves_the_sums_and_brings_no_row_back() {
    let stack = Stack::start().await;
    let (ada, eve) = (stack.sign_up("ada").await, stack.sign_up("eve").await);
    let ids = log_many(&ada, 5).await;
    log_many(&eve, 3).await;
    stack.deliver_stream().await.unwrap();
    let before = tallies(&stack).await;
    assert_eq!(before, afresh(&stack).await);
    rate(&ada, &ids[0], 5.0).await;
    delete_user(&ada).await;
    // The job and the rating are in one batch.
    stack.deliver_stream().await.unwrap();
    let sums = tallies(&stack).await;
    sweep_to_the_end(&stack).await;
    assert_eq!(items_of(&stack, &ada).await, 0);
    assert_eq!(give(&stack, &records_of(&ada, &ids)).await.unwrap(), 0);
    assert_eq!(items_of(&stack, &ada).await, 0);
    assert_eq!(tallies(&stack).await, sums);
    let count = |tallies: &std::collections::BTreeMap<_, crate::helpers::tallies::Counts>| {
        tallies.values().map(|counts| counts.count).sum::<u64>()
    };
    assert_eq!((count(&before), count(&sums)), (8, 8));
    for item in stack.engine.query(&day(&stack).await, "").await.unwrap() {
        assert!(!item.to_string().contains(&ada.id) && item.get("ttl").is_some(), "{item}");
    }
}

/// The partition of the only day that is tallied.
async fn day(stack: &Stack) -> String {
    let items = stack.engine.all_items().await.unwrap();
    let keys = items.iter().filter_map(|item| item["pk"]["S"].as_str());
    keys.filter(|pk| pk.starts_with("TALLY#")).max().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_malformed_interaction_is_logged_once_and_holds_up_no_other() {
    let stack = Stack::start().await;
    let ada = stack.sign_up("ada").await;
    let pk = format!("USER#{}", ada.id);
    let sk = "INTERACTION#019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6071";
    let ids = log_many(&ada, 2).await;
    let malformed = json!({ "pk": { "S": pk }, "sk": { "S": sk }, "timestamp": { "N": "1" } });
    stack.engine.put_item(malformed).await.unwrap();
    let records = [record(&ada, &ids[0]), record_of(&pk, sk), record(&ada, &ids[1])];
    assert_eq!(give(&stack, &records).await.unwrap(), 2);
    let logged = stack.log_line("sweep", "an interaction can't be counted").await.unwrap();
    assert!(logged.contains("ERROR") && logged.contains("2c3d4e5f6071"), "{logged}");
    let lines = stack.logs("sweep").unwrap();
    assert_eq!(lines.iter().filter(|line| line.contains("\"ERROR\"")).count(), 1, "{lines:#?}");
    stack.engine.delete_item(&pk, sk).await.unwrap();
    assert_counted(&stack, "the others").await;
}

/// What is no interaction any more, or is so old that its tally is gone, changes nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_tally_ends_four_hundred_days_after_its_day() {
    let stack = Stack::start().await;
    let ada = stack.sign_up("ada").await;
    let ids = log_many(&ada, 2).await;
    let pk = format!("USER#{}", ada.id);
    for (id, days) in ids.iter().zip([-402, -399]) {
        let at = json!({ "S": e2e::in_days(days) });
        let sk = format!("INTERACTION#{id}");
        stack.engine.set(&pk, &sk, &[("timestamp", at)]).await.unwrap();
    }
    assert_eq!(give(&stack, &records_of(&ada, &ids)).await.unwrap(), 1);
    let found = tallies(&stack).await;
    let dates: Vec<&str> = found.keys().map(|row| row.0.as_str()).collect();
    assert_eq!(dates, [&e2e::in_days(-399)[..10]]);
    // DynamoDB may delete an item days late.
    let day = day(&stack).await;
    let sk = stack.engine.query(&day, "").await.unwrap()[0]["sk"]["S"].as_str().unwrap().to_owned();
    stack.engine.set(&day, &sk, &[("ttl", json!({ "N": "1700000000" }))]).await.unwrap();
    assert!(tallies(&stack).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn with_analytics_off_nothing_is_counted_until_it_is_rated_with_analytics_on() {
    let stack = Stack::builder().parameter("Analytics", "off").start().await.unwrap();
    let ada = stack.sign_up("ada").await;
    let id = log(&ada, "chat", None).await;
    rate(&ada, &id, 2.0).await;
    assert_eq!(stack.deliver_stream().await.unwrap(), 0);
    assert!(tallies(&stack).await.is_empty());
    // The switch is turned on.
    rate(&ada, &id, 4.0).await;
    assert_eq!(give(&stack, &[record(&ada, &id)]).await.unwrap(), 1);
    assert_counted(&stack, "rated afterwards").await;
}
