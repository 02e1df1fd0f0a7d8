use crate::clock::Timestamp;
use crate::id::{ConversationId, MessageId};
use crate::model::{
    Background, Conversation, Lease, Message, Profile, QuotaUsed, StackQuotaUsed, Turn, TurnKey,
};
use crate::store::StoreError;
use crate::store::item::{self, Item};
use crate::store::keys::{self, AFTER_DIGITS, MESSAGE};
use crate::store::read::{Range, Rows};
use crate::store::user::UserStore;
use crate::text::ClientId;

/// Messages read per turn: 20 for the assistant's window, 1 to know whether there are older ones,
/// 3 that a retried or regenerated turn skips.
const NEWEST: usize = 24;

/// Where a turn is to happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// In an existing conversation.
    Conversation(ConversationId),
    /// In a new one, which is made with the turn.
    New,
}

/// What a turn reads first.
#[derive(Debug)]
pub struct ChatRows {
    /// The background, unless the profile is archived.
    pub background: Option<Background>,
    /// The conversation that was asked for.
    pub conversation: Option<OpenConversation>,
    /// The earlier turn with the same key.
    pub turn: Option<Turn>,
    /// What the user has used today.
    pub quota: QuotaUsed,
    /// What the whole stack has used today, if that was asked for.
    pub stack_quota: Option<StackQuotaUsed>,
    /// Whether the user's address was proven to be the user's.
    pub is_verified: bool,
    /// The id of the user's newest conversation, 0 before the first one.
    pub(super) last_conversation_id: u64,
    /// The time of the read: it decides what has expired and which day's quota counts.
    pub read_at: Timestamp,
}

impl ChatRows {
    /// The earlier turn with the same key, if it is in the same conversation.
    pub fn turn_here(&self) -> Option<&Turn> {
        let here = self.conversation.as_ref()?.conversation.id;
        self.turn.as_ref().filter(|turn| turn.conversation_id == here)
    }
}

/// A conversation in which a turn may begin.
#[derive(Debug)]
pub struct OpenConversation {
    /// The conversation.
    pub conversation: Conversation,
    /// The newest messages, newest first.
    pub newest: Vec<StoredMessage>,
    /// The lease of the turn that runs in it, or ran until its function died.
    pub lease: Option<Lease>,
    /// The newest id that is reserved.
    pub(super) last_message_id: u64,
    /// The reply that a turn stored last.
    last_reply_id: u64,
}

/// A message, and what is stored with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredMessage {
    /// The message.
    pub message: Message,
    /// The id that the client gave it.
    pub client_id: Option<String>,
    /// Messages that are deleted when its reply is stored.
    pub replaces: Vec<MessageId>,
}

impl StoredMessage {
    /// Whether a client means this message by `name`, which is the client's own id of it or ours.
    pub fn is(&self, name: &str) -> bool {
        self.client_id.as_deref() == Some(name) || self.message.id.to_string() == name
    }
}

impl OpenConversation {
    /// Whether `newest` are all messages of the conversation.
    pub fn is_whole(&self) -> bool {
        self.newest.len() < NEWEST
    }

    /// Whether a reply was stored between the two reads of which this was made.
    pub fn is_torn(&self) -> bool {
        self.newest.first().map_or(0, |newest| newest.message.id.get()) < self.last_reply_id
    }

    /// The lease of the running turn; none if its function has died.
    pub fn running(&self, now: Timestamp) -> Option<&Lease> {
        self.lease.as_ref().filter(|lease| lease.is_live(now))
    }
}

impl UserStore<'_> {
    /// The conversation with this chat id of the client; one round trip.
    pub async fn chat(&self, chat_id: &ClientId) -> Result<Option<ConversationId>, StoreError> {
        let key = keys::chat(self.user(), chat_id.as_str());
        let row = self.read(std::slice::from_ref(&key)).await?.take_item(&key);
        let number = row.map(|row| item::number(&row, "conversation_id")).transpose()?;
        number.map(ConversationId::try_from).transpose().map_err(StoreError::corrupt)
    }

    /// Everything that a turn reads first, and the quota of the whole stack `with_stack_quota`; one
    /// round trip, however long the conversation is. [`StoreError::NotFound`] if there is no such
    /// conversation.
    pub async fn chat_rows(
        &self,
        target: Target,
        key: &TurnKey,
        with_stack_quota: bool,
    ) -> Result<ChatRows, StoreError> {
        let read_at = self.store.clock.now();
        let profile = keys::profile(self.user());
        let turn = keys::chat_turn(self.user(), key);
        let quota = keys::quota(self.user(), &read_at.date());
        let stack_quota = keys::stack_quota(&read_at.date());
        let mut wanted = vec![profile.clone(), turn.clone(), quota.clone()];
        wanted.extend(with_stack_quota.then(|| stack_quota.clone()));
        let (mut own, conversation) = match target {
            Target::New => (self.read_with_session(&wanted).await?, None),
            Target::Conversation(id) => {
                wanted.push(keys::conversation(self.user(), id));
                let range = self.newest(id);
                let (own, items) =
                    tokio::join!(self.read_with_session(&wanted), self.store.query(&range, NEWEST));
                let (mut own, items) = (own?, items?);
                let conversation = self.open_conversation(&mut own.rows, id, items)?;
                (own, Some(conversation))
            }
        };
        let background: Option<Profile> = own.rows.take(&profile)?;
        let turn: Option<Turn> = own.rows.take(&turn)?;
        let stack_used: Option<StackQuotaUsed> = own.rows.take(&stack_quota)?;
        Ok(ChatRows {
            background: background.and_then(Profile::unless_archived).map(|p| p.background()),
            conversation,
            turn: turn.filter(|turn| turn.started_at.plus(Turn::MEMORY) > read_at),
            quota: own.rows.take(&quota)?.unwrap_or_default(),
            stack_quota: with_stack_quota.then(|| stack_used.unwrap_or_default()),
            is_verified: own.account.email_verified,
            last_conversation_id: own.last_conversation_id,
            read_at,
        })
    }

    fn newest(&self, id: ConversationId) -> Range {
        let mut range = Range::partition(keys::messages_partition(self.user(), id));
        let last = format!("{MESSAGE}{AFTER_DIGITS}");
        (range.between, range.forward) = (Some((MESSAGE.to_owned(), last)), false);
        range
    }

    fn open_conversation(
        &self,
        rows: &mut Rows,
        id: ConversationId,
        newest: Vec<Item>,
    ) -> Result<OpenConversation, StoreError> {
        let row = self.alive(rows, id)?;
        let newest = newest.into_iter().map(|mut item| {
            let client_id = item.remove("client_id");
            let replaces = item.remove("replaces").map(serde_dynamo::from_attribute_value);
            Ok(StoredMessage {
                client_id: client_id.and_then(|id| id.as_s().ok().cloned()),
                replaces: replaces.transpose()?.unwrap_or_default(),
                message: item::read(item)?,
            })
        });
        let has_reply = row.contains_key("last_reply_id");
        Ok(OpenConversation {
            last_message_id: item::number(&row, "last_message_id")?,
            last_reply_id: if has_reply { item::number(&row, "last_reply_id")? } else { 0 },
            lease: lease(&row)?,
            newest: newest.collect::<Result<_, StoreError>>()?,
            conversation: item::read(row)?,
        })
    }
}

/// The lease in a conversation's row.
pub(super) fn lease(row: &Item) -> Result<Option<Lease>, StoreError> {
    if row.contains_key("turn_run") { item::read(row.clone()).map(Some) } else { Ok(None) }
}

#[cfg(test)]
impl OpenConversation {
    /// A conversation of these messages, newest first.
    pub(crate) fn for_tests(conversation: Conversation, newest: Vec<StoredMessage>) -> Self {
        let last_message_id = newest.first().map_or(0, |newest| newest.message.id.get());
        Self { conversation, newest, lease: None, last_message_id, last_reply_id: 0 }
    }
}

#[cfg(test)]
impl ChatRows {
    /// Rows as they were read at `now`.
    pub(crate) fn for_tests(
        conversation: Option<OpenConversation>,
        quota: QuotaUsed,
        now: Timestamp,
    ) -> Self {
        Self {
            background: None,
            conversation,
            turn: None,
            quota,
            stack_quota: None,
            is_verified: false,
            last_conversation_id: 0,
            read_at: now,
        }
    }
}
