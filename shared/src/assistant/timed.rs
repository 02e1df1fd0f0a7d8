//! What every assistant gets: deadlines, retries, and a maximum length of the reply.

mod forward;

use std::pin::{Pin, pin};
use std::time::Duration;

use tokio::sync::mpsc::{self, Sender};
use tokio::time::{Sleep, sleep, timeout};

use super::meter::Meter;
use super::{Assistant, AssistantError, Ending, Finish, Prompt, ReplyFailure, Sink};
use crate::config::{Deadlines, Instructions};
use crate::random;
use forward::{Forward, Stopped};

const MAX_RETRIES: u32 = 2;
/// Maximum wait before the first retry; before the second, it is twice this.
const BACKOFF: Duration = Duration::from_millis(400);
/// Maximum wait that a provider may ask for. If it asks for more, the client is told so instead.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(5);
/// Maximum deltas that wait; a slow receiver slows the model down.
const MAX_WAITING_DELTAS: usize = 16;

/// An assistant that replies in time or fails. It retries only what nobody can bill, it passes no
/// empty reply on, and it stops at the prompt's maximum of characters.
#[derive(Debug)]
pub struct Timed {
    assistant: Box<dyn Assistant>,
    deadlines: Deadlines,
    /// What the operator wants of every reply.
    pub(crate) instructions: Instructions,
    /// Whether it makes titles for conversations.
    pub(crate) titles: bool,
}

impl Timed {
    /// Wraps an assistant.
    pub(super) fn new(assistant: Box<dyn Assistant>, deadlines: Deadlines) -> Self {
        Self { assistant, deadlines, instructions: Instructions::default(), titles: false }
    }

    /// The same, with the operator's instructions.
    pub(super) fn instructed(self, instructions: Instructions) -> Self {
        Self { instructions, ..self }
    }

    /// The same, with or without titles for conversations.
    pub(super) fn with_titles(self, titles: bool) -> Self {
        Self { titles, ..self }
    }

    /// Sends the reply's deltas as they come. It ends early, without an error, when nobody receives
    /// them any more. Whatever ends it, the result says which tokens it took.
    pub async fn reply(
        &self,
        prompt: &Prompt,
        deltas: Sender<String>,
    ) -> Result<Ending, ReplyFailure> {
        let meter = Meter::default();
        let tries = self.with_retries(prompt, &deltas, &meter);
        let result = timeout(self.deadlines.total, tries).await;
        let usage = meter.usage(prompt);
        match result.unwrap_or(Err(AssistantError::TooSlow)) {
            Ok(finish) => Ok(Ending { finish, usage }),
            Err(error) => Err(ReplyFailure { error, usage: meter.is_billed().then_some(usage) }),
        }
    }

    async fn with_retries(
        &self,
        prompt: &Prompt,
        deltas: &Sender<String>,
        meter: &Meter,
    ) -> Result<Finish, AssistantError> {
        // One deadline for all tries: a silent provider is not called again and again.
        let mut silence = pin!(sleep(self.deadlines.first_byte));
        let mut retries = 0;
        loop {
            let error = match self.try_once(prompt, deltas, meter, silence.as_mut()).await {
                Err(error) if error.may_pass() && !meter.is_billed() => error,
                result => return result,
            };
            let asked = error.retry_after().unwrap_or_default();
            if retries == MAX_RETRIES || asked > MAX_RETRY_AFTER {
                return Err(error);
            }
            tracing::warn!(cause = %error, "the call of the assistant is retried");
            tokio::select! {
                () = sleep(asked + backoff(retries)) => retries += 1,
                () = silence.as_mut() => return Err(error),
                () = deltas.closed() => return Err(error),
            }
        }
    }

    async fn try_once(
        &self,
        prompt: &Prompt,
        deltas: &Sender<String>,
        meter: &Meter,
        silence: Pin<&mut Sleep>,
    ) -> Result<Finish, AssistantError> {
        meter.begin();
        let (sender, receiver) = mpsc::channel(MAX_WAITING_DELTAS);
        let mut forward = Forward::new(deltas, prompt.max_characters);
        // A failure waits until the deltas before it are forwarded; a stop ends both at once.
        let reply = async { Ok(self.assistant.reply(prompt, Sink::new(sender, meter)).await) };
        let forwarded = forward.run(receiver, silence);
        let finish = match tokio::try_join!(reply, forwarded) {
            Ok((result, ())) => result?,
            Err(Stopped::Silent) => return Err(AssistantError::Silent),
            Err(Stopped::Full) => Finish::Length,
            Err(Stopped::NoReceiver) => return Ok(Finish::Other),
        };
        if forward.has_begun() { Ok(finish) } else { Err(AssistantError::Empty(finish)) }
    }
}

fn backoff(retries: u32) -> Duration {
    let longest = (BACKOFF * 2_u32.pow(retries)).as_millis();
    let longest = u64::try_from(longest).unwrap_or(u64::MAX);
    Duration::from_millis(random::milliseconds_up_to(longest))
}

#[cfg(test)]
mod tests;
