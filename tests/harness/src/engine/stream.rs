//! The table's stream, read as Lambda's event source does.

use super::Engine;
use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// Reads every record of the table's stream once, from its beginning.
#[derive(Debug, Default)]
pub struct StreamReader {
    arn: Option<String>,
    /// The next iterator of each shard; none when the shard has ended.
    iterators: BTreeMap<String, Option<String>>,
}

impl StreamReader {
    /// The records since the last call, oldest first within a shard; empty when there are none.
    pub async fn next(&mut self, engine: &Engine) -> Result<Vec<Value>> {
        let arn = match &self.arn {
            Some(arn) => arn.clone(),
            None => self.arn.insert(find(engine).await?).clone(),
        };
        let stream = call(engine, "DescribeStream", &json!({ "StreamArn": arn })).await?;
        let shards = stream.pointer("/StreamDescription/Shards").and_then(Value::as_array);
        for shard in shards.into_iter().flatten() {
            let id = string(shard, "ShardId")?;
            if let Entry::Vacant(entry) = self.iterators.entry(id) {
                let id = entry.key();
                let body =
                    json!({"StreamArn": arn, "ShardId": id, "ShardIteratorType": "TRIM_HORIZON"});
                let response = call(engine, "GetShardIterator", &body).await?;
                entry.insert(Some(string(&response, "ShardIterator")?));
            }
        }
        let mut records = Vec::new();
        for iterator in self.iterators.values_mut() {
            while let Some(current) = iterator.take() {
                let mut response =
                    call(engine, "GetRecords", &json!({ "ShardIterator": current })).await?;
                *iterator = string(&response, "NextShardIterator").ok();
                match response.get_mut("Records") {
                    Some(Value::Array(found)) if !found.is_empty() => records.append(found),
                    _ => break,
                }
            }
        }
        Ok(records)
    }
}

async fn find(engine: &Engine) -> Result<String> {
    let table = engine.call("DescribeTable", json!({})).await?;
    let arn = table.pointer("/Table/LatestStreamArn").and_then(Value::as_str);
    Ok(arn.context("the table has no stream")?.to_owned())
}

async fn call(engine: &Engine, operation: &str, body: &Value) -> Result<Value> {
    engine.send(&format!("DynamoDBStreams_20120810.{operation}"), body).await
}

fn string(value: &Value, name: &str) -> Result<String> {
    let found = value.get(name).and_then(Value::as_str);
    Ok(found.with_context(|| format!("no {name} in {value}"))?.to_owned())
}
