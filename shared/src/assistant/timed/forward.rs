use std::time::Duration;

use tokio::sync::mpsc::{Receiver, Sender};
use tokio::time::timeout;

use crate::text::is_blank;

/// Passes deltas on. It waits for the first visible character, leaves out empty deltas, and stops at
/// the maximum number of characters.
pub(super) struct Forward<'a> {
    deltas: &'a Sender<String>,
    max_characters: usize,
    characters: usize,
    /// The text before the first visible character.
    blank: String,
}

/// Why no more deltas are taken.
pub(super) enum Stopped {
    /// Nothing came in time.
    Silent,
    /// The reply has its maximum of characters.
    Full,
    /// Nobody receives the deltas.
    NoReceiver,
}

impl<'a> Forward<'a> {
    pub(super) fn new(deltas: &'a Sender<String>, max_characters: usize) -> Self {
        Self { deltas, max_characters, characters: 0, blank: String::new() }
    }

    /// Whether a delta was passed on.
    pub(super) fn has_begun(&self) -> bool {
        self.characters > 0
    }

    /// How many characters were passed on.
    pub(super) fn characters(&self) -> usize {
        self.characters
    }

    /// Passes on all deltas. The first one meets the first deadline, even if it is empty.
    pub(super) async fn run(
        &mut self,
        mut receiver: Receiver<String>,
        first_byte: Duration,
    ) -> Result<(), Stopped> {
        let deltas = self.deltas;
        let pass = async {
            let first = timeout(first_byte, receiver.recv());
            let mut next = first.await.map_err(|_| Stopped::Silent)?;
            while let Some(delta) = next {
                self.pass(delta).await?;
                next = receiver.recv().await;
            }
            Ok(())
        };
        tokio::select! {
            biased;
            // The client may disconnect while the model thinks.
            () = deltas.closed() => Err(Stopped::NoReceiver),
            result = pass => result,
        }
    }

    async fn pass(&mut self, delta: String) -> Result<(), Stopped> {
        let delta = if self.has_begun() {
            delta
        } else {
            self.blank.push_str(&delta);
            if is_blank(&self.blank) {
                let is_full = self.blank.chars().count() > self.max_characters;
                return if is_full { Err(Stopped::Full) } else { Ok(()) };
            }
            std::mem::take(&mut self.blank)
        };
        let remaining = self.max_characters - self.characters;
        let (fitting, is_cut) = match delta.char_indices().nth(remaining) {
            Some((end, _)) => (delta.get(..end).unwrap_or_default().to_owned(), true),
            None => (delta, false),
        };
        if !fitting.is_empty() {
            self.characters += fitting.chars().count();
            self.deltas.send(fitting).await.map_err(|_| Stopped::NoReceiver)?;
        }
        if is_cut { Err(Stopped::Full) } else { Ok(()) }
    }
}
