//! Who runs the functions behind the gateway.

use super::Watch;
use crate::runtime::{Outcome, Runtime};
use anyhow::Result;
use bytes::Bytes;
use std::sync::Arc;
use std::time::Duration;

/// Runs the functions.
pub enum Backend {
    /// The processes of this harness.
    Runtime(Arc<Runtime>),
    /// `cargo lambda watch`.
    Watch(Box<Watch>),
}

impl From<Arc<Runtime>> for Backend {
    fn from(runtime: Arc<Runtime>) -> Self {
        Self::Runtime(runtime)
    }
}

impl From<Watch> for Backend {
    fn from(watch: Watch) -> Self {
        Self::Watch(Box::new(watch))
    }
}

impl Backend {
    /// Gives a function an event and waits for the outcome.
    pub(super) async fn invoke(&self, function: &str, event: Bytes) -> Result<Outcome> {
        match self {
            Self::Runtime(runtime) => runtime.invoke(function, event).await,
            Self::Watch(watch) => Ok(watch.invoke(function, event).await.unwrap_or_else(|error| {
                self.report(function, &format!("{error:#}"));
                Outcome::Died
            })),
        }
    }

    /// How long the gateway waits for a function of a route with this limit.
    pub(super) fn patience(&self, limit: Duration) -> Duration {
        match self {
            Self::Runtime(_) => limit,
            Self::Watch(_) => limit.max(super::watch::BUILD),
        }
    }

    /// Logs for a developer why a request failed. A test reads it from the response.
    pub(super) fn report(&self, function: &str, why: &str) {
        if matches!(self, Self::Watch(_)) {
            eprintln!("{function}: {why}");
        }
    }
}
