//! Recording and faults, seen by a caller that speaks plain HTTP.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]

use harness::engine::Engine;
use harness::proxy::{Effect, Proxy, Rule, round_trips};
use serde_json::{Value, json};
use std::time::Duration;
use template::{Settings, Template};

struct Fixture {
    engine: Engine,
    proxy: Proxy,
    /// The engine as the function `append-message` sees it.
    caller: Engine,
    table: String,
}

async fn fixture() -> Fixture {
    let table_name = Engine::unique_table_name();
    let settings = Settings { table_name: table_name.clone(), ..Settings::default() };
    let template = Template::load_with(&settings).unwrap();
    let mut engine = Engine::for_tests().await.unwrap();
    engine.create_table(&template.table, None).await.unwrap();
    let proxy = Proxy::start(engine.url()).await.unwrap();
    let mut caller = Engine::external(&proxy.url("append-message"));
    caller.create_table(&template.table, None).await.unwrap();
    proxy.recorder.take();
    Fixture { engine, proxy, caller, table: table_name }
}

fn item(pk: &str) -> Value {
    json!({"pk": {"S": pk}, "sk": {"S": "X"}})
}

#[tokio::test]
async fn a_call_is_recorded_with_its_actions_keys_and_units() {
    let f = fixture().await;
    let part = json!({"TableName": f.table, "Item": item("USER#1")});
    let check = json!({"TableName": f.table, "Key": item("USER#2"), "ConditionExpression": "attribute_not_exists(pk)"});
    f.caller
        .call(
            "TransactWriteItems",
            json!({"TransactItems": [{"Put": part}, {"ConditionCheck": check}]}),
        )
        .await
        .unwrap();
    let response = f.caller.query("USER#1", "").await.unwrap();
    assert_eq!(response.len(), 1);

    let calls = f.proxy.recorder.take();
    assert_eq!(round_trips(&calls), 2);
    let [write, query] = &calls[..] else { panic!("{calls:?}") };
    assert_eq!((write.function.as_str(), write.status), ("append-message", 200));
    assert_eq!(
        write.actions.iter().collect::<Vec<_>>(),
        ["dynamodb:ConditionCheckItem", "dynamodb:PutItem"]
    );
    assert_eq!(write.keys, ["USER#1|X", "USER#2|X"]);
    assert_eq!((write.read_units, write.write_units), (0.0, 4.0));
    assert_eq!((query.operation.as_str(), query.read_units), ("Query", 1.0));
    assert_eq!(query.keys, ["USER#1"]);
    assert!(f.proxy.recorder.take().is_empty());
}

#[tokio::test]
async fn calls_that_overlap_are_one_round_trip() {
    let f = fixture().await;
    f.proxy.recorder.set_delay(Duration::from_millis(20));
    let (a, b) = tokio::join!(f.caller.get_item("A", "X"), f.caller.get_item("B", "X"));
    assert!(a.unwrap().is_none() && b.unwrap().is_none());
    assert_eq!(round_trips(&f.proxy.recorder.take()), 1);
}

#[tokio::test]
async fn rules_skip_count_and_match() {
    let f = fixture().await;
    let rule =
        Rule::new(Effect::Throttle).function("append-message").operation("PutItem").key("USER#1");
    let fault = f.proxy.inject(rule.skip(1).times(2));
    let mut results = Vec::new();
    for pk in ["USER#2", "USER#1", "USER#1", "USER#1", "USER#1"] {
        results.push(f.caller.put_item(item(pk)).await.map_err(|error| error.to_string()));
    }
    assert_eq!(
        results.iter().map(Result::is_ok).collect::<Vec<_>>(),
        [true, true, false, false, true]
    );
    assert!(results[2].as_ref().unwrap_err().contains("ProvisionedThroughputExceededException"));
    assert_eq!(fault.hits(), 2);
    assert_eq!(
        f.proxy.recorder.take()[2].error.as_deref(),
        Some("ProvisionedThroughputExceededException")
    );
}

#[tokio::test]
async fn a_lost_response_was_carried_out_and_a_reset_was_not() {
    let f = fixture().await;
    f.proxy.inject(Rule::new(Effect::LostResponse));
    f.proxy.inject(Rule::new(Effect::Reset));
    assert!(f.caller.put_item(item("LOST")).await.unwrap_err().to_string().contains("no response"));
    assert!(
        f.caller.put_item(item("RESET")).await.unwrap_err().to_string().contains("no response")
    );
    assert_eq!(f.engine.count("LOST", "").await.unwrap(), 1);
    assert_eq!(f.engine.count("RESET", "").await.unwrap(), 0);
    let calls = f.proxy.recorder.take();
    assert_eq!((calls[0].status, calls[0].write_units), (0, 1.0));
    assert_eq!((calls[1].status, calls[1].write_units), (0, 0.0));
}

#[tokio::test]
async fn conflicts_have_the_shape_of_their_operation() {
    let f = fixture().await;
    f.proxy.inject(Rule::new(Effect::TransactionConflict).times(2));
    let single = f.caller.put_item(item("A")).await.unwrap_err().to_string();
    assert!(single.contains("TransactionConflictException"), "{single}");
    let part = json!({"Put": {"TableName": f.table, "Item": item("A")}});
    let both = f.caller.call("TransactWriteItems", json!({"TransactItems": [part, part]})).await;
    let both = both.unwrap_err().to_string();
    assert!(
        both.contains("TransactionCanceledException") && both.contains(r#"{"Code":"None"}"#),
        "{both}"
    );
    assert_eq!(f.engine.count("A", "").await.unwrap(), 0);
}

#[tokio::test]
async fn a_held_call_waits_for_its_release() {
    let f = fixture().await;
    for (effect, seen) in [(Effect::HoldBefore, 0), (Effect::HoldAfter, 1)] {
        let fault = f.proxy.inject(Rule::new(effect));
        let pk = format!("{effect:?}");
        let test = async {
            fault.reached(1).await.unwrap();
            assert_eq!(f.engine.count(&pk, "").await.unwrap(), seen);
            fault.release();
        };
        let (written, ()) = tokio::join!(f.caller.put_item(item(&pk)), test);
        written.unwrap();
        assert_eq!(f.engine.count(&pk, "").await.unwrap(), 1);
    }
}

#[tokio::test]
async fn a_transaction_is_held_by_the_key_of_any_of_its_parts() {
    let f = fixture().await;
    let rule = Rule::new(Effect::HoldBefore).operation("TransactWriteItems").key("USER#2|");
    let fault = f.proxy.inject(rule);
    let put = |pk: &str| json!({"Put": {"TableName": f.table, "Item": item(pk)}});
    let update = json!({"Update": {
        "TableName": f.table, "Key": item("USER#2"), "UpdateExpression": "SET n = :n",
        "ExpressionAttributeValues": {":n": {"N": "1"}}
    }});
    f.caller.put_item(item("USER#2")).await.unwrap();
    let other = json!({"TransactItems": [put("USER#20")]});
    f.caller.call("TransactWriteItems", other).await.unwrap();
    let held = json!({"TransactItems": [put("USER#1"), update]});
    let between = async {
        fault.reached(1).await.unwrap();
        assert_eq!(f.engine.count("USER#1", "").await.unwrap(), 0);
        fault.release();
    };
    let (written, ()) = tokio::join!(f.caller.call("TransactWriteItems", held), between);
    written.unwrap();
    assert_eq!((f.engine.count("USER#1", "").await.unwrap(), fault.hits()), (1, 1));
}

#[tokio::test]
async fn a_batch_is_left_unprocessed_in_part_or_whole() {
    let f = fixture().await;
    for pk in ["A", "B", "C"] {
        f.engine.put_item(item(pk)).await.unwrap();
    }
    let keys: Vec<Value> = ["A", "B", "C"].into_iter().map(item).collect();
    for kept in [1, 0] {
        f.proxy.inject(Rule::new(Effect::Unprocessed(kept)));
        let body = json!({"RequestItems": {&f.table: {"Keys": keys, "ConsistentRead": true}}});
        let response = f.caller.call("BatchGetItem", body).await.unwrap();
        let found = response["Responses"][&f.table].as_array().map_or(0, Vec::len);
        let rest = &response["UnprocessedKeys"][&f.table];
        assert_eq!((found, rest["Keys"].as_array().unwrap().len()), (kept, 3 - kept));
        assert_eq!(rest["ConsistentRead"], true);
    }
    f.proxy.inject(Rule::new(Effect::Unprocessed(3)));
    let body = json!({"RequestItems": {&f.table: {"Keys": keys}}});
    let response = f.caller.call("BatchGetItem", body).await.unwrap();
    assert_eq!(response["UnprocessedKeys"], json!({}), "a table without a rest is not named");
    f.proxy.inject(Rule::new(Effect::Unprocessed(2)));
    let deletes: Vec<Value> =
        keys.iter().map(|key| json!({"DeleteRequest": {"Key": key}})).collect();
    let response = f
        .caller
        .call("BatchWriteItem", json!({"RequestItems": {&f.table: deletes}}))
        .await
        .unwrap();
    assert_eq!(response["UnprocessedItems"][&f.table][0]["DeleteRequest"]["Key"], item("C"));
    assert_eq!(f.engine.all_items().await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_empty_key_in_a_query_is_refused_as_dynamodb_does() {
    let f = fixture().await;
    f.proxy.set_strict(true);
    let query = |from: &str| {
        let values = json!({":pk": {"S": "A"}, ":from": {"S": from}, ":to": {"S": "Z"}});
        let condition = "pk = :pk AND sk BETWEEN :from AND :to";
        let body =
            json!({"KeyConditionExpression": condition, "ExpressionAttributeValues": values});
        f.caller.call("Query", body)
    };
    assert!(query("B").await.is_ok());
    assert!(query("").await.unwrap_err().to_string().contains("ValidationException"));
}
