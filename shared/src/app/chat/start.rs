use std::time::Duration;

use tokio::time::sleep;

use super::find::{Found, find};
use super::job::Job;
use super::plan::{self, Plan};
use super::title::{TitleWanted, first_words};
use super::turn_status::{InTheWay, MAX_BACK, is_on_active_branch, turn_status};
use super::{ChatRequest, History, Reply};
use crate::app::App;
use crate::assistant::window::Window;
use crate::assistant::{Prompt, Timed, Usage, prompt};
use crate::auth::SignedIn;
use crate::id::RunId;
use crate::model::{
    ConversationChange, KeyedTurn, Quota, QuotaRemaining, Turn, TurnState, UserContext,
};
use crate::placement::Sent;
use crate::problem::{OrNotFound, Problem};
use crate::random;
use crate::store::{ChatRows, NewTurn, OpenOutcome, UserStore};
use crate::text::Content;

/// Maximum tries to open a turn while other requests change the same rows.
const MAX_TRIES: usize = 10;
/// The longest pause between two tries; milliseconds.
const LONGEST_PAUSE: u64 = 40;

impl App {
    /// Starts a turn, or joins the one that the same request started before. Two round trips before
    /// the assistant is called, and one more for a client's own id of the conversation; more where the
    /// branch has older messages than the newest, or where another turn is ended first.
    pub async fn chat(
        &'static self,
        assistant: &'static Timed,
        caller: SignedIn,
        request: ChatRequest,
    ) -> Result<Reply, Problem> {
        let (mut was_refused, mut dead) = (false, None);
        for _ in 0..MAX_TRIES {
            match self.try_chat(assistant, &caller, &request, &mut dead).await {
                Ok(Some(reply)) => return Ok(reply),
                Ok(None) => {}
                // The rows may be of different moments, so only what was read twice refuses.
                Err(Problem::MessageNotFound) if !was_refused => was_refused = true,
                Err(problem) => return Err(problem),
            }
            sleep(Duration::from_millis(random::milliseconds_up_to(LONGEST_PAUSE))).await;
        }
        Err(match request.chat {
            Some(_) => Problem::TurnInProgress,
            None => Problem::Unavailable("too many conversations were made at once".into()),
        })
    }

    /// `None` if something changed between reading and writing. `dead` is a run that does not stop.
    async fn try_chat(
        &'static self,
        assistant: &'static Timed,
        caller: &SignedIn,
        request: &ChatRequest,
        dead: &mut Option<RunId>,
    ) -> Result<Option<Reply>, Problem> {
        let store = self.store.of(caller);
        let mut found = find(&store, request, self.needs_stack_quota()).await?;
        self.learn_stack_quota(found.rows.read_at, found.rows.stack_quota);
        read_active_branch(&store, &mut found.rows).await?;
        match turn_status(&found.rows, &found.key, &request.sent, self.clock.now()) {
            InTheWay::Nothing => {}
            InTheWay::Changing => return Ok(None),
            InTheWay::Joined(turn) => {
                return self.again(caller, &request.sent, found, turn).await.map(Some);
            }
        }
        let way = self.clear_the_way(caller, &request.sent, &found, dead);
        // Both are large: without boxes they would be part of each future that waits for them.
        match Box::pin(way).await? {
            InTheWay::Nothing => Box::pin(self.begin(assistant, caller, request, found)).await,
            InTheWay::Joined(reply) => Ok(Some(reply)),
            InTheWay::Changing => Ok(None),
        }
    }

    /// Opens a turn and runs it; `None` if something changed since `found` was read.
    async fn begin(
        &'static self,
        assistant: &'static Timed,
        caller: &SignedIn,
        request: &ChatRequest,
        mut found: Found,
    ) -> Result<Option<Reply>, Problem> {
        let store = self.store.of(caller);
        let plan = plan::plan(&store, &mut found.rows, &request.sent).await?;
        let (prompt, history) = prompt_and_history(assistant, &found.rows, &plan);
        let title = TitleWanted::of(assistant, &found.rows, &plan);
        let reserve =
            Usage::expected(&prompt).total() + title.as_ref().map_or(0, TitleWanted::expected);
        let opened = self.open(&store, request, &found, &plan, reserve).await?;
        let Some(turn) = opened else { return Ok(None) };
        let quota_remaining = Some(self.quota_remaining(&found.rows, 1));
        let job = Job {
            app: self,
            assistant,
            caller: caller.clone(),
            reply_path: plan::reply_path(turn.question_id, &plan.path),
            opened: KeyedTurn { key: found.key, turn: turn.clone() },
            background: found.rows.background,
            prompt,
            title,
            is_verified: found.rows.is_verified,
        };
        let make = |events| async move { job.reply(&events).await };
        Ok(Some(Reply::spawn(turn, Some(history), quota_remaining, make)))
    }

    /// The reply of the turn that the same request has opened before. Its branch becomes the active one.
    async fn again(
        &'static self,
        caller: &SignedIn,
        sent: &Sent,
        found: Found,
        turn: Turn,
    ) -> Result<Reply, Problem> {
        let open = found.rows.conversation.as_ref();
        // Who saves an edit without a change goes back to this reply. A lost response is only asked for again.
        let is_edit = !sent.regenerate && sent.named.is_some();
        if turn.state == TurnState::Done
            && open.is_some_and(|open| is_edit || !is_on_active_branch(open, turn.reply_id))
        {
            let chosen = ConversationChange { active_message_id: Some(turn.reply_id), title: None };
            let store = self.store.of(caller);
            let changed = store.change_conversation(turn.conversation_id, &chosen).await;
            changed.or_not_found(Problem::ConversationNotFound)?;
        }
        let quota_remaining = Some(self.quota_remaining(&found.rows, 0));
        Ok(self.join(caller.clone(), KeyedTurn { key: found.key, turn }, quota_remaining))
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
                rows: &found.rows,
                key: &found.key,
                question: plan.question.clone(),
                path: &plan.path,
                title: first_words(plan.text.as_str()),
                chat_id: request.alias(),
                deleted_conversation: found.deleted_conversation,
                body: request.body(),
                limits,
                reserve,
            };
            match store.open_turn(&new_turn).await? {
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

    /// What remains of the quota after this many more questions.
    pub(super) fn quota_remaining(&self, rows: &ChatRows, questions: u64) -> QuotaRemaining {
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

/// Reads more of the active branch if the same request has got a reply that is not on what is known of it: the
/// reply may be old, or the user may have gone to another branch.
async fn read_active_branch(store: &UserStore<'_>, rows: &mut ChatRows) -> Result<(), Problem> {
    let done = rows.turn_here().filter(|turn| turn.state == TurnState::Done);
    let given = done.map(|turn| turn.reply_id);
    if let (Some(given), Some(open)) = (given, &mut rows.conversation)
        && !is_on_active_branch(open, given)
    {
        let (id, active) = (open.conversation.id, open.conversation.active_message_id);
        store.read_branch(id, &mut open.tree, active, MAX_BACK).await?;
    }
    Ok(())
}

/// Whether the turn of these rows got a run since `earlier`, and that run has not failed.
fn has_new_run(earlier: &ChatRows, current: &ChatRows) -> bool {
    let seen = earlier.turn.as_ref().map(|turn| &turn.run);
    let turn = current.turn.as_ref().filter(|turn| turn.state != TurnState::Failed);
    turn.is_some_and(|turn| Some(&turn.run) != seen)
}

/// What the assistant is given, and how much of the conversation that is.
fn prompt_and_history(assistant: &Timed, rows: &ChatRows, plan: &Plan) -> (Prompt, History) {
    let window = Window::new(&plan.before, plan.text.as_str());
    let truncated = window.left_out > 0 || window.is_cut || plan.has_older;
    let history = History { messages: window.included, truncated };
    let prompt = Prompt {
        system: prompt::system(&assistant.instructions, &UserContext::from(rows.background)),
        messages: window.messages,
        max_characters: Content::MAX_CHARACTERS,
    };
    (prompt, history)
}
