//! The fields that CloudWatch counts as metrics. Each costs money where it exists, so they are few, and
//! their one dimension is the stack.

use serde_json::{Value, json};

use super::STACK;
use crate::clock::Timestamp;

const NAMESPACE: &str = "Tessera";

/// A field that is a metric.
#[derive(Debug)]
pub(super) struct Metric {
    name: &'static str,
    unit: &'static str,
}

const METRICS: [Metric; 5] = [
    // Questions that got no reply, or a part of one, because of the assistant.
    Metric { name: "assistant_failures", unit: "Count" },
    // What a turn used, whoever saw its reply.
    Metric { name: "tokens", unit: "Count" },
    Metric { name: "failed_sign_ins", unit: "Count" },
    // The age of the oldest job that a background function has left.
    Metric { name: "sweep_age", unit: "Seconds" },
    Metric { name: "mail_age", unit: "Seconds" },
];

/// The metric of this name.
pub(super) fn named(name: &str) -> Option<&'static Metric> {
    METRICS.iter().find(|metric| metric.name == name)
}

/// The value of the one dimension.
pub(super) fn stack() -> &'static str {
    STACK.get().map_or("", String::as_str)
}

/// Tells CloudWatch which fields of the line are metrics.
pub(super) fn directive(time: Timestamp, metrics: &[&Metric]) -> Value {
    let metrics: Vec<Value> =
        metrics.iter().map(|metric| json!({ "Name": metric.name, "Unit": metric.unit })).collect();
    json!({
        "Timestamp": time.milliseconds(),
        "CloudWatchMetrics": [
            { "Namespace": NAMESPACE, "Dimensions": [["stack"]], "Metrics": metrics },
        ],
    })
}
