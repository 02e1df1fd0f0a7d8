//! The engine with the table of the template.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]

use harness::engine::{Engine, StreamReader};
use serde_json::{Value, json};
use template::{Settings, Template};

async fn engine() -> Engine {
    let settings = Settings { table_name: Engine::unique_table_name(), ..Settings::default() };
    let template = Template::load_with(&settings).unwrap();
    let mut engine = Engine::for_tests().await.unwrap();
    let ttl = template.ttl_attribute.as_deref();
    engine.create_table(&template.table, ttl).await.unwrap();
    engine.create_table(&template.table, ttl).await.unwrap();
    engine
}

fn item(pk: &str, sk: &str) -> Value {
    json!({"pk": {"S": pk}, "sk": {"S": sk}})
}

#[tokio::test]
async fn items_come_back() {
    let engine = engine().await;
    for n in 0..3 {
        engine.put_item(item("A", &format!("X#{n}"))).await.unwrap();
    }
    engine.put_item(item("B", "Y")).await.unwrap();
    engine.set("B", "Y", &[("ttl", json!({"N": "1"})), ("size", json!({"N": "2"}))]).await.unwrap();

    assert_eq!(engine.query("A", "X#").await.unwrap().len(), 3);
    assert_eq!(engine.query("A", "Z").await.unwrap().len(), 0);
    assert_eq!(engine.count("A", "").await.unwrap(), 3);
    assert_eq!(engine.get_item("B", "Y").await.unwrap().unwrap()["size"], json!({"N": "2"}));
    engine.delete_item("A", "X#0").await.unwrap();
    assert_eq!(engine.all_items().await.unwrap().len(), 3);
    assert!(
        engine
            .call("PutItem", json!({"Item": {}}))
            .await
            .unwrap_err()
            .to_string()
            .contains("ValidationException")
    );
}

#[tokio::test]
async fn expired_items_are_swept() {
    if std::env::var(harness::engine::ENGINE_VARIABLE).is_ok() {
        return;
    }
    let engine = engine().await;
    engine.put_item(item("B", "Y")).await.unwrap();
    engine.set("B", "Y", &[("ttl", json!({"N": "1600000000"}))]).await.unwrap();
    assert_eq!(engine.sweep_ttl().unwrap(), 1);
    assert!(engine.get_item("B", "Y").await.unwrap().is_none());
}

#[tokio::test]
async fn the_stream_yields_each_record_once() {
    let engine = engine().await;
    let mut reader = StreamReader::default();
    engine.put_item(item("SWEEPS", "u")).await.unwrap();
    let records = reader.next(&engine).await.unwrap();
    assert_eq!(records.len(), 1);
    assert_eq!(records[0]["eventName"], "INSERT");
    assert_eq!(records[0]["dynamodb"]["Keys"]["pk"]["S"], "SWEEPS");
    engine.delete_item("SWEEPS", "u").await.unwrap();
    assert_eq!(reader.next(&engine).await.unwrap()[0]["eventName"], "REMOVE");
    assert!(reader.next(&engine).await.unwrap().is_empty());
}
