//! What can happen to a call.

use crate::http::{self, Response, StatusCode};
use crate::proxy::Call;
use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use std::time::Duration;

/// What happens to a call that meets a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// 400 `ProvisionedThroughputExceededException`.
    Throttle,
    /// 400 `ThrottlingException`.
    Throttling,
    /// 400 as when another transaction is using an item.
    TransactionConflict,
    /// 500 `InternalServerError`.
    InternalError,
    /// Closes the connection; the engine sees nothing.
    Reset,
    /// The engine carries it out, then the connection closes without a response.
    LostResponse,
    /// Waits, then goes on.
    Delay(Duration),
    /// Waits before the engine sees it, until [`Fault::release`](super::Fault::release).
    HoldBefore,
    /// Waits with the engine's response, until [`Fault::release`](super::Fault::release).
    HoldAfter,
    /// Carries out this number of items of each table of a batch; the rest are unprocessed.
    Unprocessed(usize),
}

impl Effect {
    pub(super) fn instead(self, call: &Call) -> Result<Option<Response>> {
        let message = "Injected by the proxy.";
        Ok(Some(match self {
            Self::Reset => bail!("the connection is reset"),
            Self::Throttle => rejection("ProvisionedThroughputExceededException", message),
            Self::Throttling => rejection("ThrottlingException", message),
            Self::TransactionConflict => conflict(call),
            Self::InternalError => {
                error(StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError", message)
            }
            Self::LostResponse
            | Self::Delay(_)
            | Self::HoldBefore
            | Self::HoldAfter
            | Self::Unprocessed(_) => {
                return Ok(None);
            }
        }))
    }

    pub(super) fn withhold(self, body: &mut Value) -> Option<Unprocessed> {
        let Self::Unprocessed(keep) = self else {
            return None;
        };
        let mut rest = serde_json::Map::new();
        let mut field = "UnprocessedItems";
        let mut kept = false;
        for (table, part) in body.get_mut("RequestItems")?.as_object_mut()? {
            kept |= keep > 0;
            let (count, tail) = match part {
                Value::Array(writes) => {
                    let tail = writes.split_off(keep.min(writes.len()));
                    (tail.len(), Value::Array(tail))
                }
                reads => {
                    field = "UnprocessedKeys";
                    let keys = reads.get_mut("Keys")?.as_array_mut()?;
                    let tail = keys.split_off(keep.min(keys.len()));
                    let count = tail.len();
                    let mut copy = reads.clone();
                    copy.as_object_mut()?.insert("Keys".to_owned(), tail.into());
                    (count, copy)
                }
            };
            // DynamoDB names no table of which all is done.
            if count > 0 {
                rest.insert(table.clone(), tail);
            }
        }
        Some(Unprocessed { field, rest: Value::Object(rest), kept })
    }
}

/// The part of a batch that the engine did not see.
pub(in crate::proxy) struct Unprocessed {
    field: &'static str,
    rest: Value,
    kept: bool,
}

impl Unprocessed {
    /// The whole response when nothing is left for the engine, which rejects an empty batch.
    pub(in crate::proxy) fn whole(&self) -> Option<Response> {
        (!self.kept).then(|| http::json(StatusCode::OK, &json!({ "Responses": {} })))
    }

    pub(in crate::proxy) fn add_to(self, response: &Response) -> Result<Response> {
        let mut body: Value = serde_json::from_slice(response.body())?;
        let fields = body.as_object_mut().context("the response is no object")?;
        fields.insert(self.field.to_owned(), self.rest);
        Ok(http::json(response.status(), &body))
    }
}

fn conflict(call: &Call) -> Response {
    let text = "Transaction is ongoing for the item";
    let Some(parts) = call.request.get("TransactItems").and_then(Value::as_array) else {
        return rejection("TransactionConflictException", text);
    };
    let mut reasons = vec![json!({"Code": "TransactionConflict", "Message": text})];
    reasons.resize(parts.len().max(1), json!({"Code": "None"}));
    http::json(
        StatusCode::BAD_REQUEST,
        &json!({
            "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
            "Message": "Transaction cancelled, please refer cancellation reasons for specific reasons [TransactionConflict]",
            "CancellationReasons": reasons,
        }),
    )
}

fn rejection(kind: &str, message: &str) -> Response {
    error(StatusCode::BAD_REQUEST, kind, message)
}

fn error(status: StatusCode, kind: &str, message: &str) -> Response {
    let kind = format!("com.amazonaws.dynamodb.v20120810#{kind}");
    http::json(status, &json!({"__type": kind, "message": message}))
}
