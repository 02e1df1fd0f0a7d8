//! What every assistant gets: deadlines, retries, and a maximum length of the reply.

mod forward;

use std::time::Duration;

use tokio::sync::mpsc::{self, Sender};
use tokio::time::{sleep, timeout};

use super::{Assistant, AssistantError, Ending, Finish, Prompt, ReplyFuture, Usage};
use crate::config::Deadlines;
use crate::random;
use forward::{Forward, Stopped};

const MAX_RETRIES: u32 = 2;
/// Maximum wait before the first retry; before the second, it is twice this.
const BACKOFF: Duration = Duration::from_millis(400);
/// Maximum deltas that wait; a slow receiver slows the model down.
const MAX_WAITING_DELTAS: usize = 16;

/// An assistant that replies in time or fails. It retries as long as no delta was passed on, it
/// passes no empty reply on, and it stops at the prompt's maximum of characters.
#[derive(Debug)]
pub struct Timed {
    assistant: Box<dyn Assistant>,
    deadlines: Deadlines,
}

impl Assistant for Timed {
    fn reply<'a>(&'a self, prompt: &'a Prompt, deltas: Sender<String>) -> ReplyFuture<'a> {
        Box::pin(async move {
            let total = self.deadlines.total;
            timeout(total, self.reply_with_retries(prompt, deltas))
                .await
                .unwrap_or(Err(AssistantError::TooSlow))
        })
    }
}

impl Timed {
    /// Wraps an assistant.
    pub fn new(assistant: Box<dyn Assistant>, deadlines: Deadlines) -> Self {
        Self { assistant, deadlines }
    }

    async fn reply_with_retries(
        &self,
        prompt: &Prompt,
        deltas: Sender<String>,
    ) -> Result<Ending, AssistantError> {
        let mut retries = 0;
        loop {
            let mut forward = Forward::new(&deltas, prompt.max_characters);
            match self.try_once(prompt, &mut forward).await {
                Err(error)
                    if error.may_pass()
                        && !forward.has_begun()
                        && retries < MAX_RETRIES
                        && !deltas.is_closed() =>
                {
                    tracing::warn!(cause = %error, "the call of the assistant is retried");
                    sleep(backoff(retries)).await;
                    retries += 1;
                }
                result => return result,
            }
        }
    }

    async fn try_once(
        &self,
        prompt: &Prompt,
        forward: &mut Forward<'_>,
    ) -> Result<Ending, AssistantError> {
        let (sender, receiver) = mpsc::channel(MAX_WAITING_DELTAS);
        // A failure waits until the deltas before it are forwarded; a stop ends both at once.
        let reply = async { Ok(self.assistant.reply(prompt, sender).await) };
        let forwarded = forward.run(receiver, self.deadlines.first_byte);
        let finish = match tokio::try_join!(reply, forwarded) {
            Ok((Ok(ending), ())) if !forward.has_begun() => {
                return Err(AssistantError::Empty(ending.finish));
            }
            Ok((result, ())) => return result,
            Err(Stopped::Silent) => return Err(AssistantError::Silent),
            Err(Stopped::Full) if !forward.has_begun() => {
                return Err(AssistantError::Empty(Finish::Length));
            }
            Err(Stopped::Full) => Finish::Length,
            Err(Stopped::NoReceiver) => Finish::Other,
        };
        Ok(Ending { finish, usage: Usage::estimate(prompt, forward.characters()) })
    }
}

fn backoff(retries: u32) -> Duration {
    let longest = (BACKOFF * 2_u32.pow(retries)).as_millis();
    let longest = u64::try_from(longest).unwrap_or(u64::MAX);
    Duration::from_millis(random::milliseconds_up_to(longest))
}

#[cfg(test)]
mod tests;
