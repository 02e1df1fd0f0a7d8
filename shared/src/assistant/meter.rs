//! What a reply took. Every assistant reports it here while it replies, so that it is known whatever
//! ends the reply.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Prompt, TextLength, Usage};

/// More tokens than any reply takes: a figure above this is an error of the provider.
const MAX_TOKENS: u64 = 100_000_000;

/// Tokens as a provider counts them. Fields that it left out are `None`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    /// Tokens read.
    pub(super) input: Option<u64>,
    /// Tokens written.
    pub(super) output: Option<u64>,
}

/// What the present try took so far. Only the last try can have taken anything: what was billed is
/// not repeated.
#[derive(Debug, Default)]
pub(super) struct Meter(Mutex<Reading>);

#[derive(Debug, Clone, Copy, Default)]
struct Reading {
    /// Whether the provider may bill the try.
    is_billed: bool,
    /// What came of the reply, reasoning included.
    received: TextLength,
    counts: Counts,
}

impl Meter {
    /// A try begins. It counts as billed unless the provider refuses it.
    pub(super) fn begin(&self) {
        *self.reading() = Reading { is_billed: true, ..Reading::default() };
    }

    /// The provider refused the request, or never got it.
    pub(super) fn refused(&self) {
        self.reading().is_billed = false;
    }

    /// A part of the reply came.
    pub(super) fn received(&self, text: &str) {
        self.reading().received.add(text);
    }

    /// The provider counted. A later count replaces an earlier one.
    pub(super) fn counted(&self, counts: Counts) {
        let mut reading = self.reading();
        let usable = |tokens: &u64| (1..MAX_TOKENS).contains(tokens);
        reading.counts.input = counts.input.filter(usable).or(reading.counts.input);
        reading.counts.output = counts.output.filter(usable).or(reading.counts.output);
    }

    /// Whether the provider may bill the present try.
    pub(super) fn is_billed(&self) -> bool {
        self.reading().is_billed
    }

    /// What a reply took that ended by itself: what the provider counted, and an estimate of what it
    /// did not count.
    pub(super) fn usage(&self, prompt: &Prompt) -> Usage {
        let Reading { received, counts, .. } = *self.reading();
        let estimate = Usage::estimate(prompt, received);
        let is_counted =
            counts.input.is_some() && (counts.output.is_some() || estimate.output_tokens == 0);
        Usage {
            input_tokens: counts.input.unwrap_or(estimate.input_tokens),
            output_tokens: counts.output.unwrap_or(estimate.output_tokens),
            estimated: !is_counted,
        }
    }

    /// What a reply took that was ended early: the provider's last count may be older than the text.
    pub(super) fn usage_so_far(&self, prompt: &Prompt) -> Usage {
        let usage = self.usage(prompt);
        let output_tokens = usage.output_tokens.max(self.reading().received.tokens());
        Usage { output_tokens, estimated: true, ..usage }
    }

    fn reading(&self) -> MutexGuard<'_, Reading> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
