use std::time::Duration;

use tokio::sync::mpsc::{self, UnboundedSender};
use tokio::time::{MissedTickBehavior, interval};

use super::Piece;
use crate::app::App;
use crate::assistant::{Assistant, AssistantError, Prompt};
use crate::auth::SignedIn;
use crate::model::{Background, ContentType, Ending, Finish, Interaction, Turn, TurnKey};
use crate::problem::Problem;
use crate::store::Answered;
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
        pieces: &UnboundedSender<Piece>,
    ) -> Result<Ending, Problem> {
        let Job { caller, key, turn, background, prompt } = job;
        let store = self.store.of(caller);
        let (sender, receiver) = mpsc::channel(WAITING_PIECES);
        let mut text = String::new();
        let answering = assistant.answer(prompt, sender);
        let (ended, taken) =
            tokio::join!(answering, self.take(caller, turn, receiver, pieces, &mut text));
        let stopped = matches!(taken, Taken::Stopped);
        let ending = match (taken, ended) {
            (Taken::Lost, _) => return Err(Problem::TurnInterrupted),
            (Taken::Stopped, ended) => {
                let usage = ended.map(|ending| ending.usage).unwrap_or_default();
                Ok(Ending { finish: Finish::Stop, usage })
            }
            (Taken::All, ended) => ended,
        };
        let stored = match (ending, Content::try_from(text)) {
            (Ok(ending), Ok(content)) => {
                let interaction = Interaction {
                    id: turn.interaction_id.clone(),
                    user_id: caller.user_id().clone(),
                    content_type: ContentType::chat(),
                    background_used: (*background).into(),
                    timestamp: turn.started_at,
                    conversation_id: Some(turn.conversation_id),
                    message_id: Some(turn.answer_id),
                    personalization_effectiveness: None,
                };
                let answered = Answered { content, ending, interaction };
                store.close_turn(key, turn, answered).await?.then_some(ending)
            }
            (ending, _) => {
                store.fail_turn(key, turn).await?;
                return Err(match ending {
                    Ok(_) if stopped => Problem::TurnInterrupted,
                    Ok(ending) => {
                        Problem::AssistantUnavailable(AssistantError::Empty(ending.finish).into())
                    }
                    Err(error) => Problem::AssistantUnavailable(error.into()),
                });
            }
        };
        stored.ok_or(Problem::TurnInterrupted)
    }

    /// Takes the assistant's pieces: passes them on, and once a second keeps what has come.
    async fn take(
        &self,
        caller: &SignedIn,
        turn: &Turn,
        mut receiver: mpsc::Receiver<String>,
        pieces: &UnboundedSender<Piece>,
        text: &mut String,
    ) -> Taken {
        let store = self.store.of(caller);
        let (mut beat, mut kept, mut segments) = (interval(BEAT), 0, 0);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // The first tick comes at once.
        beat.tick().await;
        loop {
            tokio::select! {
                piece = receiver.recv() => {
                    let Some(piece) = piece else { return Taken::All };
                    text.push_str(&piece);
                    // Nobody may be listening any more; the answer is stored all the same.
                    let _ = pieces.send(Piece::Text(piece));
                }
                _ = beat.tick() => {
                    let new = text.get(kept..).filter(|new| !new.is_empty());
                    match store.renew_turn(turn, new.map(|new| (segments, new))).await {
                        Ok(None) => return Taken::Lost,
                        Ok(Some(stop)) => {
                            segments += usize::from(new.is_some());
                            kept = text.len();
                            if stop {
                                return Taken::Stopped;
                            }
                        }
                        // The lease outlasts many of these.
                        Err(error) => {
                            tracing::warn!(cause = %error, "a running turn could not be renewed");
                        }
                    }
                }
            }
        }
    }
}
