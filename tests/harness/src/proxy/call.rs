//! What one call of the engine was and what it cost.

use hyper::StatusCode;
use serde_json::Value;
use std::collections::BTreeSet;

/// One call of the engine.
#[derive(Debug, Clone)]
pub struct Call {
    /// The function that called.
    pub function: String,
    /// As `TransactWriteItems`.
    pub operation: String,
    /// The table; of a transaction, that of its first part.
    pub table: String,
    /// What IAM has to allow, as `dynamodb:PutItem`; for a transaction the actions of its parts.
    pub actions: BTreeSet<String>,
    /// The index of a Query.
    pub index: Option<String>,
    /// `pk|sk` of each item named in the request; for a Query the strings of its condition.
    pub keys: Vec<String>,
    /// The request's body.
    pub request: Value,
    /// When it began, in a count of all beginnings and ends.
    pub started: u64,
    /// When its response left, in the same count.
    pub ended: u64,
    /// Read units; a rejected call reports none.
    pub read_units: f64,
    /// Write units; a rejected call reports none.
    pub write_units: f64,
    /// 0 when the caller got no response.
    pub status: u16,
    /// The type of the error, as `ConditionalCheckFailedException`.
    pub error: Option<String>,
}

/// How often the callers waited: the longest chain of calls of which each began after
/// the one before had ended. Calls that overlap count once.
pub fn round_trips(calls: &[Call]) -> usize {
    let mut by_end: Vec<&Call> = calls.iter().collect();
    by_end.sort_by_key(|call| call.ended);
    let mut count = 0;
    let mut free_at = 0;
    for call in by_end {
        if call.started >= free_at {
            count += 1;
            free_at = call.ended;
        }
    }
    count
}

impl Call {
    pub(super) fn new(function: String, operation: String, body: &Value) -> Self {
        let parts = parts(body);
        let actions = if operation.starts_with("Transact") {
            parts.iter().filter_map(|(kind, _)| action(kind)).map(str::to_owned).collect()
        } else {
            BTreeSet::from([format!("dynamodb:{operation}")])
        };
        let mut keys: Vec<String> = parts.iter().filter_map(|(_, part)| key(part)).collect();
        if let ("Query", Some(Value::Object(values))) =
            (operation.as_str(), body.get("ExpressionAttributeValues"))
        {
            keys.extend(
                values.values().filter_map(|value| Some(value.get("S")?.as_str()?.to_owned())),
            );
        }
        Self {
            function,
            table: table(body, &parts).unwrap_or_default().to_owned(),
            actions,
            index: body.get("IndexName").and_then(Value::as_str).map(str::to_owned),
            keys,
            request: body.clone(),
            started: 0,
            ended: 0,
            read_units: 0.0,
            write_units: 0.0,
            status: 0,
            error: None,
            operation,
        }
    }

    /// Records the engine's response.
    pub(super) fn record_response(&mut self, status: StatusCode, body: &[u8]) {
        self.status = status.as_u16();
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let kind = body.get("__type").and_then(Value::as_str);
        self.error = kind.map(|kind| kind.rsplit('#').next().unwrap_or(kind).to_owned());
        let units = |entry: &Value| entry.get("CapacityUnits").and_then(Value::as_f64);
        let total = match body.get("ConsumedCapacity") {
            Some(Value::Array(tables)) => tables.iter().filter_map(units).sum(),
            Some(table) => units(table).unwrap_or_default(),
            None => 0.0,
        };
        match self.operation.as_str() {
            "GetItem" | "BatchGetItem" | "TransactGetItems" | "Query" | "Scan" => {
                self.read_units = total;
            }
            _ => self.write_units = total,
        }
    }
}

fn action(part: &str) -> Option<&'static str> {
    Some(match part {
        "Put" => "dynamodb:PutItem",
        "Update" => "dynamodb:UpdateItem",
        "Delete" => "dynamodb:DeleteItem",
        "ConditionCheck" => "dynamodb:ConditionCheckItem",
        "Get" => "dynamodb:GetItem",
        _ => return None,
    })
}

fn table<'a>(body: &'a Value, parts: &[(&str, &'a Value)]) -> Option<&'a str> {
    let batch = || Some(body.get("RequestItems")?.as_object()?.keys().next()?.as_str());
    let named = parts.iter().find_map(|(_, part)| part.get("TableName")?.as_str());
    named.or_else(batch)
}

/// The parts of a request that name an item, each with the kind of its part:
/// the request itself, or those of its transaction or batch.
fn parts(body: &Value) -> Vec<(&str, &Value)> {
    let mut found = vec![("", body)];
    let transaction = body.get("TransactItems").and_then(Value::as_array).into_iter().flatten();
    let tables = body.get("RequestItems").and_then(Value::as_object).into_iter().flatten();
    let mut wrapped: Vec<&Value> = transaction.collect();
    for (_, table) in tables {
        wrapped.extend(table.as_array().into_iter().flatten());
        let keys = table.get("Keys").and_then(Value::as_array);
        found.extend(keys.into_iter().flatten().map(|key| ("Keys", key)));
    }
    let inner = wrapped.into_iter().filter_map(Value::as_object).flatten();
    found.extend(inner.map(|(kind, part)| (kind.as_str(), part)));
    found
}

/// `pk|sk` of a part's `Key` or `Item`, or of the part when it is a bare key.
fn key(part: &Value) -> Option<String> {
    let item = part.get("Key").or_else(|| part.get("Item")).unwrap_or(part);
    let text = |name: &str| item.get(name)?.get("S")?.as_str();
    Some(format!("{}|{}", text("pk")?, text("sk")?))
}
