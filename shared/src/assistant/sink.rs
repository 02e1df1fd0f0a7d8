use tokio::sync::mpsc::Sender;

use super::meter::{Counts, Meter};

/// Where an assistant puts its reply, and what the reply took.
#[derive(Debug)]
pub(super) struct Sink<'a> {
    deltas: Sender<String>,
    meter: &'a Meter,
}

/// Nobody receives the reply any more.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NoReceiver;

impl<'a> Sink<'a> {
    pub(super) fn new(deltas: Sender<String>, meter: &'a Meter) -> Self {
        Self { deltas, meter }
    }

    /// The provider has begun to respond: the first deadline is met. An empty delta says so.
    pub(super) fn responds(&self) {
        // If the channel is full, it is known already.
        let _ = self.deltas.try_send(String::new());
    }

    /// The provider refused the request, or never got it: nothing is billed.
    pub(super) fn refused(&self) {
        self.meter.refused();
    }

    /// A part of the text.
    pub(super) async fn text(&self, text: String) -> Result<(), NoReceiver> {
        if text.is_empty() {
            return if self.deltas.is_closed() { Err(NoReceiver) } else { Ok(()) };
        }
        self.meter.received(&text);
        self.deltas.send(text).await.map_err(|_| NoReceiver)
    }

    /// A part of the reply that nobody is shown, such as reasoning.
    pub(super) fn hidden(&self, text: &str) {
        self.meter.received(text);
    }

    /// The tokens that the provider counted.
    pub(super) fn counted(&self, counts: Counts) {
        self.meter.counted(counts);
    }
}
