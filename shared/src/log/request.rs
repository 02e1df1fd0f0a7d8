use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tracing::Level;
use tracing::level_filters::LevelFilter;

use super::Line;
use crate::clock::Clock;

tokio::task_local! {
    static CURRENT: Arc<RequestLog>;
}

/// Whether this instance has had no request yet.
static IS_NEW: AtomicBool = AtomicBool::new(true);

/// What the log says about one request.
#[derive(Debug, Default)]
pub struct RequestLog {
    ids: Vec<(&'static str, String)>,
    is_first: bool,
    calls: AtomicU64,
    tries: AtomicU64,
    /// The smallest amount that DynamoDB counts is half a unit.
    half_units: AtomicU64,
    notes: Mutex<Vec<(&'static str, Value)>>,
}

impl RequestLog {
    /// Begins a request; each of its lines will have these fields.
    pub(crate) fn begin(ids: Vec<(&'static str, String)>) -> Arc<Self> {
        let is_first = IS_NEW.swap(false, Ordering::Relaxed);
        Arc::new(Self { ids, is_first, ..Self::default() })
    }

    /// The request that this task works on.
    pub(crate) fn current() -> Arc<Self> {
        CURRENT.try_with(Arc::clone).unwrap_or_default()
    }

    /// Runs a future whose lines and calls belong to this request.
    pub(crate) async fn scope<F: Future>(self: Arc<Self>, future: F) -> F::Output {
        CURRENT.scope(self, future).await
    }

    /// The same for a function.
    pub(crate) fn sync_scope<T>(self: Arc<Self>, function: impl FnOnce() -> T) -> T {
        CURRENT.sync_scope(self, function)
    }

    /// Adds what the request has used so far, and what was noted.
    pub(crate) fn add_figures(&self, line: &mut Line) {
        let [calls, tries, half_units] =
            [&self.calls, &self.tries, &self.half_units].map(|count| count.load(Ordering::Relaxed));
        line.add("cold", &self.is_first);
        line.add("calls", &calls);
        line.add("retries", &tries.saturating_sub(calls));
        #[expect(clippy::cast_precision_loss, reason = "a request uses some units")]
        line.add("units", &(half_units as f64 / 2.0));
        for (name, value) in self.notes.lock().iter().flat_map(|notes| notes.iter()) {
            line.add(name, value);
        }
    }
}

/// Adds a field to the line of the request that this task works on. A second value of the same name
/// replaces the first.
pub fn note(name: &'static str, value: impl Into<Value>) {
    let _ = CURRENT.try_with(|request| {
        if let Ok(mut notes) = request.notes.lock() {
            notes.retain(|(noted, _)| *noted != name);
            notes.push((name, value.into()));
        }
    });
}

/// The same future, whose lines and calls belong to the request that this task works on: for tasks of
/// their own. It is boxed, since such futures are large, and each wrapper would copy it.
pub fn of_this_request<F: Future>(future: F) -> impl Future<Output = F::Output> {
    RequestLog::current().scope(Box::pin(future))
}

/// A new line, with the ids of the request that this task works on; `None` if lines of this level are not
/// written.
pub(crate) fn line(level: Level) -> Option<Line> {
    if level > LevelFilter::current() {
        return None;
    }
    let mut line = Line::new(level, Clock::System.now());
    let _ = CURRENT.try_with(|request| {
        for (name, value) in &request.ids {
            line.add(name, value);
        }
    });
    Some(line)
}

/// Counts a call of the table.
pub(crate) fn count_call() {
    let _ = CURRENT.try_with(|request| request.calls.fetch_add(1, Ordering::Relaxed));
}

/// Counts a try of a call: those after the first are retries.
pub(crate) fn count_try() {
    let _ = CURRENT.try_with(|request| request.tries.fetch_add(1, Ordering::Relaxed));
}

/// Counts the capacity that a call has used.
pub(crate) fn count_units(units: f64) {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "not negative")]
    let half_units = (units * 2.0).round() as u64;
    let _ = CURRENT.try_with(|request| request.half_units.fetch_add(half_units, Ordering::Relaxed));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(request: &RequestLog) -> [u64; 3] {
        [&request.calls, &request.tries, &request.half_units].map(|one| one.load(Ordering::Relaxed))
    }

    /// A turn goes on when its client has gone, while the instance may work on the next request.
    #[tokio::test]
    async fn what_a_task_does_counts_for_the_request_that_made_it() {
        let [first, second] = [0, 1].map(|_| RequestLog::begin(Vec::new()));
        let task = Arc::clone(&first).sync_scope(|| {
            of_this_request(async {
                count_call();
                count_try();
                count_units(2.5);
                note("interaction_id", "a");
                note("interaction_id", "b");
            })
        });
        let work = async {
            tokio::spawn(task).await.unwrap();
            count_call();
            count_try();
            count_try();
        };
        Arc::clone(&second).scope(work).await;
        assert_eq!((counts(&first), counts(&second)), ([1, 1, 5], [1, 2, 0]));
        let notes = |request: &RequestLog| request.notes.lock().unwrap().clone();
        assert_eq!(notes(&first), [("interaction_id", Value::from("b"))]);
        assert!(notes(&second).is_empty());
        // Without a request, as in INIT, nothing is counted.
        count_call();
        assert_eq!(counts(&second), [1, 2, 0]);
    }
}
