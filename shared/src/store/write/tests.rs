use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};

use super::{Condition, Operation, Part, Update, Write, WriteError, happened};
use crate::clock::Clock;
use crate::store::keys::Key;
use crate::store::{Store, StoreError, item};

/// Takes the place of DynamoDB: remembers the requests, and sends each of `responses` once, the
/// last one for ever.
#[derive(Debug, Clone)]
struct Table {
    requests: Arc<Mutex<Vec<Value>>>,
    responses: Arc<Mutex<Vec<(u16, Value)>>>,
}

impl HttpConnector for Table {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let body = serde_json::from_slice(request.body().bytes().unwrap()).unwrap();
        self.requests.lock().unwrap().push(body);
        let mut responses = self.responses.lock().unwrap();
        let (status, body) =
            if responses.len() > 1 { responses.remove(0) } else { responses[0].clone() };
        let body = SdkBody::from(body.to_string());
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status.try_into().unwrap(), body)))
    }
}

impl Table {
    fn new(responses: Vec<(u16, Value)>) -> Self {
        Self { requests: Arc::default(), responses: Arc::new(Mutex::new(responses)) }
    }

    fn store(&self) -> Store {
        let connector = SharedHttpConnector::new(self.clone());
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new("local"))
            .credentials_provider(Credentials::new("id", "secret", None, None, "tests"))
            .http_client(http_client_fn(move |_, _| connector.clone()))
            .build();
        let client = aws_sdk_dynamodb::Client::from_conf(config);
        let keys_table = "keys".to_owned();
        Store { client, table: "table".to_owned(), keys_table, clock: Clock::default() }
    }

    fn requests(&self) -> Vec<Value> {
        self.requests.lock().unwrap().clone()
    }
}

fn key() -> Key {
    Key { pk: "P".to_owned(), sk: "S".to_owned() }
}

fn unexpired() -> Condition {
    Condition::new("#ttl > :now").name("#ttl", "ttl").value(":now", item::n(7))
}

fn conflict() -> (u16, Value) {
    (400, json!({"__type": "com.amazonaws.dynamodb.v20120810#TransactionConflictException"}))
}

fn canceled(codes: &[&str]) -> (u16, Value) {
    let reasons: Vec<_> = codes.iter().map(|code| json!({"Code": code})).collect();
    let kind = "com.amazonaws.dynamodb.v20120810#TransactionCanceledException";
    (400, json!({"__type": kind, "CancellationReasons": reasons}))
}

/// The update of all tests, with its condition.
fn update() -> Write<Update> {
    Write::update(&key())
        .set("name", item::s("Ada"))
        .set_if_absent("tokens", item::n(0))
        .add("count", item::n(1))
        .remove(["ttl", "archived_at"])
        .when(unexpired())
}

#[tokio::test]
async fn every_write_sends_the_names_and_values_of_its_condition() {
    let table = Table::new(vec![(200, json!({}))]);
    let store = table.store();
    let item = item::key(&key());
    store.send(Write::put(item.clone()).when(unexpired())).await.unwrap();
    store.send(Write::delete(&key()).when(unexpired())).await.unwrap();
    store.send(update()).await.unwrap();
    let (put, delete) = (Write::put(item), Write::delete(&key()));
    let parts = [put.when(unexpired()).into(), delete.when(unexpired()).into(), update().into()];
    store.transact::<Part>(parts).await.unwrap();
    let requests = table.requests();
    let [put, delete, update, transaction] = requests.as_slice() else {
        panic!("{requests:?}");
    };
    let parts = &transaction["TransactItems"];
    let parts = [&parts[0]["Put"], &parts[1]["Delete"], &parts[2]["Update"]];
    for request in [put, delete, update].into_iter().chain(parts) {
        assert_eq!(request["ConditionExpression"], "#ttl > :now", "{request}");
        assert_eq!(request["ExpressionAttributeNames"]["#ttl"], "ttl", "{request}");
        assert_eq!(request["ExpressionAttributeValues"][":now"], json!({"N": "7"}), "{request}");
        assert_eq!(request["TableName"], "table");
    }
}

#[tokio::test]
async fn an_update_is_the_same_alone_and_in_a_transaction() {
    let table = Table::new(vec![(200, json!({}))]);
    let store = table.store();
    store.send(update()).await.unwrap();
    store.transact([update()]).await.unwrap();
    let requests = table.requests();
    let (alone, part) = (&requests[0], &requests[1]["TransactItems"][0]["Update"]);
    for request in [alone, part] {
        assert_eq!(
            request["UpdateExpression"],
            "SET #name = :name, #tokens = if_not_exists(#tokens, :tokens) \
             ADD #count :count REMOVE #ttl, #archived_at"
        );
        assert_eq!(request["ExpressionAttributeNames"]["#archived_at"], "archived_at");
        assert_eq!(request["ExpressionAttributeValues"][":name"], json!({"S": "Ada"}));
    }
    for same in ["ConditionExpression", "ExpressionAttributeNames", "ExpressionAttributeValues"] {
        assert_eq!(alone[same], part[same]);
    }
}

#[tokio::test]
async fn a_whole_row_is_set_without_its_key() {
    let table = Table::new(vec![(200, json!({}))]);
    let mut row = item::key(&key());
    row.insert("created_at".to_owned(), item::s("now"));
    table.store().send(Write::update(&key()).set_all(row, &["created_at"])).await.unwrap();
    let request = &table.requests()[0];
    let expected = "SET #created_at = if_not_exists(#created_at, :created_at)";
    assert_eq!(request["UpdateExpression"], expected);
    assert_eq!(request["ExpressionAttributeNames"], json!({"#created_at": "created_at"}));
    assert_eq!(request["ConditionExpression"], Value::Null);
}

/// A write is rejected alone and in a transaction.
async fn assert_rejected<A: Operation + Clone>(store: &Store, write: Write<A>)
where
    Part: From<Write<A>>,
{
    let alone = store.send(write.clone()).await;
    assert!(matches!(alone, Err(WriteError::Store(StoreError::Rejected(_)))));
    let part = store.transact([write]).await;
    assert!(matches!(part, Err(WriteError::Store(StoreError::Rejected(_)))));
}

#[tokio::test]
async fn a_placeholder_with_two_meanings_is_an_error() {
    let table = Table::new(vec![(200, json!({}))]);
    let store = table.store();
    let set = |value| Write::update(&key()).set("run", item::s(value));
    let same = Condition::new("run = :run").value(":run", item::s("a"));
    store.send(set("a").when(same.clone())).await.unwrap();
    let two_values = set("b").when(same.clone());
    let two_names = set("a").when(Condition::new("#run = :a").name("#run", "turn_run"));
    let in_condition = same.clone().value(":run", item::s("c"));
    let in_conditions = Condition::new("turn_run = :run").value(":run", item::s("d"));
    let in_conditions = Write::delete(&key()).when(same).when(in_conditions);
    let in_condition = Write::delete(&key()).when(in_condition);
    assert_rejected(&store, two_values).await;
    assert_rejected(&store, two_names).await;
    assert_rejected(&store, in_condition).await;
    assert_rejected(&store, in_conditions).await;
    assert_eq!(table.requests().len(), 1, "an ambiguous write is not sent");
}

#[tokio::test]
async fn of_several_conditions_all_must_be_true() {
    let table = Table::new(vec![(200, json!({}))]);
    let either = Condition::new("attribute_not_exists(pk) OR a = :a").value(":a", item::n(1));
    let write = Write::delete(&key()).when(either).when(unexpired());
    table.store().send(write).await.unwrap();
    let request = &table.requests()[0];
    let expected = "(attribute_not_exists(pk) OR a = :a) AND (#ttl > :now)";
    assert_eq!(request["ConditionExpression"], expected);
    assert_eq!(request["ExpressionAttributeValues"], json!({":a": {"N": "1"}, ":now": {"N": "7"}}));
}

#[tokio::test(start_paused = true)]
async fn a_conflict_is_retried_three_times() {
    for (response, is_transaction) in [
        (conflict(), false),
        (conflict(), true),
        (canceled(&["None", "TransactionConflict"]), true),
        (canceled(&["ThrottlingError"]), true),
    ] {
        for (failures, succeeds) in [(3, true), (4, false)] {
            let mut responses = vec![response.clone(); failures];
            responses.push((200, json!({})));
            let table = Table::new(responses);
            let store = table.store();
            let outcome = if is_transaction {
                store.transact([update()]).await
            } else {
                store.send(update()).await.map(drop)
            };
            assert_eq!(outcome.is_ok(), succeeds, "{response:?} {failures} {outcome:?}");
            assert_eq!(table.requests().len(), 4, "{response:?}");
            if let Err(error) = outcome {
                assert!(matches!(error, WriteError::Store(StoreError::Conflict(_))), "{error:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_failed_condition_says_which_part_it_was_of() {
    let table = Table::new(vec![canceled(&["None", "ConditionalCheckFailed", "None"])]);
    let outcome = table.store().transact([update(), update(), update()]).await;
    assert!(matches!(outcome, Err(WriteError::ConditionFailed(1, None))), "{outcome:?}");
    assert!(!happened(outcome).unwrap());
    let kind = "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException";
    let old = json!({"pk": {"S": "P"}});
    let table = Table::new(vec![(400, json!({"__type": kind, "Item": old}))]);
    let outcome = table.store().send(update()).await;
    let Err(WriteError::ConditionFailed(0, Some(item))) = outcome else { panic!("{outcome:?}") };
    assert_eq!(item::text(&item, "pk").unwrap(), "P");
    assert_eq!(table.requests()[0]["ReturnValuesOnConditionCheckFailure"], "ALL_OLD");
}
