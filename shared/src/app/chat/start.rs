use std::time::Duration;

use tokio::time::sleep;

use super::answer::Job;
use super::plan::{self, Plan};
use super::standing::{Standing, standing};
use super::{ChatRequest, History, QuotaRemaining, Reply, apart};
use crate::app::App;
use crate::assistant::window::Window;
use crate::assistant::{Assistant, Prompt, prompt};
use crate::auth::SignedIn;
use crate::model::{IdempotencyKey, Turn, TurnKey, TurnState, UserContext};
use crate::problem::{OrNotFound, Problem};
use crate::random;
use crate::store::{ChatRows, NewTurn, OpenConversation, OpenOutcome, Target, UserStore};
use crate::text::{Content, Title};

/// A turn is begun anew at most so often, when others got in its way.
const MAX_TRIES: usize = 10;
/// The longest pause between two tries; milliseconds.
const LONGEST_PAUSE: u64 = 40;

impl App {
    /// Begins a turn, or joins the one that the same request has begun before. Two round trips
    /// before the assistant is asked, and one more for a client's own id of the conversation.
    pub async fn chat(
        &'static self,
        assistant: &'static dyn Assistant,
        caller: SignedIn,
        request: ChatRequest,
    ) -> Result<Reply, Problem> {
        for _ in 0..MAX_TRIES {
            if let Some(reply) = self.try_to_begin(assistant, &caller, &request).await? {
                return Ok(reply);
            }
            sleep(Duration::from_millis(random::milliseconds_up_to(LONGEST_PAUSE))).await;
        }
        Err(match request.chat {
            Some(_) => Problem::TurnInProgress,
            None => Problem::Unavailable("too many conversations were made at once".into()),
        })
    }

    /// `None` if something has changed between reading and writing.
    async fn try_to_begin(
        &'static self,
        assistant: &'static dyn Assistant,
        caller: &SignedIn,
        request: &ChatRequest,
    ) -> Result<Option<Reply>, Problem> {
        let store = self.store.of(caller);
        let (known, alias) = match &request.chat {
            None => (None, None),
            Some(chat) => (self.conversation_of(caller, chat).await?, chat.alias()),
        };
        let mut target = known.map_or(Target::New, Target::Conversation);
        // A client's own id of a conversation that was deleted is free again.
        let mut gone = None;
        let (key, mut rows) = match (self.read(&store, target, request).await, alias, target) {
            (Err(Problem::ConversationNotFound), Some(_), Target::Conversation(deleted)) => {
                (target, gone) = (Target::New, Some(deleted));
                self.read(&store, target, request).await?
            }
            (read, ..) => read?,
        };
        let body = request.key.as_ref().map(IdempotencyKey::body);
        if rows.turn.as_ref().is_some_and(|turn| turn.body.as_deref() != body) {
            return Err(Problem::IdempotencyKeyReused);
        }
        if let (Target::New, Some(turn)) = (target, &rows.turn)
            && gone != Some(turn.conversation_id)
        {
            target = Target::Conversation(turn.conversation_id);
            rows = rows_of(&store, target, &key).await?;
        }
        match standing(&rows, &key, &request.ask, self.clock.now())? {
            Standing::Free => {}
            Standing::Changing => return Ok(None),
            Standing::Begun(turn) => {
                let left = Some(self.left(&rows, 0));
                return Ok(Some(Reply { left, ..self.join(caller.clone(), key, turn) }));
            }
        }
        let plan = plan::plan(&rows, &request.ask)?;
        let opening = NewTurn {
            key: &key,
            question: plan.question.clone(),
            replaces: plan.replaces.clone(),
            title: title(&plan.text),
            chat_id: alias,
            gone,
            body,
            limits: self.config.quota,
        };
        match store.open_turn(&rows, &opening).await? {
            OpenOutcome::Turn(turn) => {
                Ok(Some(self.begin(assistant, caller.clone(), key, turn, &plan, &rows)))
            }
            OpenOutcome::Changed => Ok(None),
            OpenOutcome::QuotaExceeded => {
                // The same request may have asked the last question.
                let found = rows_of(&store, target, &key).await?.turn;
                let earlier = rows.turn.map(|turn| turn.run);
                let begun = found.filter(|turn| turn.state != TurnState::Failed);
                let begun = begun.is_some_and(|turn| Some(turn.run) != earlier);
                if begun { Ok(None) } else { Err(self.quota_exceeded()) }
            }
        }
    }

    /// The key of a request, and what it begins with. A request for another answer has its key from
    /// what is read; that it was begun before is seen by a second look only.
    async fn read(
        &self,
        store: &UserStore<'_>,
        target: Target,
        request: &ChatRequest,
    ) -> Result<(TurnKey, ChatRows), Problem> {
        if let Some(key) = plan::key(request) {
            let rows = rows_of(store, target, &key).await?;
            return Ok((key, rows));
        }
        let rows = rows_of(store, target, &TurnKey::once()).await?;
        let key = plan::regenerate_key(&rows, request)?;
        let free = rows.conversation.as_ref().is_some_and(|open| open.lease.is_none());
        if free && plan::plan(&rows, &request.ask).is_ok_and(|plan| plan.is_of_stored()) {
            return Ok((key, rows));
        }
        let rows = rows_of(store, target, &key).await?;
        Ok((key, rows))
    }

    fn begin(
        &'static self,
        assistant: &'static dyn Assistant,
        caller: SignedIn,
        key: TurnKey,
        turn: Turn,
        plan: &Plan,
        rows: &ChatRows,
    ) -> Reply {
        let window = Window::new(&plan.before, plan.text.as_str());
        let whole = rows.conversation.as_ref().is_none_or(OpenConversation::is_whole);
        let truncated = window.left_out > 0 || !whole;
        let history = Some(History { messages: window.messages, truncated });
        let context = UserContext::from(rows.background);
        let prompt = Prompt {
            system: prompt::system(&context),
            messages: window.turns,
            max_characters: Content::MAX_CHARACTERS,
        };
        let left = Some(self.left(rows, 1));
        let job = Job { caller, key, turn: turn.clone(), background: rows.background, prompt };
        let pieces = apart(|sender| async move { self.answer(assistant, &job, &sender).await });
        Reply { turn, history, left, pieces }
    }

    /// What is left after so many more questions.
    fn left(&self, rows: &ChatRows, questions: u64) -> QuotaRemaining {
        let limits = self.config.quota;
        QuotaRemaining {
            messages: limits.messages.saturating_sub(rows.quota.messages + questions),
            tokens: limits.tokens.saturating_sub(rows.quota.tokens),
        }
    }

    fn quota_exceeded(&self) -> Problem {
        let now = self.clock.now();
        Problem::quota_exceeded(now.until(now.next_day()))
    }
}

async fn rows_of(
    store: &UserStore<'_>,
    target: Target,
    key: &TurnKey,
) -> Result<ChatRows, Problem> {
    store.chat_rows(target, key).await.or_not_found(Problem::ConversationNotFound)
}

/// A conversation is called by the first words of its first question.
fn title(question: &Content) -> Title {
    const MOST: usize = 60;
    let line = question.as_str().split_whitespace().collect::<Vec<_>>().join(" ");
    let mut title: String = line.chars().filter(|c| !c.is_control()).take(MOST).collect();
    if line.chars().count() > MOST {
        // Cut between words, if there are any.
        let end = title.rfind(' ').unwrap_or(title.len());
        title.truncate(end);
        title.push('…');
    }
    Title::try_from(title).unwrap_or_default()
}
