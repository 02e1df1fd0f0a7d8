use std::time::Duration;

use tokio::sync::mpsc::{Receiver, Sender};
use tokio::time::timeout;

use crate::text::is_blank;

/// Passes pieces on: none before something visible came, none that is empty, and no more
/// characters than a message may have.
pub(super) struct Forward<'a> {
    pieces: &'a Sender<String>,
    max_characters: usize,
    characters: usize,
    /// What came while nothing visible had come.
    blank: String,
}

/// Why no more pieces are taken.
pub(super) enum Stopped {
    /// Nothing came in time.
    Silent,
    /// The answer has all the characters that it may have.
    Full,
    /// Nobody receives the pieces.
    Alone,
}

impl<'a> Forward<'a> {
    pub(super) fn new(pieces: &'a Sender<String>, max_characters: usize) -> Self {
        Self { pieces, max_characters, characters: 0, blank: String::new() }
    }

    /// Whether a piece was passed on.
    pub(super) fn has_begun(&self) -> bool {
        self.characters > 0
    }

    /// How many characters were passed on.
    pub(super) fn characters(&self) -> usize {
        self.characters
    }

    /// Passes on all that comes. Anything that comes, also an empty piece, meets the first
    /// deadline.
    pub(super) async fn run(
        &mut self,
        mut receiver: Receiver<String>,
        first_byte: Duration,
    ) -> Result<(), Stopped> {
        let pieces = self.pieces;
        let pass = async {
            let first = timeout(first_byte, receiver.recv());
            let mut next = first.await.map_err(|_| Stopped::Silent)?;
            while let Some(piece) = next {
                self.pass(piece).await?;
                next = receiver.recv().await;
            }
            Ok(())
        };
        tokio::select! {
            biased;
            // Whoever asked may go while the model thinks.
            () = pieces.closed() => Err(Stopped::Alone),
            result = pass => result,
        }
    }

    async fn pass(&mut self, piece: String) -> Result<(), Stopped> {
        let piece = if self.has_begun() {
            piece
        } else {
            self.blank.push_str(&piece);
            if is_blank(&self.blank) {
                let is_full = self.blank.chars().count() > self.max_characters;
                return if is_full { Err(Stopped::Full) } else { Ok(()) };
            }
            std::mem::take(&mut self.blank)
        };
        let left = self.max_characters - self.characters;
        let (fitting, is_cut) = match piece.char_indices().nth(left) {
            Some((end, _)) => (piece.get(..end).unwrap_or_default().to_owned(), true),
            None => (piece, false),
        };
        if !fitting.is_empty() {
            self.characters += fitting.chars().count();
            self.pieces.send(fitting).await.map_err(|_| Stopped::Alone)?;
        }
        if is_cut { Err(Stopped::Full) } else { Ok(()) }
    }
}
