use std::time::Duration;

use tokio::sync::mpsc::{self, UnboundedSender};
use tokio::sync::oneshot;
use tokio::time::{MissedTickBehavior, interval, sleep};

use super::ReplyEvent;
use super::job::Job;
use super::lease_renewal::{LeaseRenewal, Renewed};
use super::title::{TitleMade, make_title};
use crate::app::App;
use crate::assistant::{AssistantError, ReplyFailure, Timed};
use crate::clock::Timestamp;
use crate::model::{Ending, Finish, Interaction, Usage};
use crate::problem::Problem;
use crate::store::FinishedReply;
use crate::text::Content;

/// How often the lease is renewed, and a segment of new text stored for those who join.
const RENEWAL_INTERVAL: Duration = Duration::from_secs(1);
/// Maximum deltas that wait between the assistant and us.
const MAX_WAITING_DELTAS: usize = 16;

/// Why no more deltas are taken from the assistant.
#[derive(Clone, Copy, PartialEq, Eq)]
enum StreamEnd {
    /// The assistant has sent its last delta.
    Complete,
    /// The user asked the turn to stop.
    Stopped,
    /// Another run has the lease of the conversation, or the conversation was deleted.
    Superseded,
}

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
        match (usage(&self.ending), self.title.used) {
            (Some(reply), Some(title)) => Some(reply.and(title)),
            (reply, title) => reply.or(title),
        }
    }
}

impl App {
    /// Calls the assistant, passes its deltas on as they arrive, and stores the reply before it
    /// reports the end. Whatever goes wrong, the question stays, and the turn may be retried.
    pub(super) async fn reply(
        &self,
        assistant: &Timed,
        job: &Job,
        events: &UnboundedSender<ReplyEvent>,
    ) -> Result<Ending, Problem> {
        let outcome = self.run_assistant(assistant, job, events).await;
        let used = outcome.used();
        // What was used counts, whatever becomes of the reply and of its conversation.
        let (ended, ()) = tokio::join!(
            // Both are large: without boxes they would be part of each future that waits for them.
            Box::pin(self.end(job, outcome)),
            Box::pin(self.count_for_stack(job, used)),
        );
        if ended.is_err() {
            log_unstored(job, used);
        }
        ended
    }

    /// Gets the reply, and a title for the conversation beside it if one is wanted.
    async fn run_assistant(
        &self,
        assistant: &Timed,
        job: &Job,
        events: &UnboundedSender<ReplyEvent>,
    ) -> Outcome {
        let (sender, deltas) = mpsc::channel(MAX_WAITING_DELTAS);
        let (ended, reply_ended) = oneshot::channel();
        let mut text = String::new();
        let reply = async {
            let reply = tokio::join!(
                assistant.reply(&job.prompt, sender),
                self.receive(job, deltas, events, &mut text),
            );
            drop(ended);
            reply
        };
        let (wanted, interaction_id) = (job.title.as_ref(), &job.turn.interaction_id);
        let title = Box::pin(make_title(assistant, wanted, interaction_id, reply_ended));
        let ((ending, stream_end), title) = tokio::join!(reply, title);
        Outcome { text, ending, stream_end, title }
    }

    /// Stores the reply, or ends the turn without one.
    async fn end(&self, job: &Job, outcome: Outcome) -> Result<Ending, Problem> {
        let used = outcome.used();
        let Outcome { text, ending, stream_end, title } = outcome;
        if stream_end == StreamEnd::Superseded {
            self.settle(job, used).await;
            return Err(Problem::TurnInterrupted);
        }
        let is_stopped = stream_end == StreamEnd::Stopped;
        let ended = match (&ending, usage(&ending)) {
            (_, Some(usage)) if is_stopped => Some(Ending { finish: Finish::Stop, usage }),
            (Ok(ending), _) => Some(*ending),
            (Err(_), _) => None,
        };
        if let (Some(ending), Ok(content)) = (ended, Content::try_from(text)) {
            let interaction = Interaction::of_turn(job.caller.user_id(), &job.turn, job.background);
            let (path, title) = (job.reply_path.clone(), title.title);
            let reply = FinishedReply { content, path, ending, interaction, used, title };
            return self.finish(job, &reply).await;
        }
        self.fail(job, used).await;
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
        job: &Job,
        mut deltas: mpsc::Receiver<String>,
        events: &UnboundedSender<ReplyEvent>,
        text: &mut String,
    ) -> StreamEnd {
        let mut timer = interval(RENEWAL_INTERVAL);
        timer.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // Without this, the first tick would come at once.
        timer.reset();
        let mut renewal = LeaseRenewal::new(&self.store, job);
        loop {
            tokio::select! {
                delta = deltas.recv() => {
                    let Some(delta) = delta else { return StreamEnd::Complete };
                    text.push_str(&delta);
                    // The client may have disconnected; the reply is stored all the same.
                    let _ = events.send(ReplyEvent::Delta(delta));
                }
                _ = timer.tick(), if renewal.is_idle() => renewal.begin(text),
                renewed = renewal.end() => match renewed {
                    Renewed::Running => {}
                    Renewed::StopRequested => return StreamEnd::Stopped,
                    Renewed::Superseded => return StreamEnd::Superseded,
                }
            }
        }
    }

    /// Stores the reply and logs its figures.
    async fn finish(&self, job: &Job, reply: &FinishedReply) -> Result<Ending, Problem> {
        let stored = self.store_reply(job, reply).await;
        if !matches!(stored, Ok(true)) {
            self.settle(job, reply.used).await;
        }
        if !stored? {
            return Err(Problem::TurnInterrupted);
        }
        log(job, reply, self.clock.now());
        Ok(reply.ending)
    }

    /// Stores the reply; `false` if the run was superseded. A busy table is tried again, since the
    /// reply has been paid for.
    async fn store_reply(&self, job: &Job, reply: &FinishedReply) -> Result<bool, Problem> {
        const PAUSES: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(4)];
        let store = self.store.of(&job.caller);
        for pause in PAUSES {
            match store.close_turn(&job.key, &job.turn, reply).await {
                Ok(stored) => return Ok(stored),
                Err(error) => {
                    let interaction_id = job.turn.interaction_id.as_str();
                    tracing::warn!(interaction_id, cause = %error, "a reply could not be stored yet");
                    sleep(pause).await;
                }
            }
        }
        Ok(store.close_turn(&job.key, &job.turn, reply).await?)
    }

    /// Ends a run without a reply.
    async fn fail(&self, job: &Job, used: Option<Usage>) {
        let store = self.store.of(&job.caller);
        match store.fail_turn(&job.key, &job.turn, used).await {
            Ok(true) => return,
            Ok(false) => {}
            Err(error) => {
                // The lease expires by itself.
                let interaction_id = job.turn.interaction_id.as_str();
                tracing::warn!(interaction_id, cause = %error, "the lease of a failed turn could not be released");
            }
        }
        self.settle(job, used).await;
    }
}

/// What a reply took; `None` if nobody can bill anything.
fn usage(ending: &Result<Ending, ReplyFailure>) -> Option<Usage> {
    match ending {
        Ok(ending) => Some(ending.usage),
        Err(failure) => failure.usage,
    }
}

/// Writes one line for a stored reply. The client knows the interaction's id too.
fn log(job: &Job, reply: &FinishedReply, now: Timestamp) {
    let used = reply.used.unwrap_or_default();
    tracing::info!(
        interaction_id = job.turn.interaction_id.as_str(),
        finish = ?reply.ending.finish,
        input_tokens = used.input_tokens,
        output_tokens = used.output_tokens,
        tokens = used.total(),
        estimated = used.estimated,
        ms = job.turn.started_at.until(now).as_millis(),
        "a reply was stored"
    );
}

/// Writes one line for a reply that is not stored although it may have to be paid for.
fn log_unstored(job: &Job, used: Option<Usage>) {
    let Some(used) = used else { return };
    tracing::info!(
        interaction_id = job.turn.interaction_id.as_str(),
        input_tokens = used.input_tokens,
        output_tokens = used.output_tokens,
        tokens = used.total(),
        estimated = used.estimated,
        "a reply was not stored, but its tokens count"
    );
}

fn unavailable(failure: ReplyFailure) -> Problem {
    Problem::assistant_unavailable(failure.retry_after(), failure)
}
