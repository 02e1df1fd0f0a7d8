use std::fmt::{self, Debug};

use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata};

use super::{Line, line};

/// Writes each event as a line. Spans are not recorded: the request that a task works on is known
/// without them.
pub(super) struct Subscriber {
    level: Level,
}

impl Subscriber {
    pub(super) fn new(level: Level) -> Self {
        Self { level }
    }
}

impl tracing::Subscriber for Subscriber {
    /// Below INFO only our own lines: those of libraries may contain whole requests.
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        let is_ours = metadata.target().split("::").next() == Some("shared");
        metadata.is_event()
            && *metadata.level() <= self.level
            && (*metadata.level() <= Level::INFO || is_ours)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.level.into())
    }

    fn event(&self, event: &Event<'_>) {
        if let Some(mut line) = line(*event.metadata().level()) {
            event.record(&mut Fields(&mut line));
            line.write();
        }
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// Adds an event's fields to a line: numbers as numbers.
struct Fields<'a>(&'a mut Line);

impl Visit for Fields<'_> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.0.add(field.name(), &value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.0.add(field.name(), &value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.0.add(field.name(), &value);
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        self.0.add(field.name(), &value);
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        self.0.add(field.name(), &value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.0.add(field.name(), &value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.add(field.name(), value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.add(field.name(), &AsText(value));
    }
}

/// A value as the text that its `Debug` writes.
struct AsText<'a>(&'a dyn Debug);

impl fmt::Display for AsText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl serde::Serialize for AsText<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
