use std::io::{self, Write};

use serde::Serialize;
use tracing::Level;

use super::metrics::{self, Metric};
use crate::clock::Timestamp;

/// A log line that is being put together.
#[derive(Debug)]
pub(crate) struct Line {
    written_at: Timestamp,
    json: Vec<u8>,
    metrics: Vec<&'static Metric>,
}

impl Line {
    pub(super) fn new(level: Level, written_at: Timestamp) -> Self {
        let json = Vec::with_capacity(512);
        let mut line = Self { written_at, json, metrics: Vec::new() };
        line.add("timestamp", &written_at);
        line.add("level", level.as_str());
        line
    }

    /// Adds a field, whose name is one of our own and has nothing to escape. One that is a metric is counted
    /// as such by CloudWatch.
    pub(crate) fn add<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) {
        let before = self.json.len();
        self.json.extend_from_slice(if before == 0 { b"{\"" } else { b",\"" });
        self.json.extend_from_slice(name.as_bytes());
        self.json.extend_from_slice(b"\":");
        if serde_json::to_writer(&mut self.json, value).is_err() {
            // A field that can't be written must not cost the line.
            self.json.truncate(before);
            return;
        }
        self.metrics.extend(metrics::named(name));
    }

    /// Writes the line. Nothing can be done if that fails.
    pub(crate) fn write(self) {
        let _ = io::stdout().lock().write_all(&self.into_json());
    }

    fn into_json(mut self) -> Vec<u8> {
        if !self.metrics.is_empty() {
            let metrics = std::mem::take(&mut self.metrics);
            self.add("stack", metrics::stack());
            self.add("_aws", &metrics::directive(self.written_at, &metrics));
        }
        self.json.extend_from_slice(b"}\n");
        self.json
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn line() -> Line {
        Line::new(Level::INFO, Timestamp::from_milliseconds(5))
    }

    fn parsed(line: Line) -> Value {
        let json = line.into_json();
        assert!(json.ends_with(b"}\n"));
        serde_json::from_slice(&json).unwrap()
    }

    #[test]
    fn fields_keep_their_types_and_can_not_forge_others() {
        let mut line = line();
        line.add("status", &200);
        line.add("units", &0.5);
        line.add("cold", &true);
        line.add("cause", "a \"}\n{\"level\":\"ERROR\"} \u{1b}[31m");
        let expected = json!({
            "timestamp": "1970-01-01T00:00:00.005Z", "level": "INFO", "status": 200, "units": 0.5,
            "cold": true, "cause": "a \"}\n{\"level\":\"ERROR\"} \u{1b}[31m",
        });
        assert_eq!(parsed(line), expected);
    }

    /// The rules of the specification of CloudWatch's embedded metric format.
    #[test]
    fn a_line_with_a_metric_is_in_the_embedded_metric_format() {
        let mut line = line();
        line.add("status", &503);
        line.add("tokens", &12);
        line.add("sweep_age", &1.5);
        let line = parsed(line);
        let aws = &line["_aws"];
        assert_eq!(aws.as_object().unwrap().len(), 2);
        assert_eq!(aws["Timestamp"], 5, "milliseconds since the epoch");
        let [directive] = aws["CloudWatchMetrics"].as_array().unwrap().as_slice() else {
            panic!("{line}")
        };
        assert_eq!(directive["Namespace"], "Tessera");
        assert_eq!(directive["Dimensions"], json!([["stack"]]));
        assert!(line["stack"].is_string());
        let metrics = directive["Metrics"].as_array().unwrap();
        let names: Vec<_> = metrics.iter().map(|metric| metric["Name"].as_str().unwrap()).collect();
        assert_eq!(names, ["tokens", "sweep_age"]);
        for metric in metrics {
            assert!(line[metric["Name"].as_str().unwrap()].is_number(), "{line}");
            assert!(["Count", "Seconds"].contains(&metric["Unit"].as_str().unwrap()), "{line}");
        }
    }

    #[test]
    fn a_line_without_a_metric_is_not() {
        let line = parsed(line());
        assert_eq!((&line["_aws"], &line["stack"]), (&Value::Null, &Value::Null));
    }
}
