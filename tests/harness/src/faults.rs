//! Faults that are to come, each once, at a server that imitates another one.

use crate::http::lock;
use anyhow::{Context as _, Result};
use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Duration;
use tokio::sync::watch;

/// The faults that are to come.
#[derive(Debug)]
pub(crate) struct Faults<F> {
    coming: Mutex<VecDeque<F>>,
    met: watch::Sender<usize>,
    released: watch::Sender<usize>,
}

/// A time when faults are cleared.
pub(crate) struct Release(watch::Receiver<usize>);

impl Release {
    /// Waits for it.
    pub(crate) async fn wait(mut self) {
        let _ = self.0.changed().await;
    }
}

impl<F> Default for Faults<F> {
    fn default() -> Self {
        Self {
            coming: Mutex::default(),
            met: watch::Sender::default(),
            released: watch::Sender::default(),
        }
    }
}

impl<F: Copy> Faults<F> {
    /// Adds a fault for `count` calls.
    pub(crate) fn add(&self, fault: F, count: usize) {
        lock(&self.coming).extend(std::iter::repeat_n(fault, count));
    }

    /// Takes the oldest fault that is meant.
    pub(crate) fn take(&self, is_meant: impl Fn(F) -> bool) -> Option<F> {
        let mut coming = lock(&self.coming);
        let position = coming.iter().position(|fault| is_meant(*fault));
        let fault = position.and_then(|position| coming.remove(position));
        drop(coming);
        if fault.is_some() {
            self.met.send_modify(|met| *met += 1);
        }
        fault
    }

    /// Waits until `count` faults in all were taken, ten seconds at most.
    pub(crate) async fn reached(&self, count: usize) -> Result<()> {
        let mut met = self.met.subscribe();
        let wait = met.wait_for(|met| *met >= count);
        let waited = tokio::time::timeout(Duration::from_secs(10), wait).await;
        waited.with_context(|| format!("no {count} calls met a fault"))??;
        Ok(())
    }

    /// The next time when the faults are cleared. Who may have to wait for it takes it before a fault,
    /// since whoever waits for the fault may clear it at once.
    pub(crate) fn release(&self) -> Release {
        Release(self.released.subscribe())
    }

    /// Removes all faults, and ends the wait of calls that wait.
    pub(crate) fn clear(&self) {
        lock(&self.coming).clear();
        self.released.send_modify(|times| *times += 1);
    }
}
