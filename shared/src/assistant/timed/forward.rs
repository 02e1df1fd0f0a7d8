use std::pin::Pin;

use tokio::sync::mpsc::{Receiver, Sender};
use tokio::time::Sleep;

use crate::assistant::opening::Opening;

/// Passes deltas on. It waits for the first visible character, leaves out reasoning and empty deltas,
/// and stops at the maximum number of characters.
pub(super) struct Forward<'a> {
    deltas: &'a Sender<String>,
    max_characters: usize,
    characters: usize,
    opening: Opening,
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
        Self { deltas, max_characters, characters: 0, opening: Opening::default() }
    }

    /// Whether a delta was passed on.
    pub(super) fn has_begun(&self) -> bool {
        self.characters > 0
    }

    /// Passes on all deltas. The first one must come before the end of `silence`, even if it is empty.
    pub(super) async fn run(
        &mut self,
        mut receiver: Receiver<String>,
        silence: Pin<&mut Sleep>,
    ) -> Result<(), Stopped> {
        let deltas = self.deltas;
        let pass = async {
            let mut next = tokio::select! {
                biased;
                first = receiver.recv() => first,
                () = silence => return Err(Stopped::Silent),
            };
            while let Some(delta) = next {
                self.pass(delta).await?;
                next = receiver.recv().await;
            }
            match self.opening.finish() {
                Some(text) if !self.has_begun() => self.send(text).await,
                _ => Ok(()),
            }
        };
        tokio::select! {
            biased;
            // The client may disconnect while the model thinks.
            () = deltas.closed() => Err(Stopped::NoReceiver),
            result = pass => result,
        }
    }

    async fn pass(&mut self, delta: String) -> Result<(), Stopped> {
        if self.has_begun() {
            return self.send(delta).await;
        }
        match self.opening.take(&delta) {
            Some(beginning) => self.send(beginning).await,
            None if self.opening.blank_characters() > self.max_characters => Err(Stopped::Full),
            None => Ok(()),
        }
    }

    async fn send(&mut self, delta: String) -> Result<(), Stopped> {
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
