use tokio::sync::mpsc;

use super::answer::Job;
use super::plan::{self, Plan};
use super::{Ask, Chat, ChatRequest, History, Piece, QuotaLeft, Reply};
use crate::app::App;
use crate::assistant::window::Window;
use crate::assistant::{Assistant, Prompt, prompt};
use crate::auth::SignedIn;
use crate::model::{Turn, TurnKey, TurnState, UserContext};
use crate::problem::{OrNotFound, Problem};
use crate::store::{ChatRows, Opened, Opening, Progress, StoreError, Target, UserStore};
use crate::text::{Content, Title};

/// A turn is begun anew at most so often, when something else happened in its conversation.
const MOST_TRIES: usize = 5;

impl App {
    /// Begins a turn, or joins the one that the same request has begun before. Two round trips
    /// before the assistant is asked, and one more for a client's own id of the conversation.
    pub async fn chat(
        &'static self,
        assistant: &'static dyn Assistant,
        caller: SignedIn,
        request: ChatRequest,
    ) -> Result<Reply, Problem> {
        let store = self.store.of(&caller);
        for _ in 0..MOST_TRIES {
            let (mut target, alias) = match &request.chat {
                None => (Target::New, None),
                Some(Chat::Conversation(id)) => (Target::Conversation(*id), None),
                Some(Chat::Alias(alias)) => {
                    let found = store.chat(alias).await?;
                    (found.map_or(Target::New, Target::Conversation), Some(alias.as_str()))
                }
            };
            let named = request.chat.as_ref().map(Chat::name);
            let (key, mut rows) = self.read(&store, target, named.as_deref(), &request.ask).await?;
            if let (Target::New, Some(turn)) = (target, &rows.turn) {
                target = Target::Conversation(turn.conversation_id);
                rows = store
                    .chat_rows(target, &key)
                    .await
                    .or_not_found(Problem::ConversationNotFound)?;
            }
            if let Some(turn) = rows.turn.clone()
                && self.goes_on(&rows, &turn)
            {
                return Ok(self.join(caller, key, turn, self.left(&rows)));
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
                limits: self.config.quota,
            };
            match store.open_turn(&rows, &opening).await? {
                Opened::Turn(turn) => {
                    return Ok(self.begin(assistant, caller, key, turn, &plan, &rows));
                }
                Opened::QuotaExceeded => return Err(self.quota_exceeded()),
                Opened::Changed => {}
            }
        }
        Err(Problem::Unavailable("the conversation kept changing".into()))
    }

    async fn read(
        &self,
        store: &UserStore<'_>,
        target: Target,
        named: Option<&str>,
        ask: &Ask,
    ) -> Result<(TurnKey, ChatRows), Problem> {
        let not_found =
            |rows: Result<ChatRows, StoreError>| rows.or_not_found(Problem::ConversationNotFound);
        if let Some(key) = plan::key(named, ask) {
            let rows = not_found(store.chat_rows(target, &key).await)?;
            return Ok((key, rows));
        }
        let answer = match ask {
            Ask::Regenerate { answer } => answer.as_deref(),
            Ask::Submit { .. } => None,
        };
        let rows = not_found(store.chat_rows(target, &TurnKey::once()).await)?;
        let key = plan::regenerate_key(&rows, answer)?;
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
        let left = self.left(rows);
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

    /// Gives the answer that another request has asked for, or is asking for.
    fn join(&'static self, caller: SignedIn, key: TurnKey, turn: Turn, left: QuotaLeft) -> Reply {
        let (sender, pieces) = mpsc::unbounded_channel();
        let followed = turn.clone();
        tokio::spawn(async move {
            let ended = self.follow(&caller, &key, &followed, &sender).await;
            let piece = ended.map_or_else(Piece::Failed, Piece::Ended);
            let _ = sender.send(piece);
        });
        Reply { turn, history: None, left, pieces }
    }

    async fn follow(
        &self,
        caller: &SignedIn,
        key: &TurnKey,
        turn: &Turn,
        pieces: &mpsc::UnboundedSender<Piece>,
    ) -> Result<crate::model::Ending, Problem> {
        const LOOK: std::time::Duration = std::time::Duration::from_millis(400);
        let store = self.store.of(caller);
        let (mut segments, mut sent) = (0, 0);
        while !pieces.is_closed() {
            let progress = store.follow_turn(key, turn, segments).await;
            match progress.or_not_found(Problem::ConversationNotFound)? {
                Progress::Running(new) => {
                    segments += new.len();
                    for text in new {
                        sent += text.len();
                        let _ = pieces.send(Piece::Text(text));
                    }
                    tokio::time::sleep(LOOK).await;
                }
                Progress::Done(done) => {
                    let (turn, answer) = *done;
                    let rest = answer.content.as_str().get(sent..).unwrap_or_default();
                    let _ = pieces.send(Piece::Text(rest.to_owned()));
                    return turn.ending.ok_or_else(|| Problem::internal("a turn without an end"));
                }
                Progress::Failed => return Err(Problem::TurnInterrupted),
            }
        }
        Err(Problem::TurnInterrupted)
    }

    fn left(&self, rows: &ChatRows) -> QuotaLeft {
        let limits = self.config.quota;
        QuotaLeft {
            messages: limits.messages.saturating_sub(rows.quota.messages + 1),
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
