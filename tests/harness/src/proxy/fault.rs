//! Faults: which calls they meet, and what happens to those.

mod effect;

pub use effect::Effect;
pub(super) use effect::Unprocessed;

use super::Call;
use crate::http::{Response, lock};
use anyhow::{Context as _, Result};
use serde_json::Value;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;

/// Which calls meet which effect. Without conditions: the next call of anybody.
#[derive(Debug, Clone)]
pub struct Rule {
    effect: Effect,
    function: Option<String>,
    operation: Option<String>,
    key: Option<String>,
    skip: usize,
    times: usize,
}

impl Rule {
    /// A rule for the next call of anybody.
    pub fn new(effect: Effect) -> Self {
        Self { effect, function: None, operation: None, key: None, skip: 0, times: 1 }
    }

    /// Only calls of this function.
    #[must_use]
    pub fn function(mut self, name: &str) -> Self {
        self.function = Some(name.to_owned());
        self
    }

    /// Only this operation, as `TransactWriteItems`.
    #[must_use]
    pub fn operation(mut self, name: &str) -> Self {
        self.operation = Some(name.to_owned());
        self
    }

    /// Only calls with a key (see [`Call::keys`]) that contains this text.
    #[must_use]
    pub fn key(mut self, text: &str) -> Self {
        self.key = Some(text.to_owned());
        self
    }

    /// Leaves the first `count` matching calls alone.
    #[must_use]
    pub fn skip(mut self, count: usize) -> Self {
        self.skip = count;
        self
    }

    /// Ends after `count` matching calls (by default 1).
    #[must_use]
    pub fn times(mut self, count: usize) -> Self {
        self.times = count;
        self
    }

    /// Never ends.
    #[must_use]
    pub fn always(self) -> Self {
        self.times(usize::MAX)
    }

    fn matches(&self, call: &Call) -> bool {
        self.function.as_ref().is_none_or(|name| *name == call.function)
            && self.operation.as_ref().is_none_or(|name| *name == call.operation)
            && self.key.as_ref().is_none_or(|text| call.keys.iter().any(|key| key.contains(text)))
    }
}

/// A rule's handle: says how often it took effect, and releases the calls that wait, at the latest
/// when it is dropped.
#[derive(Debug)]
pub struct Fault(Arc<State>);

impl Fault {
    /// How many calls have met the effect.
    pub fn hits(&self) -> usize {
        *self.0.hits.borrow()
    }

    /// Waits until `count` calls have met the effect, a minute at most.
    pub async fn reached(&self, count: usize) -> Result<()> {
        let mut hits = self.0.hits.subscribe();
        let wait = hits.wait_for(|hits| *hits >= count);
        let waited = tokio::time::timeout(Duration::from_mins(1), wait).await;
        waited.with_context(|| format!("no {count} calls met {:?}", self.0.rule))??;
        Ok(())
    }

    /// Releases the calls that wait; later ones do not wait.
    pub fn release(&self) {
        self.0.released.send_replace(true);
    }
}

impl Drop for Fault {
    fn drop(&mut self) {
        self.release();
    }
}

#[derive(Debug)]
pub(super) struct State {
    rule: Rule,
    matched: Mutex<usize>,
    hits: watch::Sender<usize>,
    released: watch::Sender<bool>,
}

impl State {
    /// The state of a fault that one call meets.
    pub(super) fn once(effect: Effect) -> Arc<Self> {
        Arc::new(Self::new(Rule::new(effect)))
    }

    fn new(rule: Rule) -> Self {
        Self {
            rule,
            matched: Mutex::default(),
            hits: watch::Sender::default(),
            released: watch::Sender::default(),
        }
    }

    /// Counts a matching call and says whether it is its turn.
    fn meets(&self, call: &Call) -> bool {
        if !self.rule.matches(call) {
            return false;
        }
        let mut matched = lock(&self.matched);
        *matched += 1;
        *matched > self.rule.skip && *matched - self.rule.skip <= self.rule.times
    }

    async fn wait_for_release(&self) {
        let _ = self.released.subscribe().wait_for(|released| *released).await;
    }

    fn hit(&self) {
        self.hits.send_modify(|hits| *hits += 1);
    }

    /// What happens before the call is forwarded.
    pub(super) async fn before(&self) {
        match self.rule.effect {
            Effect::HoldAfter => return,
            _ => self.hit(),
        }
        match self.rule.effect {
            Effect::Delay(time) => tokio::time::sleep(time).await,
            Effect::HoldBefore => self.wait_for_release().await,
            _ => {}
        }
    }

    /// What happens after the engine has responded.
    pub(super) async fn after(&self) {
        if matches!(self.rule.effect, Effect::HoldAfter) {
            self.hit();
            self.wait_for_release().await;
        }
    }

    /// The response that replaces the engine's; an error closes the connection.
    pub(super) fn instead(&self, call: &Call) -> Result<Option<Response>> {
        self.rule.effect.instead(call)
    }

    /// Takes the part of a batch out of its body that will be unprocessed.
    pub(super) fn withhold(&self, body: &mut Value) -> Option<Unprocessed> {
        self.rule.effect.withhold(body)
    }

    pub(super) fn loses_response(&self) -> bool {
        matches!(self.rule.effect, Effect::LostResponse)
    }
}

/// The rules in force.
#[derive(Debug, Default)]
pub(super) struct Faults(Mutex<Vec<Arc<State>>>);

impl Faults {
    pub(super) fn add(&self, rule: Rule) -> Fault {
        let state = Arc::new(State::new(rule));
        lock(&self.0).push(Arc::clone(&state));
        Fault(state)
    }

    pub(super) fn pick(&self, call: &Call) -> Option<Arc<State>> {
        lock(&self.0).iter().find(|state| state.meets(call)).cloned()
    }

    pub(super) fn clear(&self) {
        for state in lock(&self.0).drain(..) {
            state.released.send_replace(true);
        }
    }
}
