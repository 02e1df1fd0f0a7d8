use std::collections::HashMap;

use super::load::{ChatRows, OpenConversation};
use crate::clock::Timestamp;
use crate::config::QuotaLimits;
use crate::id::{ConversationId, MessageId, UserId};
use crate::model::{Conversation, Message, Role, Source, Turn, TurnKey};
use crate::store::item::Item;
use crate::store::user::UserStore;
use crate::store::user::conversations::conversation_id;
use crate::store::write::{Condition, Part, Put, Update, Write, WriteError};
use crate::store::{Kind, StoreError, item, keys};
use crate::text::{ClientId, Content, Title};

/// The question of a turn.
#[derive(Debug, Clone)]
pub enum Question {
    /// A new message, which is stored with the turn.
    New {
        /// The text.
        content: Content,
        /// The id that the client gave the message.
        client_id: Option<ClientId>,
    },
    /// A message that is stored already.
    Stored(MessageId),
}

/// A turn that is to be opened.
#[derive(Debug)]
pub struct NewTurn<'a> {
    /// What was read before: nothing of it may have changed since.
    pub rows: &'a ChatRows,
    /// Its key.
    pub key: &'a TurnKey,
    /// Its question.
    pub question: Question,
    /// The ids of the messages before the question, as in [`Message::path`].
    pub path: &'a [MessageId],
    /// The title of the conversation, if it is made with the turn.
    pub title: Title,
    /// The chat id of the client, if the conversation is made with the turn.
    pub chat_id: Option<&'a ClientId>,
    /// The deleted conversation that had this chat id.
    pub deleted_conversation: Option<ConversationId>,
    /// The fingerprint of the request's body, if the key is an idempotency key.
    pub body: Option<&'a str>,
    /// The user's quota of a day.
    pub limits: QuotaLimits,
    /// The tokens that the run is expected to take.
    pub reserve: u64,
}

/// What came of opening a turn.
#[derive(Debug)]
pub enum OpenOutcome {
    /// The turn is open and has the lease of the conversation.
    Turn(Turn),
    /// Something has changed since the rows were read; nothing was written.
    Changed,
    /// The day's quota is used up; nothing was written.
    QuotaExceeded,
}

impl UserStore<'_> {
    /// Opens a turn if nothing has changed since its rows were read: reserves the ids of question and
    /// reply, stores the question and the turn, counts the question and the expected tokens in the
    /// quota, and gives the turn the lease of the conversation, which is made if there is none. One
    /// round trip, one transaction.
    pub async fn open_turn(&self, new: &NewTurn<'_>) -> Result<OpenOutcome, StoreError> {
        const QUOTA: usize = 0;
        let (turn, now) = (begin(self.user(), new)?, self.store.clock.now());
        let opening = Opening { store: self, new, turn, now };
        let mut writes: Vec<Part> = vec![
            self.reserve_quota(&opening.turn, new.limits).into(),
            opening.store_turn()?.into(),
        ];
        writes.extend(opening.store_question()?.map(Part::from));
        match &new.rows.conversation {
            Some(open) => writes.push(opening.take_lease(open).into()),
            None => writes.extend(opening.make_conversation()?),
        }
        match self.store.transact(writes).await {
            Ok(()) => Ok(OpenOutcome::Turn(opening.turn)),
            Err(WriteError::ConditionFailed(QUOTA, _)) => Ok(OpenOutcome::QuotaExceeded),
            Err(WriteError::ConditionFailed(..)) => Ok(OpenOutcome::Changed),
            Err(error) => Err(error.into()),
        }
    }
}

/// The writes that open a turn.
struct Opening<'a> {
    store: &'a UserStore<'a>,
    new: &'a NewTurn<'a>,
    turn: Turn,
    now: Timestamp,
}

impl Opening<'_> {
    /// Stores the turn, in place of an earlier run of it that failed or was interrupted.
    fn store_turn(&self) -> Result<Write<Put>, StoreError> {
        let (new, turn) = (self.new, &self.turn);
        let row = item::write(keys::chat_turn(self.store.user(), new.key), Kind::ChatTurn, turn)?;
        let write = Write::put(item::expires(row, turn.started_at.plus(Turn::MEMORY)));
        Ok(match (&new.rows.turn, &new.question) {
            // Nobody can have begun this turn since: the conversation must be as it was read.
            (None, Question::Stored(_)) if new.body.is_none() => write,
            (None, _) => write.when(
                Condition::new("attribute_not_exists(pk) OR #ttl <= :now")
                    .name("#ttl", "ttl")
                    .value(":now", item::n(new.rows.read_at.seconds())),
            ),
            (Some(earlier), _) => write.when(Condition::is("run", item::s(earlier.run.as_str()))),
        })
    }

    fn store_question(&self) -> Result<Option<Write<Put>>, StoreError> {
        let Question::New { content, client_id } = &self.new.question else { return Ok(None) };
        let mut row = self.store.message_row(&Message {
            id: self.turn.question_id,
            user_id: self.store.user().clone(),
            conversation_id: self.turn.conversation_id,
            role: Role::User,
            content: content.clone(),
            created_at: self.now,
            parent_id: self.turn.parent_id,
            path: Some(self.new.path.to_vec()),
            source: Source::Turn,
        })?;
        if let Some(client_id) = client_id {
            row.insert("client_id".into(), item::s(client_id.as_str()));
        }
        Ok(Some(Write::put(row).when(Condition::absent())))
    }

    /// Gives the turn the lease of a conversation that has not changed since it was read, and moves
    /// the time of last activity, which never goes back.
    fn take_lease(&self, open: &OpenConversation) -> Write<Update> {
        let id = self.turn.conversation_id;
        let at = self.now.max(open.conversation.updated_at);
        // It must be the run that was read: another one may have taken the lease since.
        let run = open.lease.as_ref().map(|lease| item::s(lease.turn_run.as_str()));
        Write::update(&keys::conversation(self.store.user(), id))
            .set_all(self.with_lease(), &[])
            .set("updated_at", item::s(at.to_string()))
            .set("gsi1sk", item::s(keys::activity_sort(at, id)))
            .remove(["turn_stop", "turn_released"])
            .when(Condition::is("last_message_id", item::n(open.last_message_id)))
            .when(Condition::is("deleting", None))
            .when(Condition::is("turn_run", run))
            .when(Condition::is("active_message_id", open.active_in_row.clone()))
    }

    /// Makes the conversation that begins with the turn, which has its lease.
    fn make_conversation(&self) -> Result<Vec<Part>, StoreError> {
        let (new, user, id) = (self.new, self.store.user(), self.turn.conversation_id);
        let conversation = Conversation::new(id, user.clone(), new.title.clone(), self.now);
        let mut row = self.store.conversation_row(&conversation)?;
        row.extend(self.with_lease());
        let account = Write::update(&keys::account(user))
            .set("last_conversation_id", item::n(id.get()))
            .when(Condition::is("last_conversation_id", item::n(new.rows.last_conversation_id)));
        let mut writes = vec![Write::put(row).when(Condition::absent()).into(), account.into()];
        if let Some(chat_id) = new.chat_id {
            let alias = HashMap::from([("conversation_id", id.get())]);
            let row = item::write(keys::chat(user, chat_id.as_str()), Kind::Chat, &alias)?;
            let free = new.deleted_conversation.map_or_else(Condition::absent, |deleted| {
                Condition::is("conversation_id", item::n(deleted.get()))
            });
            writes.push(Write::put(row).when(free).into());
        }
        Ok(writes)
    }

    /// What the conversation's row has of a turn that is open, beside the time of last activity.
    fn with_lease(&self) -> Item {
        let turn = &self.turn;
        let active =
            turn.active_message_id.map(|active| ("active_message_id", item::n(active.get())));
        let attributes = [
            ("last_message_id", item::n(turn.reply_id.get())),
            ("turn_key", item::s(self.new.key.as_str())),
            ("turn_run", item::s(turn.run.as_str())),
            ("turn_until", item::s(self.now.plus(Turn::LEASE).to_string())),
            ("turn_question_id", item::n(turn.question_id.get())),
            ("turn_reply_id", item::n(turn.reply_id.get())),
        ];
        attributes.into_iter().chain(active).map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

/// A run of the turn, with the next ids of its conversation.
fn begin(user: &UserId, new: &NewTurn<'_>) -> Result<Turn, StoreError> {
    let (rows, parent_id) = (new.rows, new.path.first().copied());
    let (conversation_id, last) = match &rows.conversation {
        Some(open) => (open.conversation.id, open.last_message_id),
        None => (conversation_id(rows.last_conversation_id + 1)?, 0),
    };
    let id = |number| MessageId::try_from(number).map_err(StoreError::corrupt);
    let active = rows.conversation.as_ref().and_then(|open| open.conversation.active_message_id);
    // Another reply becomes the active message when it is stored, a new question at once.
    let (question_id, reply_id, branched, active_message_id) = match new.question {
        Question::New { .. } => {
            let question_id = id(last + 1)?;
            (question_id, id(last + 2)?, parent_id != active, Some(question_id))
        }
        Question::Stored(question) => (question, id(last + 1)?, active != Some(question), active),
    };
    Ok(Turn {
        parent_id,
        branched,
        active_message_id,
        body: new.body.map(str::to_owned),
        reserved: new.reserve,
        ..Turn::begin(user, conversation_id, question_id, reply_id, rows.read_at)
    })
}
