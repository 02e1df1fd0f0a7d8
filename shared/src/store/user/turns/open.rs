use aws_sdk_dynamodb::types::TransactWriteItem;

use super::super::super::StoreError;
use super::super::super::item;
use super::super::super::keys;
use super::super::super::part::Condition;
use super::super::super::write::WriteError;
use super::super::UserStore;
use super::load::{ChatRows, OpenConversation};
use crate::clock::Timestamp;
use crate::config::QuotaLimits;
use crate::id::{ConversationId, MessageId};
use crate::model::{Conversation, Message, Role, Turn, TurnKey};
use crate::text::{ClientId, Content, Title};

/// The question of a turn.
#[derive(Debug, Clone)]
pub enum Question {
    /// One that is stored with the turn.
    New {
        /// What is asked.
        content: Content,
        /// The client's own id of the message.
        client_id: Option<ClientId>,
    },
    /// One that is stored already.
    Stored(MessageId),
}

/// A turn that is to be opened.
#[derive(Debug)]
pub struct NewTurn<'a> {
    /// Its key.
    pub key: &'a TurnKey,
    /// Its question.
    pub question: Question,
    /// Messages that go when the answer is stored.
    pub replaces: Vec<MessageId>,
    /// What the conversation is called, if it is made with the turn.
    pub title: Title,
    /// The id that the client will know the conversation under, if it is made with the turn.
    pub chat_id: Option<&'a ClientId>,
    /// The conversation that the client knew under this id, if it was deleted.
    pub gone: Option<ConversationId>,
    /// The fingerprint of the request's body, if its key is the client's for the whole request.
    pub body: Option<&'a str>,
    /// What the user may use.
    pub limits: QuotaLimits,
}

/// What came of opening a turn.
#[derive(Debug)]
pub enum OpenOutcome {
    /// It holds the conversation now.
    Turn(Turn),
    /// Something has changed since the rows were read; nothing was written.
    Changed,
    /// The day's quota is used up; nothing was written.
    QuotaExceeded,
}

impl UserStore<'_> {
    /// Opens a turn if all is as it was read: reserves the ids of question and answer, stores the
    /// question and the turn, counts it in the quota, and holds the conversation for it; makes the
    /// conversation if there is none. One round trip, one transaction.
    pub async fn open_turn(
        &self,
        rows: &ChatRows,
        opening: &NewTurn<'_>,
    ) -> Result<OpenOutcome, StoreError> {
        const QUOTA: usize = 0;
        let now = self.store.clock.now();
        let (conversation_id, last) = match &rows.conversation {
            Some(open) => (open.conversation.id, open.last_message_id),
            None => (
                ConversationId::try_from(rows.conversations + 1).map_err(StoreError::corrupt)?,
                0,
            ),
        };
        let id = |number| MessageId::try_from(number).map_err(StoreError::corrupt);
        let (question_id, reply_id) = match opening.question {
            Question::New { .. } => (id(last + 1)?, id(last + 2)?),
            Question::Stored(question) => (question, id(last + 1)?),
        };
        let mut turn = Turn::begin(conversation_id, question_id, reply_id, rows.now);
        turn.replaces.clone_from(&opening.replaces);
        turn.body = opening.body.map(str::to_owned);
        let mut parts =
            vec![self.count_message(rows, opening)?, self.remember(rows, opening, &turn)?];
        if let Question::New { content, client_id } = &opening.question {
            let message = Message {
                id: question_id,
                user_id: self.user().clone(),
                conversation_id,
                role: Role::User,
                content: content.clone(),
                created_at: now,
            };
            let mut row = self.message_row(&message)?;
            if let Some(client_id) = client_id {
                row.insert("client_id".into(), item::s(client_id.as_str()));
            }
            if !opening.replaces.is_empty() {
                let replaces = serde_dynamo::to_attribute_value(&opening.replaces)?;
                row.insert("replaces".into(), replaces);
            }
            parts.push(self.store.put_part(row, Condition::absent())?);
        }
        match &rows.conversation {
            Some(open) => parts.push(self.hold(open, &turn, opening.key, now)?),
            None => parts.extend(self.make_and_hold(rows, opening, &turn, now)?),
        }
        match self.store.transact(parts).await {
            Ok(()) => Ok(OpenOutcome::Turn(turn)),
            Err(WriteError::ConditionFailed(QUOTA, _)) => Ok(OpenOutcome::QuotaExceeded),
            Err(WriteError::ConditionFailed(..)) => Ok(OpenOutcome::Changed),
            Err(error) => Err(error.into()),
        }
    }

    fn count_message(
        &self,
        rows: &ChatRows,
        opening: &NewTurn<'_>,
    ) -> Result<TransactWriteItem, StoreError> {
        let below = "attribute_not_exists(pk) OR (messages < :messages AND tokens < :tokens)";
        let condition = Condition::new(below)
            .value(":messages", item::n(opening.limits.messages))
            .value(":tokens", item::n(opening.limits.tokens))
            .value(":zero", item::n(0))
            .value(":one", item::n(1))
            .value(":kind", item::s("quota"))
            .value(":v", item::n(item::VERSION))
            .value(":gone", item::n(rows.now.next_day().plus(Turn::MEMORY).seconds()))
            .name("#ttl", "ttl");
        let update = "SET kind = :kind, v = :v, #ttl = :gone, \
             tokens = if_not_exists(tokens, :zero) ADD messages :one";
        self.store.update_part(&keys::quota(self.user(), &rows.now.date()), update, condition)
    }

    /// Remembers the turn; one that failed or was interrupted is replaced.
    fn remember(
        &self,
        rows: &ChatRows,
        opening: &NewTurn<'_>,
        turn: &Turn,
    ) -> Result<TransactWriteItem, StoreError> {
        let (key, question) = (opening.key, &opening.question);
        let key = keys::turn(self.user(), key.as_str());
        let row = item::write(key, "chat_turn", turn)?;
        let condition = match (&rows.turn, question) {
            // Its conversation must be as it was read: nobody else has begun it since.
            (None, Question::Stored(_)) if opening.body.is_none() => Condition::always(),
            (None, _) => Condition::new("attribute_not_exists(pk) OR #ttl <= :now")
                .name("#ttl", "ttl")
                .value(":now", item::n(rows.now.seconds())),
            (Some(earlier), _) => {
                Condition::new("run = :earlier").value(":earlier", item::s(earlier.run.as_str()))
            }
        };
        self.store.put_part(item::expires(row, turn.started_at.plus(Turn::MEMORY)), condition)
    }

    /// Holds a conversation that is as it was read, and moves its time of last activity; that never
    /// goes back.
    fn hold(
        &self,
        open: &OpenConversation,
        turn: &Turn,
        key: &TurnKey,
        now: Timestamp,
    ) -> Result<TransactWriteItem, StoreError> {
        let id = turn.conversation_id;
        let unchanged = "last_message_id = :seen AND attribute_not_exists(deleting)";
        let condition = match &open.lease {
            None => Condition::new(format!("{unchanged} AND attribute_not_exists(turn_run)")),
            // The turn whose function has died must be the one that was seen: it may have ended.
            Some(lease) => {
                let ended = "turn_run = :ended AND turn_until <= :now";
                Condition::new(format!("{unchanged} AND {ended}"))
                    .value(":ended", item::s(lease.turn_run.as_str()))
                    .value(":now", item::s(now.to_string()))
            }
        };
        let active = now.max(open.conversation.updated_at);
        let condition = condition
            .value(":seen", item::n(open.last_message_id))
            .value(":last", item::n(turn.reply_id.get()))
            .value(":active", item::s(active.to_string()))
            .value(":sort", item::s(keys::activity_sort(active, id)))
            .value(":key", item::s(key.as_str()))
            .value(":run", item::s(turn.run.as_str()))
            .value(":until", item::s(now.plus(Turn::LEASE).to_string()));
        let update = "SET last_message_id = :last, updated_at = :active, gsi1sk = :sort, \
             turn_key = :key, turn_run = :run, turn_until = :until REMOVE turn_stop";
        self.store.update_part(&keys::conversation(self.user(), id), update, condition)
    }

    /// Makes the conversation that a turn begins, held for it.
    fn make_and_hold(
        &self,
        rows: &ChatRows,
        opening: &NewTurn<'_>,
        turn: &Turn,
        now: Timestamp,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let id = turn.conversation_id;
        let (user_id, title) = (self.user().clone(), opening.title.clone());
        let conversation = Conversation { id, user_id, title, created_at: now, updated_at: now };
        let mut row = self.conversation_row(&conversation)?;
        row.insert("last_message_id".into(), item::n(turn.reply_id.get()));
        row.insert("turn_key".into(), item::s(opening.key.as_str()));
        row.insert("turn_run".into(), item::s(turn.run.as_str()));
        row.insert("turn_until".into(), item::s(now.plus(Turn::LEASE).to_string()));
        let unchanged = Condition::new("last_conversation_id = :seen")
            .value(":seen", item::n(rows.conversations))
            .value(":id", item::n(id.get()));
        let account = keys::account(self.user());
        let mut parts = vec![
            self.store.put_part(row, Condition::absent())?,
            self.store.update_part(&account, "SET last_conversation_id = :id", unchanged)?,
        ];
        if let Some(chat_id) = opening.chat_id {
            let alias = std::collections::HashMap::from([("conversation_id", id.get())]);
            let row = item::write(keys::chat(self.user(), chat_id.as_str()), "chat", &alias)?;
            let condition = match opening.gone {
                None => Condition::absent(),
                Some(gone) => {
                    Condition::new("conversation_id = :gone").value(":gone", item::n(gone.get()))
                }
            };
            parts.push(self.store.put_part(row, condition)?);
        }
        Ok(parts)
    }
}
