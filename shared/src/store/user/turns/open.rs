use std::collections::HashMap;

use super::load::{ChatRows, OpenConversation};
use crate::clock::Timestamp;
use crate::config::QuotaLimits;
use crate::id::{ConversationId, MessageId, UserId};
use crate::model::{Conversation, Message, Role, Source, Turn, TurnKey};
use crate::store::user::UserStore;
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
    /// Opens a turn if nothing has changed since `rows` were read: reserves the ids of question and
    /// reply, stores the question and the turn, counts the question and the expected tokens in the
    /// quota, and gives the turn the lease of the conversation, which is made if there is none. One
    /// round trip, one transaction.
    pub async fn open_turn(
        &self,
        rows: &ChatRows,
        new: &NewTurn<'_>,
    ) -> Result<OpenOutcome, StoreError> {
        const QUOTA: usize = 0;
        let now = self.store.clock.now();
        let turn = begin(self.user(), rows, new)?;
        let mut writes: Vec<Part> = vec![
            self.reserve_quota(&turn, new.limits).into(),
            self.store_turn(rows, new, &turn)?.into(),
        ];
        writes.extend(self.store_question(new, &turn, now)?.map(Part::from));
        match &rows.conversation {
            Some(open) => writes.push(self.take_lease(open, new, &turn, now).into()),
            None => writes.extend(self.make_conversation(rows, new, &turn, now)?),
        }
        match self.store.transact(writes).await {
            Ok(()) => Ok(OpenOutcome::Turn(turn)),
            Err(WriteError::ConditionFailed(QUOTA, _)) => Ok(OpenOutcome::QuotaExceeded),
            Err(WriteError::ConditionFailed(..)) => Ok(OpenOutcome::Changed),
            Err(error) => Err(error.into()),
        }
    }

    /// Stores the turn, in place of an earlier run of it that failed or was interrupted.
    fn store_turn(
        &self,
        rows: &ChatRows,
        new: &NewTurn<'_>,
        turn: &Turn,
    ) -> Result<Write<Put>, StoreError> {
        let row = item::write(keys::chat_turn(self.user(), new.key), Kind::ChatTurn, turn)?;
        let write = Write::put(item::expires(row, turn.started_at.plus(Turn::MEMORY)));
        Ok(match (&rows.turn, &new.question) {
            // Nobody can have begun this turn since: the conversation must be as it was read.
            (None, Question::Stored(_)) if new.body.is_none() => write,
            (None, _) => write.when(
                Condition::new("attribute_not_exists(pk) OR #ttl <= :now")
                    .name("#ttl", "ttl")
                    .value(":now", item::n(rows.read_at.seconds())),
            ),
            (Some(earlier), _) => write.when(
                Condition::new("run = :earlier").value(":earlier", item::s(earlier.run.as_str())),
            ),
        })
    }

    fn store_question(
        &self,
        new: &NewTurn<'_>,
        turn: &Turn,
        now: Timestamp,
    ) -> Result<Option<Write<Put>>, StoreError> {
        let Question::New { content, client_id } = &new.question else { return Ok(None) };
        let mut row = self.message_row(&Message {
            id: turn.question_id,
            user_id: self.user().clone(),
            conversation_id: turn.conversation_id,
            role: Role::User,
            content: content.clone(),
            created_at: now,
            parent_id: turn.parent_id,
            path: Some(new.path.to_vec()),
            source: Source::Turn,
        })?;
        if let Some(client_id) = client_id {
            row.insert("client_id".into(), item::s(client_id.as_str()));
        }
        Ok(Some(Write::put(row).when(Condition::absent())))
    }

    /// Gives the turn the lease of a conversation that has not changed since it was read, and moves
    /// the time of last activity, which never goes back.
    fn take_lease(
        &self,
        open: &OpenConversation,
        new: &NewTurn<'_>,
        turn: &Turn,
        now: Timestamp,
    ) -> Write<Update> {
        let id = turn.conversation_id;
        let unchanged =
            Condition::new("last_message_id = :seen AND attribute_not_exists(deleting)")
                .value(":seen", item::n(open.last_message_id));
        let free = match &open.lease {
            None => Condition::new("attribute_not_exists(turn_run)"),
            // It must be the run that was read: another one may have taken the lease since.
            Some(lease) => {
                Condition::new("turn_run = :died").value(":died", item::s(lease.turn_run.as_str()))
            }
        };
        let same_branch = match open.active_in_row {
            None => Condition::new("attribute_not_exists(active_message_id)"),
            Some(active) => Condition::new("active_message_id = :active")
                .value(":active", item::n(active.get())),
        };
        let at = now.max(open.conversation.updated_at);
        let update = Write::update(&keys::conversation(self.user(), id))
            .set("last_message_id", item::n(turn.reply_id.get()))
            .set("updated_at", item::s(at.to_string()))
            .set("gsi1sk", item::s(keys::activity_sort(at, id)))
            .set("turn_key", item::s(new.key.as_str()))
            .set("turn_run", item::s(turn.run.as_str()))
            .set("turn_until", item::s(now.plus(Turn::LEASE).to_string()))
            .set("turn_question_id", item::n(turn.question_id.get()))
            .set("turn_reply_id", item::n(turn.reply_id.get()))
            .remove(["turn_stop", "turn_released"])
            .when(unchanged)
            .when(free)
            .when(same_branch);
        match turn.active_message_id {
            Some(active) => update.set("active_message_id", item::n(active.get())),
            None => update,
        }
    }

    /// Makes the conversation that begins with the turn, which has its lease.
    fn make_conversation(
        &self,
        rows: &ChatRows,
        new: &NewTurn<'_>,
        turn: &Turn,
        now: Timestamp,
    ) -> Result<Vec<Part>, StoreError> {
        let id = turn.conversation_id;
        let (user_id, title) = (self.user().clone(), new.title.clone());
        let mut conversation = Conversation::new(id, user_id, title, now);
        conversation.active_message_id = turn.active_message_id;
        let mut row = self.conversation_row(&conversation)?;
        row.insert("last_message_id".into(), item::n(turn.reply_id.get()));
        row.insert("turn_key".into(), item::s(new.key.as_str()));
        row.insert("turn_run".into(), item::s(turn.run.as_str()));
        row.insert("turn_until".into(), item::s(now.plus(Turn::LEASE).to_string()));
        row.insert("turn_question_id".into(), item::n(turn.question_id.get()));
        row.insert("turn_reply_id".into(), item::n(turn.reply_id.get()));
        let unchanged = Condition::new("last_conversation_id = :seen")
            .value(":seen", item::n(rows.last_conversation_id));
        let account = Write::update(&keys::account(self.user()))
            .set("last_conversation_id", item::n(id.get()))
            .when(unchanged);
        let mut writes = vec![Write::put(row).when(Condition::absent()).into(), account.into()];
        if let Some(chat_id) = new.chat_id {
            writes.push(self.store_chat_id(chat_id, id, new.deleted_conversation)?.into());
        }
        Ok(writes)
    }

    /// Stores the chat id of a new conversation, in place of a deleted one's.
    fn store_chat_id(
        &self,
        chat_id: &ClientId,
        id: ConversationId,
        deleted: Option<ConversationId>,
    ) -> Result<Write<Put>, StoreError> {
        let alias = HashMap::from([("conversation_id", id.get())]);
        let row = item::write(keys::chat(self.user(), chat_id.as_str()), Kind::Chat, &alias)?;
        let condition = deleted.map_or_else(Condition::absent, |deleted| {
            Condition::new("conversation_id = :deleted").value(":deleted", item::n(deleted.get()))
        });
        Ok(Write::put(row).when(condition))
    }
}

/// A run of the turn, with the next ids of its conversation.
fn begin(user: &UserId, rows: &ChatRows, new: &NewTurn<'_>) -> Result<Turn, StoreError> {
    let (conversation_id, last) = match &rows.conversation {
        Some(open) => (open.conversation.id, open.last_message_id),
        None => (
            ConversationId::try_from(rows.last_conversation_id + 1).map_err(StoreError::corrupt)?,
            0,
        ),
    };
    let id = |number| MessageId::try_from(number).map_err(StoreError::corrupt);
    let (question_id, reply_id) = match new.question {
        Question::New { .. } => (id(last + 1)?, id(last + 2)?),
        Question::Stored(question) => (question, id(last + 1)?),
    };
    let mut turn = Turn::begin(user, conversation_id, question_id, reply_id, rows.read_at);
    turn.parent_id = new.path.first().copied();
    let active = rows.conversation.as_ref().and_then(|open| open.conversation.active_message_id);
    // Another reply becomes the active message when it is stored, a new question at once.
    (turn.branched, turn.active_message_id) = match new.question {
        Question::New { .. } => (turn.parent_id != active, Some(turn.question_id)),
        Question::Stored(_) => (active != Some(turn.question_id), active),
    };
    turn.body = new.body.map(str::to_owned);
    turn.reserved = new.reserve;
    Ok(turn)
}
