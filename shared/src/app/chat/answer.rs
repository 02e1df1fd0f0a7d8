use std::time::Duration;

use tokio::sync::mpsc::{self, UnboundedSender};
use tokio::time::{MissedTickBehavior, interval, sleep};

use super::ReplyEvent;
use super::keeper::{Keeper, Kept};
use crate::app::App;
use crate::assistant::{Assistant, AssistantError, Prompt};
use crate::auth::SignedIn;
use crate::clock::Timestamp;
use crate::model::{Background, ContentType, Ending, Finish, Interaction, Turn, TurnKey, Usage};
use crate::problem::Problem;
use crate::store::FinishedReply;
use crate::text::Content;

/// So often the lease is renewed, and what has come since is kept for those who join.
const BEAT: Duration = Duration::from_secs(1);
/// Pieces that may wait between the assistant and us.
const WAITING_PIECES: usize = 16;

/// A turn that has been opened, and what the assistant is to be asked.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) caller: SignedIn,
    pub(super) key: TurnKey,
    pub(super) turn: Turn,
    pub(super) background: Option<Background>,
    pub(super) prompt: Prompt,
}

/// Why no more is taken from the assistant.
#[derive(Clone, Copy)]
enum Taken {
    /// It has said everything.
    All,
    /// The user asked it to stop.
    Stopped,
    /// Another request has taken the conversation over.
    Lost,
}

impl App {
    /// Asks the assistant, passes its answer on as it comes, and stores it before it tells that
    /// it is complete. Whatever goes wrong, the question is kept, and the turn may be tried again.
    pub(super) async fn answer(
        &self,
        assistant: &dyn Assistant,
        job: &Job,
        pieces: &UnboundedSender<ReplyEvent>,
    ) -> Result<Ending, Problem> {
        let (sender, receiver) = mpsc::channel(WAITING_PIECES);
        let mut text = String::new();
        let answering = assistant.answer(&job.prompt, sender);
        let (ended, taken) = tokio::join!(answering, self.take(job, receiver, pieces, &mut text));
        let usage = Usage::estimate(&job.prompt, text.chars().count());
        let ending = match (taken, ended) {
            (Taken::Lost, _) => return Err(Problem::TurnInterrupted),
            (Taken::Stopped, ended) => {
                let usage = ended.map_or(usage, |ending| ending.usage);
                Ok(Ending { finish: Finish::Stop, usage })
            }
            (Taken::All, ended) => ended,
        };
        // A question that was stopped has been asked, though nothing was said yet.
        let asked = !text.is_empty() || matches!(taken, Taken::Stopped);
        let used = asked.then_some(usage);
        let problem = match (ending, Content::try_from(text)) {
            (Ok(ending), Ok(content)) => {
                if !self.close(job, content, ending).await? {
                    return Err(Problem::TurnInterrupted);
                }
                log(job, ending, self.clock.now());
                return Ok(ending);
            }
            (Ok(_), _) if matches!(taken, Taken::Stopped) => Problem::TurnInterrupted,
            (Ok(ending), _) => no_answer(AssistantError::Empty(ending.finish)),
            (Err(error), _) => no_answer(error),
        };
        let store = self.store.of(&job.caller);
        if let Err(error) = store.fail_turn(&job.key, &job.turn, used).await {
            // Its lease ends by itself.
            tracing::warn!(interaction_id = job.turn.interaction_id.as_str(), cause = %error, "a turn that failed could not be let go");
        }
        Err(problem)
    }

    /// Stores the answer; a busy table is asked again, since the answer has been paid for.
    async fn close(&self, job: &Job, content: Content, ending: Ending) -> Result<bool, Problem> {
        const PAUSES: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(4)];
        let turn = &job.turn;
        let interaction = Interaction {
            id: turn.interaction_id.clone(),
            user_id: job.caller.user_id().clone(),
            content_type: ContentType::chat(),
            background_used: job.background.into(),
            timestamp: turn.started_at,
            conversation_id: Some(turn.conversation_id),
            message_id: Some(turn.reply_id),
            personalization_effectiveness: None,
        };
        let answered = FinishedReply { content, ending, interaction };
        let store = self.store.of(&job.caller);
        for pause in PAUSES {
            match store.close_turn(&job.key, turn, &answered).await {
                Ok(stored) => return Ok(stored),
                Err(error) => {
                    tracing::warn!(interaction_id = job.turn.interaction_id.as_str(), cause = %error, "an answer could not be stored yet");
                    sleep(pause).await;
                }
            }
        }
        Ok(store.close_turn(&job.key, turn, &answered).await?)
    }

    /// Takes the assistant's pieces: passes them on, and once a second keeps what has come.
    async fn take(
        &self,
        job: &Job,
        mut receiver: mpsc::Receiver<String>,
        pieces: &UnboundedSender<ReplyEvent>,
        text: &mut String,
    ) -> Taken {
        let mut beat = interval(BEAT);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // Otherwise the first would come at once.
        beat.reset();
        let mut keeper = Keeper::new(&self.store, job);
        loop {
            tokio::select! {
                piece = receiver.recv() => {
                    let Some(piece) = piece else { return Taken::All };
                    text.push_str(&piece);
                    // Nobody may be listening any more; the answer is stored all the same.
                    let _ = pieces.send(ReplyEvent::Delta(piece));
                }
                _ = beat.tick(), if keeper.is_idle() => keeper.begin(text),
                kept = keeper.end() => match kept {
                    Kept::On => {}
                    Kept::Stop => return Taken::Stopped,
                    Kept::Lost => return Taken::Lost,
                }
            }
        }
    }
}

/// One line for an answer that is stored, with its interaction's id, which the client is told too.
fn log(job: &Job, ending: Ending, now: Timestamp) {
    let Usage { input_tokens, output_tokens, estimated } = ending.usage;
    tracing::info!(
        interaction_id = job.turn.interaction_id.as_str(),
        finish = ?ending.finish,
        input_tokens,
        output_tokens,
        estimated,
        milliseconds = job.turn.started_at.until(now).as_millis(),
    );
}

fn no_answer(error: AssistantError) -> Problem {
    Problem::AssistantUnavailable(error.into())
}
