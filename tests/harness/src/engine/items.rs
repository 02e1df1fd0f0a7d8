//! Items by hand, for tests that prepare or look at the table. Attributes are in
//! DynamoDB's own JSON: `{"pk": {"S": "…"}, "count": {"N": "1"}}`.

use super::Engine;
use anyhow::{Result, ensure};
use serde_json::{Value, json};

impl Engine {
    /// Writes a whole item.
    pub async fn put_item(&self, item: Value) -> Result<()> {
        self.call("PutItem", json!({ "Item": item })).await.map(drop)
    }

    /// Writes many whole items, 25 a call.
    pub async fn put_items(&self, items: impl IntoIterator<Item = Value>) -> Result<()> {
        let mut items = items.into_iter().peekable();
        while items.peek().is_some() {
            let batch = items.by_ref().take(25);
            let puts: Vec<Value> =
                batch.map(|item| json!({ "PutRequest": { "Item": item } })).collect();
            let body = json!({ "RequestItems": { self.table.as_str(): puts } });
            let response = self.call("BatchWriteItem", body).await?;
            let left = response.get("UnprocessedItems").and_then(Value::as_object);
            ensure!(left.is_none_or(serde_json::Map::is_empty), "not all was written: {response}");
        }
        Ok(())
    }

    /// Reads an item, if there is one.
    pub async fn get_item(&self, pk: &str, sk: &str) -> Result<Option<Value>> {
        let body = json!({"Key": key(pk, sk), "ConsistentRead": true});
        Ok(self.call("GetItem", body).await?.get_mut("Item").map(Value::take))
    }

    /// Deletes an item, if there is one.
    pub async fn delete_item(&self, pk: &str, sk: &str) -> Result<()> {
        self.call("DeleteItem", json!({ "Key": key(pk, sk) })).await.map(drop)
    }

    /// Sets or replaces attributes of one item.
    pub async fn set(&self, pk: &str, sk: &str, attributes: &[(&str, Value)]) -> Result<()> {
        let (mut sets, mut names, mut values) = (Vec::new(), json!({}), json!({}));
        for (n, (name, value)) in attributes.iter().enumerate() {
            sets.push(format!("#a{n} = :a{n}"));
            if let (Some(names), Some(values)) = (names.as_object_mut(), values.as_object_mut()) {
                names.insert(format!("#a{n}"), (*name).into());
                values.insert(format!(":a{n}"), value.clone());
            }
        }
        let body = json!({
            "Key": key(pk, sk),
            "UpdateExpression": format!("SET {}", sets.join(", ")),
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
        });
        self.call("UpdateItem", body).await.map(drop)
    }

    /// Removes attributes of one item.
    pub async fn remove(&self, pk: &str, sk: &str, attributes: &[&str]) -> Result<()> {
        let names = attributes.iter().enumerate().map(|(n, name)| (format!("#a{n}"), json!(name)));
        let removed: Vec<String> = (0..attributes.len()).map(|n| format!("#a{n}")).collect();
        let body = json!({
            "Key": key(pk, sk),
            "UpdateExpression": format!("REMOVE {}", removed.join(", ")),
            "ExpressionAttributeNames": Value::Object(names.collect()),
        });
        self.call("UpdateItem", body).await.map(drop)
    }

    /// All items of a partition whose sort key begins with `prefix` (which may be empty).
    pub async fn query(&self, pk: &str, prefix: &str) -> Result<Vec<Value>> {
        let (mut condition, mut values) = ("pk = :pk".to_owned(), json!({":pk": {"S": pk}}));
        if let (false, Some(values)) = (prefix.is_empty(), values.as_object_mut()) {
            condition.push_str(" AND begins_with(sk, :sk)");
            values.insert(":sk".to_owned(), json!({"S": prefix}));
        }
        let body = json!({
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": values,
            "ConsistentRead": true,
        });
        self.pages("Query", body).await
    }

    /// Every item of the table, ordered by its keys.
    pub async fn all_items(&self) -> Result<Vec<Value>> {
        let mut items = self.pages("Scan", json!({"ConsistentRead": true})).await?;
        items.sort_by_key(|item| [text(item, "pk"), text(item, "sk")]);
        Ok(items)
    }

    /// How many items have a partition key and a sort key with these beginnings.
    pub async fn count(&self, pk: &str, sk: &str) -> Result<usize> {
        let begins =
            |item: &&Value| text(item, "pk").starts_with(pk) && text(item, "sk").starts_with(sk);
        Ok(self.all_items().await?.iter().filter(begins).count())
    }

    async fn pages(&self, operation: &str, mut body: Value) -> Result<Vec<Value>> {
        let mut items = Vec::new();
        loop {
            let mut page = self.call(operation, body.clone()).await?;
            if let Some(Value::Array(found)) = page.get_mut("Items") {
                items.append(found);
            }
            match (page.get_mut("LastEvaluatedKey"), body.as_object_mut()) {
                (Some(last), Some(fields)) => {
                    fields.insert("ExclusiveStartKey".to_owned(), last.take());
                }
                _ => return Ok(items),
            }
        }
    }
}

fn key(pk: &str, sk: &str) -> Value {
    json!({"pk": {"S": pk}, "sk": {"S": sk}})
}

/// A string attribute of an item, empty when it has none.
fn text(item: &Value, name: &str) -> String {
    let value = item.get(name).and_then(|value| value.get("S"));
    value.and_then(Value::as_str).unwrap_or_default().to_owned()
}
