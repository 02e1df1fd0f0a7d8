//! What DynamoDB rejects and dynoxide accepts.

use crate::http::{self, Response, StatusCode};
use serde_json::{Value, json};

/// DynamoDB's error for this request, if dynoxide would accept the request.
pub(super) fn rejection(operation: &str, body: &Value) -> Option<Response> {
    let condition =
        body.get("KeyConditionExpression").filter(|_| operation == "Query")?.as_str()?;
    let values = body.get("ExpressionAttributeValues")?.as_object()?;
    let mut names = condition.split(|c: char| !c.is_alphanumeric() && c != ':' && c != '_');
    let empty = |name: &str| values.get(name).and_then(|value| value.get("S")) == Some(&json!(""));
    names.any(empty).then(|| {
        let text = "One or more parameter values are not valid. The AttributeValue for a key \
                    attribute cannot contain an empty string value.";
        let kind = "com.amazon.coral.validate#ValidationException";
        http::json(StatusCode::BAD_REQUEST, &json!({"__type": kind, "message": text}))
    })
}
