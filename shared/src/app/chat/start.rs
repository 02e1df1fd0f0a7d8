use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::sleep;

use super::answer::Job;
use super::plan::{self, Plan};
use super::{Ask, Chat, ChatRequest, History, Piece, QuotaLeft, Reply};
use crate::app::App;
use crate::assistant::window::Window;
use crate::assistant::{Assistant, Prompt, prompt};
use crate::auth::SignedIn;
use crate::model::{IdempotencyKey, Turn, TurnKey, TurnState, UserContext};
use crate::problem::{OrNotFound, Problem};
use crate::random;
use crate::store::{ChatRows, Opened, Opening, StoreError, Target, UserStore};
use crate::text::{Content, Title};

/// A turn is begun anew at most so often, when others got in its way.
const MOST_TRIES: usize = 10;
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
        for _ in 0..MOST_TRIES {
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
        let body = request.key.as_ref().map(IdempotencyKey::body);
        let (mut target, alias) = match &request.chat {
            None => (Target::New, None),
            Some(Chat::Conversation(id)) => (Target::Conversation(*id), None),
            Some(Chat::Alias(alias)) => {
                let found = store.chat(alias).await?;
                (found.map_or(Target::New, Target::Conversation), Some(alias))
            }
        };
        let (key, mut rows) = self.read(&store, target, request).await?;
        if rows.turn.as_ref().is_some_and(|turn| turn.body.as_deref() != body) {
            return Err(Problem::IdempotencyKeyReused);
        }
        if let (Target::New, Some(turn)) = (target, &rows.turn) {
            target = Target::Conversation(turn.conversation_id);
            let again = store.chat_rows(target, &key).await;
            rows = again.or_not_found(Problem::ConversationNotFound)?;
        }
        if let Some(turn) = rows.turn.clone()
            && self.goes_on(&rows, &turn)
        {
            let left = Some(self.left(&rows, 0));
            return Ok(Some(Reply { left, ..self.join(caller.clone(), key, turn) }));
        }
        let now = self.clock.now();
        if rows.conversation.as_ref().is_some_and(|open| open.running(now).is_some()) {
            return Err(Problem::TurnInProgress);
        }
        let plan = plan::plan(&rows, &request.ask)?;
        let opening = Opening {
            key: &key,
            question: plan.question.clone(),
            replaces: plan.replaces.clone(),
            title: title(&plan.text),
            chat_id: alias,
            body,
            limits: self.config.quota,
        };
        match store.open_turn(&rows, &opening).await? {
            Opened::Turn(turn) => {
                Ok(Some(self.begin(assistant, caller.clone(), key, turn, &plan, &rows)))
            }
            Opened::QuotaExceeded => Err(self.quota_exceeded()),
            Opened::Changed => Ok(None),
        }
    }

    async fn read(
        &self,
        store: &UserStore<'_>,
        target: Target,
        request: &ChatRequest,
    ) -> Result<(TurnKey, ChatRows), Problem> {
        let not_found =
            |rows: Result<ChatRows, StoreError>| rows.or_not_found(Problem::ConversationNotFound);
        if let Some(key) = plan::key(request) {
            let rows = not_found(store.chat_rows(target, &key).await)?;
            return Ok((key, rows));
        }
        let answer = match &request.ask {
            Ask::Regenerate { answer } => answer.as_deref(),
            Ask::Submit { .. } => None,
        };
        let rows = not_found(store.chat_rows(target, &TurnKey::once()).await)?;
        let key = plan::regenerate_key(&rows, answer)?;
        let now = self.clock.now();
        let runs = rows.conversation.as_ref().is_some_and(|open| open.running(now).is_some());
        if !runs && plan::plan(&rows, &request.ask).is_ok() {
            return Ok((key, rows));
        }
        // It may have been begun before.
        let rows = not_found(store.chat_rows(target, &key).await)?;
        Ok((key, rows))
    }

    /// Whether an earlier turn has an answer, or a function is at it.
    fn goes_on(&self, rows: &ChatRows, turn: &Turn) -> bool {
        let now = self.clock.now();
        let lease = rows.conversation.as_ref().and_then(|open| open.running(now));
        match turn.state {
            TurnState::Done => true,
            TurnState::Running => lease.is_some_and(|lease| lease.turn_run == turn.run),
            TurnState::Failed => false,
        }
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
        let history = Some(History { messages: window.messages, truncated: window.left_out > 0 });
        let context = UserContext::from(rows.background);
        let prompt = Prompt {
            system: prompt::system(&context),
            messages: window.turns,
            most_characters: Content::MOST_CHARACTERS,
        };
        let (sender, pieces) = mpsc::unbounded_channel();
        let left = Some(self.left(rows, 1));
        let job = Job { caller, key, turn: turn.clone(), background: rows.background, prompt };
        // Apart from the answer's stream: a client that hangs up must not lose the answer.
        tokio::spawn(async move {
            let ended = self.answer(assistant, &job, &sender).await;
            let piece = ended.map_or_else(Piece::Failed, Piece::Ended);
            // Nobody may be listening any more.
            let _ = sender.send(piece);
        });
        Reply { turn, history, left, pieces }
    }

    /// What is left after so many more questions.
    fn left(&self, rows: &ChatRows, questions: u64) -> QuotaLeft {
        let limits = self.config.quota;
        QuotaLeft {
            messages: limits.messages.saturating_sub(rows.quota.messages + questions),
            tokens: limits.tokens.saturating_sub(rows.quota.tokens),
        }
    }

    fn quota_exceeded(&self) -> Problem {
        let now = self.clock.now();
        Problem::quota_exceeded(now.until(now.next_day()))
    }
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
