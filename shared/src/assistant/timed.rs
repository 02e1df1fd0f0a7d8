//! What holds for every assistant: deadlines, repeated attempts, the length of an answer.

mod forward;

use std::time::Duration;

use tokio::sync::mpsc::{self, Sender};
use tokio::time::{sleep, timeout};

use super::{Assistant, AssistantError, Ending, Finish, Prompt, ReplyFuture, Usage};
use crate::config::Deadlines;
use crate::random;
use forward::{Forward, Stopped};

const MAX_RETRIES: u32 = 2;
/// The wait before the first retry is up to this, before the second up to twice this.
const BACKOFF: Duration = Duration::from_millis(400);
/// Pieces that may wait; a slow receiver slows the model down.
const WAITING_PIECES: usize = 16;

/// An assistant that answers in time or fails, tries again as long as nothing was shown, shows no
/// empty answer, and stops at the prompt's number of characters.
#[derive(Debug)]
pub struct Timed {
    assistant: Box<dyn Assistant>,
    deadlines: Deadlines,
}

impl Assistant for Timed {
    fn answer<'a>(&'a self, prompt: &'a Prompt, pieces: Sender<String>) -> ReplyFuture<'a> {
        Box::pin(async move {
            let total = self.deadlines.total;
            timeout(total, self.repeat(prompt, pieces))
                .await
                .unwrap_or(Err(AssistantError::TooSlow))
        })
    }
}

impl Timed {
    /// Guards an assistant.
    pub fn new(assistant: Box<dyn Assistant>, deadlines: Deadlines) -> Self {
        Self { assistant, deadlines }
    }

    async fn repeat(
        &self,
        prompt: &Prompt,
        pieces: Sender<String>,
    ) -> Result<Ending, AssistantError> {
        let mut retries = 0;
        loop {
            let mut forward = Forward::new(&pieces, prompt.max_characters);
            match self.attempt(prompt, &mut forward).await {
                Err(error)
                    if error.may_pass()
                        && !forward.has_begun()
                        && retries < MAX_RETRIES
                        && !pieces.is_closed() =>
                {
                    tracing::warn!(cause = %error, "the assistant is asked again");
                    sleep(backoff(retries)).await;
                    retries += 1;
                }
                result => return result,
            }
        }
    }

    async fn attempt(
        &self,
        prompt: &Prompt,
        forward: &mut Forward<'_>,
    ) -> Result<Ending, AssistantError> {
        let (sender, receiver) = mpsc::channel(WAITING_PIECES);
        // A failure waits until the pieces before it are forwarded; a stop ends both at once.
        let answer = async { Ok(self.assistant.answer(prompt, sender).await) };
        let forwarded = forward.run(receiver, self.deadlines.first_byte);
        let finish = match tokio::try_join!(answer, forwarded) {
            Ok((Ok(ending), ())) if !forward.has_begun() => {
                return Err(AssistantError::Empty(ending.finish));
            }
            Ok((result, ())) => return result,
            Err(Stopped::Silent) => return Err(AssistantError::Silent),
            Err(Stopped::Full) if !forward.has_begun() => {
                return Err(AssistantError::Empty(Finish::Length));
            }
            Err(Stopped::Full) => Finish::Length,
            Err(Stopped::Alone) => Finish::Other,
        };
        Ok(Ending { finish, usage: Usage::estimate(prompt, forward.characters()) })
    }
}

fn backoff(retries: u32) -> Duration {
    let most = BACKOFF * 2_u32.pow(retries);
    let most = u64::try_from(most.as_millis()).unwrap_or(u64::MAX);
    Duration::from_millis(random::milliseconds_up_to(most))
}

#[cfg(test)]
mod tests;
