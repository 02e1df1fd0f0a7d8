use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::{MissedTickBehavior, interval, sleep};

use super::job::Job;
use super::lease_renewal::{LeaseRenewal, StreamEnd};
use super::title::{TitleMade, make_title};
use super::{Events, ReplyEvent};
use crate::assistant::{AssistantError, ReplyFailure};
use crate::model::{Ending, Finish, Usage};
use crate::problem::Problem;
use crate::store::FinishedReply;
use crate::text::Content;

/// How often the lease is renewed, and a segment of new text stored for those who join.
const RENEWAL_INTERVAL: Duration = Duration::from_secs(1);
/// Maximum deltas that wait between the assistant and us.
const MAX_WAITING_DELTAS: usize = 16;

/// What came of a run.
struct Outcome {
    /// The text that came.
    text: String,
    ending: Result<Ending, ReplyFailure>,
    stream_end: StreamEnd,
    title: TitleMade,
}

impl Outcome {
    /// What the reply and the title took; `None` if nobody can bill anything.
    fn used(&self) -> Option<Usage> {
        [usage(&self.ending), self.title.used].into_iter().flatten().reduce(Usage::and)
    }
}

impl Job {
    /// Calls the assistant, passes its deltas on as they arrive, and stores the reply before it
    /// reports the end. Whatever goes wrong, the question stays, and the turn may be retried.
    pub(super) async fn reply(&self, events: &Events) -> Result<Ending, Problem> {
        let outcome = self.run_assistant(events).await;
        let used = outcome.used();
        // What was used counts, whatever becomes of the reply and of its conversation.
        let (ended, ()) = tokio::join!(
            // Both are large: without boxes they would be part of each future that waits for them.
            Box::pin(self.end(outcome)),
            Box::pin(self.count_for_stack(used)),
        );
        if let (Err(_), Some(used)) = (&ended, used) {
            log(self, used, None);
        }
        ended
    }

    /// Gets the reply, and a title for the conversation beside it if one is wanted.
    async fn run_assistant(&self, events: &Events) -> Outcome {
        let (sender, deltas) = mpsc::channel(MAX_WAITING_DELTAS);
        let (ended, reply_ended) = oneshot::channel();
        let mut text = String::new();
        let reply = async {
            let reply = tokio::join!(
                self.assistant.reply(&self.prompt, sender),
                self.receive(deltas, events, &mut text),
            );
            drop(ended);
            reply
        };
        let (wanted, interaction_id) = (self.title.as_ref(), &self.opened.turn.interaction_id);
        let title = Box::pin(make_title(self.assistant, wanted, interaction_id, reply_ended));
        let ((ending, stream_end), title) = tokio::join!(reply, title);
        Outcome { text, ending, stream_end, title }
    }

    /// Stores the reply, or ends the turn without one.
    async fn end(&self, outcome: Outcome) -> Result<Ending, Problem> {
        let used = outcome.used();
        let Outcome { text, ending, stream_end, title } = outcome;
        if stream_end == StreamEnd::Superseded {
            self.settle(used).await;
            return Err(Problem::TurnInterrupted);
        }
        let is_stopped = stream_end == StreamEnd::Stopped;
        let ended = match (&ending, usage(&ending)) {
            (_, Some(usage)) if is_stopped => Some(Ending { finish: Finish::Stop, usage }),
            (Ok(ending), _) => Some(*ending),
            (Err(_), _) => None,
        };
        if let (Some(ending), Ok(content)) = (ended, Content::try_from(text)) {
            let (path, background) = (self.reply_path.clone(), self.background);
            let title = title.title;
            let reply = FinishedReply { content, path, ending, background, used, title };
            let stored = self.store_reply(&reply).await;
            if !matches!(stored, Ok(true)) {
                self.settle(used).await;
            }
            if !stored? {
                return Err(Problem::TurnInterrupted);
            }
            let took = self.opened.turn.started_at.until(self.app.clock.now());
            log(self, used.unwrap_or_default(), Some((ending.finish, took)));
            return Ok(ending);
        }
        self.fail(used).await;
        Err(match ending {
            _ if is_stopped => Problem::TurnInterrupted,
            Ok(Ending { finish, usage }) => unavailable(ReplyFailure {
                error: AssistantError::Empty(finish),
                usage: Some(usage),
            }),
            Err(failure) => unavailable(failure),
        })
    }

    /// Receives the assistant's deltas, passes them on, and renews the lease once a second.
    async fn receive(
        &self,
        mut deltas: mpsc::Receiver<String>,
        events: &Events,
        text: &mut String,
    ) -> StreamEnd {
        let mut timer = interval(RENEWAL_INTERVAL);
        timer.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // Without this, the first tick would come at once.
        timer.reset();
        let mut renewal = LeaseRenewal::new(self);
        loop {
            tokio::select! {
                delta = deltas.recv() => {
                    let Some(delta) = delta else { return StreamEnd::Complete };
                    text.push_str(&delta);
                    // The client may have disconnected; the reply is stored all the same.
                    let _ = events.send(ReplyEvent::Delta(delta));
                }
                _ = timer.tick(), if renewal.is_idle() => renewal.begin(text),
                end = renewal.end() => if let Some(end) = end {
                    return end;
                },
            }
        }
    }

    /// Stores the reply; `false` if the run was superseded. A busy table is tried again, since the
    /// reply has been paid for.
    async fn store_reply(&self, reply: &FinishedReply) -> Result<bool, Problem> {
        const PAUSES: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(4)];
        let store = self.store();
        for pause in PAUSES {
            match store.close_turn(&self.opened, reply).await {
                Ok(stored) => return Ok(stored),
                Err(error) => self.warn(&error, "a reply could not be stored yet"),
            }
            sleep(pause).await;
        }
        Ok(store.close_turn(&self.opened, reply).await?)
    }

    /// Ends a run without a reply.
    async fn fail(&self, used: Option<Usage>) {
        match self.store().fail_turn(&self.opened, used).await {
            Ok(true) => return,
            Ok(false) => {}
            // The lease expires by itself.
            Err(error) => self.warn(&error, "the lease of a failed turn could not be released"),
        }
        self.settle(used).await;
    }
}

/// What a reply took; `None` if nobody can bill anything.
fn usage(ending: &Result<Ending, ReplyFailure>) -> Option<Usage> {
    match ending {
        Ok(ending) => Some(ending.usage),
        Err(failure) => failure.usage,
    }
}

/// Writes one line for what a run used, also if it may have to be paid for without a reply; of a stored reply
/// with how it ended and how long it took. The client knows the interaction's id too.
fn log(job: &Job, used: Usage, stored: Option<(Finish, Duration)>) {
    let message = match stored {
        Some(_) => "a reply was stored",
        None => "a reply was not stored, but its tokens count",
    };
    tracing::info!(
        interaction_id = job.opened.turn.interaction_id.as_str(),
        finish = stored.map(|(finish, _)| tracing::field::debug(finish)),
        input_tokens = used.input_tokens,
        output_tokens = used.output_tokens,
        tokens = used.total(),
        estimated = used.estimated,
        ms = stored.map(|(_, took)| took.as_millis()),
        "{message}"
    );
}

fn unavailable(failure: ReplyFailure) -> Problem {
    Problem::assistant_unavailable(failure.retry_after(), failure)
}
