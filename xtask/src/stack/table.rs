//! The tables of the local stack, as template.yaml describes it.

pub mod guard;

use anyhow::{Context, Result, ensure};
use harness::engine::Engine;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use template::Template;

/// The engine deletes expired items only when it is asked to.
const EXPIRY: Duration = Duration::from_secs(10);

/// Opens the engine and makes the tables that are not there.
pub async fn open(file: Option<&Path>, template: &Template) -> Result<Engine> {
    let mut engine = Engine::hidden(file).await.context("cannot start the table's engine")?;
    engine
        .create_table(&template.table, template.ttl_attribute.as_deref())
        .await
        .context("cannot make the table")?;
    let mut keys = Engine::external(engine.url());
    keys.create_table(&template.keys_table, None)
        .await
        .context("cannot make the table of signing keys")?;
    let described = engine.call("DescribeTable", json!({})).await?;
    let found = described.get("Table").unwrap_or(&Value::Null);
    ensure!(
        shape(found) == shape(&template.table),
        "the table of an earlier run is not the one that template.yaml describes now; \
         `cargo xtask dev --fresh` makes a new one and deletes its data"
    );
    Ok(engine)
}

/// What can be changed in a new table only: its keys, and those of its indexes.
fn shape(table: &Value) -> Vec<String> {
    let keys = |entry: &Value| entry.get("KeySchema").unwrap_or(&Value::Null).to_string();
    let indexes = table.get("GlobalSecondaryIndexes").and_then(Value::as_array);
    let mut shape: Vec<String> = indexes
        .into_iter()
        .flatten()
        .map(|index| format!("{} {}", index.get("IndexName").unwrap_or(&Value::Null), keys(index)))
        .collect();
    shape.sort();
    shape.push(keys(table));
    shape
}

/// Removes expired items for as long as the stack runs.
pub async fn expire(engine: Arc<Engine>) {
    let mut timer = tokio::time::interval(EXPIRY);
    loop {
        timer.tick().await;
        let engine = Arc::clone(&engine);
        let swept = tokio::task::spawn_blocking(move || engine.sweep_ttl()).await;
        if let Ok(Err(error)) = swept {
            eprintln!("expired items could not be removed: {error:#}");
        }
    }
}
