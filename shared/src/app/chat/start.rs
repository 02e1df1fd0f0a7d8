use std::time::Duration;

use tokio::time::sleep;

use super::find::{Found, find};
use super::job::Job;
use super::plan::{self, Plan};
use super::turn_status::{TurnStatus, turn_status};
use super::{ChatRequest, History, Reply, spawn_reply};
use crate::app::App;
use crate::assistant::window::Window;
use crate::assistant::{Prompt, Timed, Usage, prompt};
use crate::auth::SignedIn;
use crate::log;
use crate::model::{Quota, QuotaRemaining, Turn, TurnState, UserContext};
use crate::problem::Problem;
use crate::random;
use crate::store::{ChatRows, NewTurn, OpenConversation, OpenOutcome, UserStore};
use crate::text::{Content, Title};

/// Maximum tries to open a turn while other requests change the same rows.
const MAX_TRIES: usize = 10;
/// The longest pause between two tries; milliseconds.
const LONGEST_PAUSE: u64 = 40;

impl App {
    /// Starts a turn, or joins the one that the same request started before. Two round trips before
    /// the assistant is called, and one more for a client's own id of the conversation.
    pub async fn chat(
        &'static self,
        assistant: &'static Timed,
        caller: SignedIn,
        request: ChatRequest,
    ) -> Result<Reply, Problem> {
        let mut was_refused = false;
        for _ in 0..MAX_TRIES {
            match self.try_chat(assistant, &caller, &request).await {
                Ok(Some(reply)) => return Ok(reply),
                Ok(None) => {}
                // The rows may be of different moments, so only what was read twice refuses.
                Err(Problem::NotLastTurn) if !was_refused => was_refused = true,
                Err(problem) => return Err(problem),
            }
            sleep(Duration::from_millis(random::milliseconds_up_to(LONGEST_PAUSE))).await;
        }
        Err(match request.chat {
            Some(_) => Problem::TurnInProgress,
            None => Problem::Unavailable("too many conversations were made at once".into()),
        })
    }

    /// `None` if something changed between reading and writing.
    async fn try_chat(
        &'static self,
        assistant: &'static Timed,
        caller: &SignedIn,
        request: &ChatRequest,
    ) -> Result<Option<Reply>, Problem> {
        let store = self.store.of(caller);
        let found = find(&store, request, self.needs_stack_quota()).await?;
        self.learn_stack_quota(found.rows.read_at, found.rows.stack_quota);
        match turn_status(&found.rows, &found.key, &request.trigger, self.clock.now())? {
            TurnStatus::Free => {}
            TurnStatus::Changing => return Ok(None),
            TurnStatus::Opened(turn) => {
                let quota_remaining = Some(self.quota_remaining(&found.rows, 0));
                let reply = self.join(caller.clone(), found.key, turn);
                return Ok(Some(Reply { quota_remaining, ..reply }));
            }
        }
        let plan = plan::plan(&found.rows, &request.trigger)?;
        let (prompt, history) = prompt_and_history(&found.rows, &plan);
        let reserve = Usage::expected(&prompt).total();
        let Some(turn) = self.open(&store, request, &found, &plan, reserve).await? else {
            return Ok(None);
        };
        let reply = self.run(assistant, caller.clone(), found, prompt, turn);
        Ok(Some(Reply { history: Some(history), ..reply }))
    }

    /// Opens the planned turn, for which the quota counts the tokens in `reserve`; `None` if something
    /// changed since `found` was read.
    async fn open(
        &self,
        store: &UserStore<'_>,
        request: &ChatRequest,
        found: &Found,
        plan: &Plan,
        reserve: u64,
    ) -> Result<Option<Turn>, Problem> {
        let limits = self.config.quota.of_user(found.rows.is_verified);
        if !limits.are_reached(&found.rows.quota) {
            if let Some(quota) = self.stack_quota_reached(&found.rows) {
                return Err(self.quota_exceeded(quota, &found.rows));
            }
            let new_turn = NewTurn {
                key: &found.key,
                question: plan.question.clone(),
                replaces: plan.replaces.clone(),
                title: title(&plan.text),
                chat_id: request.alias(),
                deleted_conversation: found.deleted_conversation,
                body: request.body(),
                limits,
                reserve,
            };
            match store.open_turn(&found.rows, &new_turn).await? {
                OpenOutcome::Turn(turn) => return Ok(Some(turn)),
                OpenOutcome::Changed => return Ok(None),
                OpenOutcome::QuotaExceeded => {}
            }
        }
        // The same request may have used the last question of the quota.
        let current = found.read_again(store).await?;
        if has_new_run(&found.rows, &current) {
            return Ok(None);
        }
        let quota = self.config.quota.of_user_reached(current.is_verified);
        Err(self.quota_exceeded(quota, &current))
    }

    /// Runs a turn that has just been opened.
    fn run(
        &'static self,
        assistant: &'static Timed,
        caller: SignedIn,
        found: Found,
        prompt: Prompt,
        turn: Turn,
    ) -> Reply {
        let Found { key, rows, .. } = found;
        log::note("interaction_id", turn.interaction_id.as_str());
        let quota_remaining = Some(self.quota_remaining(&rows, 1));
        let job = Job {
            caller,
            key,
            turn: turn.clone(),
            background: rows.background,
            prompt,
            is_verified: rows.is_verified,
        };
        let events =
            spawn_reply(|sender| async move { self.reply(assistant, &job, &sender).await });
        Reply { turn, history: None, quota_remaining, events }
    }

    /// What remains of the quota after this many more questions.
    fn quota_remaining(&self, rows: &ChatRows, questions: u64) -> QuotaRemaining {
        let limits = self.config.quota.of_user(rows.is_verified);
        QuotaRemaining {
            messages: limits.messages.saturating_sub(rows.quota.messages + questions),
            tokens: limits.tokens.saturating_sub(rows.quota.tokens),
        }
    }

    fn quota_exceeded(&self, quota: Quota, rows: &ChatRows) -> Problem {
        let now = self.clock.now();
        let remaining = self.quota_remaining(rows, 0);
        Problem::quota_exceeded(quota, remaining, now.until(now.next_day()))
    }
}

/// Whether the turn of these rows got a run since `earlier`, and that run has not failed.
fn has_new_run(earlier: &ChatRows, current: &ChatRows) -> bool {
    let seen = earlier.turn.as_ref().map(|turn| &turn.run);
    let turn = current.turn.as_ref().filter(|turn| turn.state != TurnState::Failed);
    turn.is_some_and(|turn| Some(&turn.run) != seen)
}

/// What the assistant is given, and how much of the conversation that is.
fn prompt_and_history(rows: &ChatRows, plan: &Plan) -> (Prompt, History) {
    let window = Window::new(&plan.before, plan.text.as_str());
    let is_whole = rows.conversation.as_ref().is_none_or(OpenConversation::is_whole);
    let history =
        History { messages: window.included, truncated: window.left_out > 0 || !is_whole };
    let prompt = Prompt {
        system: prompt::system(&UserContext::from(rows.background)),
        messages: window.messages,
        max_characters: Content::MAX_CHARACTERS,
    };
    (prompt, history)
}

/// A new conversation gets the first words of its first question as its title.
fn title(question: &Content) -> Title {
    const MAX_CHARACTERS: usize = 60;
    let line = question.as_str().split_whitespace().collect::<Vec<_>>().join(" ");
    let mut title: String = line.chars().filter(|c| !c.is_control()).take(MAX_CHARACTERS).collect();
    if line.chars().count() > MAX_CHARACTERS {
        // Cut between words, if there are any.
        let end = title.rfind(' ').unwrap_or(title.len());
        title.truncate(end);
        title.push('…');
    }
    Title::try_from(title).unwrap_or_default()
}
