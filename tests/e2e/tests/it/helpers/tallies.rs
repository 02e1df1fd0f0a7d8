//! Tallies, and what they must be: the interactions of the table, counted afresh.

use std::collections::{BTreeMap, BTreeSet};

use e2e::User;
use harness::stack::Stack;
use serde_json::{Value, json};
use shared::id::UserId;
use shared::model::{Tally, UserGroup};

use super::tables::store;

pub const INTERACTIONS: &str = "/api/personalization/interactions";

/// Day, content type, level, hardware, version of the notes.
type Row = (String, String, String, String, String);

/// What a tally says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    pub count: u64,
    pub rated: u64,
    pub sum: u64,
    pub squares: u64,
    pub distribution: [u64; 6],
    pub groups: BTreeSet<UserGroup>,
    pub rated_groups: BTreeSet<UserGroup>,
}

/// Logs an interaction, with a rating if there is one; returns its id.
pub async fn log(user: &User, content_type: &str, rating: Option<f64>) -> String {
    let mut body = json!({ "content_type": content_type });
    if let Some(rating) = rating {
        body["personalization_effectiveness"] = rating.into();
    }
    let response = user.post(INTERACTIONS).json(&body).await;
    assert_eq!(response.status, 201, "{}", response.text());
    response.field("id")
}

/// Logs this number of interactions, every other one with a rating.
pub async fn log_many(user: &User, number: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for n in 0..number {
        let rating = (n % 2 == 1).then_some(f64::from(u32::try_from(n % 11).unwrap()) / 2.0);
        ids.push(log(user, "chat", rating).await);
    }
    ids
}

pub async fn rate(user: &User, id: &str, rating: f64) {
    let body = json!({ "personalization_effectiveness": rating });
    let response = user.put(&format!("{INTERACTIONS}/{id}/rating")).json(&body).await;
    assert_eq!(response.status, 200, "{}", response.text());
}

/// The stream's record of an interaction.
pub fn record(user: &User, id: &str) -> Value {
    record_of(&format!("USER#{}", user.id), &format!("INTERACTION#{id}"))
}

/// The stream's record of an item.
pub fn record_of(pk: &str, sk: &str) -> Value {
    let keys = json!({ "pk": { "S": pk }, "sk": { "S": sk } });
    json!({ "eventName": "MODIFY", "dynamodb": { "Keys": keys } })
}

pub fn records_of(user: &User, ids: &[String]) -> Vec<Value> {
    ids.iter().map(|id| record(user, id)).collect()
}

/// Gives records to the function in one batch; returns how many interactions it has counted, or why it
/// failed.
pub async fn give(stack: &Stack, records: &[Value]) -> Result<u64, String> {
    let done = stack.invoke("sweep", &json!({ "Records": records })).await;
    done.map(|done| done["tallied"].as_u64().unwrap()).map_err(|error| format!("{error:#}"))
}

/// The same, and again while it fails, as Lambda does: on a real engine, many at once are in each other's
/// way.
pub async fn give_until_done(stack: &Stack, records: &[Value]) -> u64 {
    const MAX_TRIES: usize = 6;
    for _ in 1..MAX_TRIES {
        if let Ok(counted) = give(stack, records).await {
            return counted;
        }
    }
    give(stack, records).await.unwrap()
}

/// All tallies, as an operator reads them.
pub async fn tallies(stack: &Stack) -> BTreeMap<Row, Counts> {
    let items = stack.engine.all_items().await.unwrap();
    let days: BTreeSet<&str> =
        items.iter().filter_map(|item| item["pk"]["S"].as_str()?.strip_prefix("TALLY#")).collect();
    let store = store(stack);
    let mut found = BTreeMap::new();
    for day in days {
        for tally in store.operator().tallies(day).await.unwrap() {
            let (row, counts) = counts_of(tally);
            assert!(found.insert(row.clone(), counts).is_none(), "two rows of {row:?}");
        }
    }
    found
}

fn counts_of(tally: Tally) -> (Row, Counts) {
    let used = serde_json::to_value(tally.background_used).unwrap();
    let content_type = tally.content_type.as_str().to_owned();
    let row = row_of(tally.date, content_type, |name| used[name].to_string());
    let counts = Counts {
        count: tally.count,
        rated: tally.rated,
        sum: tally.sum,
        squares: tally.squares,
        distribution: tally.distribution,
        groups: tally.groups,
        rated_groups: tally.rated_groups,
    };
    (row, counts)
}

fn row_of(date: String, content_type: String, used: impl Fn(&str) -> String) -> Row {
    let [level, hardware, notes] =
        ["software_level", "hardware_background", "notes_version"].map(used);
    (date, content_type, level, hardware, notes)
}

/// What the tallies must be: the interactions that the table has.
pub async fn afresh(stack: &Stack) -> BTreeMap<Row, Counts> {
    let mut all: BTreeMap<Row, Counts> = BTreeMap::new();
    for item in stack.engine.all_items().await.unwrap() {
        if item["kind"]["S"] != "interaction" {
            continue;
        }
        let text = |name: &str| item[name]["S"].as_str().unwrap().to_owned();
        let used = &item["background_used"]["M"];
        let row = row_of(text("timestamp")[..10].to_owned(), text("content_type"), |name| {
            let value = &used[name];
            match (value["S"].as_str(), value["N"].as_str()) {
                (Some(text), _) => json!(text).to_string(),
                (None, Some(number)) => number.to_owned(),
                (None, None) => "null".to_owned(),
            }
        });
        let counts = all.entry(row).or_default();
        counts.count += 1;
        let user = UserId::try_from(text("user_id")).unwrap();
        counts.groups.insert(UserGroup::of(&user));
        if let Some(rating) = item["personalization_effectiveness"]["N"].as_str() {
            let rating: f64 = rating.parse().unwrap();
            let hundredths = (0..=500).find(|h| (f64::from(*h) / 100.0 - rating).abs() < 1e-9);
            let hundredths = u64::try_from(hundredths.unwrap()).unwrap();
            counts.rated += 1;
            counts.rated_groups.insert(UserGroup::of(&user));
            counts.sum += hundredths;
            counts.squares += hundredths * hundredths;
            counts.distribution[usize::try_from((hundredths + 50) / 100).unwrap()] += 1;
        }
    }
    all
}

/// All that is in the table is counted, once.
pub async fn assert_counted(stack: &Stack, what: &str) {
    assert_eq!(tallies(stack).await, afresh(stack).await, "{what}");
}
