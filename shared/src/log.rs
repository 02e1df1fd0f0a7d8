//! The log: one JSON object a line on the standard output, which Lambda sends to CloudWatch. Each line of
//! a request has the ids of that request. docs/operating.md lists the fields.

mod line;
mod metrics;
mod request;
mod subscriber;

use std::sync::OnceLock;

pub(crate) use line::Line;
pub use request::{RequestLog, note, of_this_request};
pub(crate) use request::{count_call, count_try, count_units, line};
pub use tracing::Level;

/// The stack's name, by which its metrics are told apart from those of other stacks.
static STACK: OnceLock<String> = OnceLock::new();

/// Writes lines from now on, down to this level.
pub fn start(level: Level, stack: &str) {
    STACK.get_or_init(|| stack.to_owned());
    // A second call, as in tests, changes nothing.
    let _ = tracing::subscriber::set_global_default(subscriber::Subscriber::new(level));
}
