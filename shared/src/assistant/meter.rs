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
    /// How much had come when the provider counted.
    counted: TextLength,
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
        let (input, output) = (counts.input.filter(usable), counts.output.filter(usable));
        if output.is_some() {
            reading.counted = reading.received;
        }
        reading.counts = Counts {
            input: input.or(reading.counts.input),
            output: output.or(reading.counts.output),
        };
    }

    /// Whether the provider may bill the present try.
    pub(super) fn is_billed(&self) -> bool {
        self.reading().is_billed
    }

    /// What the try took: what the provider counted, and an estimate of what it did not count. A count
    /// that is older than the last text may be too low.
    pub(super) fn usage(&self, prompt: &Prompt) -> Usage {
        let Reading { received, counts, counted, .. } = *self.reading();
        let estimate = Usage::estimate(prompt, received);
        let last = counts.output.filter(|_| counted == received);
        let earlier = counts.output.unwrap_or_default();
        let is_counted =
            counts.input.is_some() && (last.is_some() || received == TextLength::default());
        Usage {
            input_tokens: counts.input.unwrap_or(estimate.input_tokens),
            output_tokens: last.unwrap_or(estimate.output_tokens.max(earlier)),
            estimated: !is_counted,
        }
    }

    fn reading(&self) -> MutexGuard<'_, Reading> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assistant::testing::prompt;

    #[test]
    fn m1_a_count_that_is_older_than_the_text_does_not_hide_the_text() {
        let meter = Meter::default();
        let figures = || {
            let usage = meter.usage(&prompt("?"));
            (usage.input_tokens, usage.output_tokens, usage.estimated)
        };
        meter.begin();
        assert_eq!(figures(), (3, 0, true));
        meter.counted(Counts { input: Some(11), output: Some(5) });
        assert_eq!(figures(), (11, 5, false));
        meter.received("你好吗");
        assert_eq!(figures(), (11, 5, true));
        meter.received("我很好，谢谢");
        assert_eq!(figures(), (11, 9, true));
        meter.counted(Counts { input: None, output: Some(8) });
        assert_eq!(figures(), (11, 8, false));
        // What can't be is no count.
        meter.counted(Counts { input: Some(0), output: Some(u64::MAX) });
        assert_eq!(figures(), (11, 8, false));
        meter.begin();
        assert_eq!(figures(), (3, 0, true));
    }
}
