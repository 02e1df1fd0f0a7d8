use super::super::super::StoreError;
use super::super::super::item::{self, Item};
use super::super::super::keys::{self, AFTER_DIGITS, MESSAGE};
use super::super::super::read::{Range, Rows};
use super::super::UserStore;
use crate::clock::Timestamp;
use crate::id::{ConversationId, MessageId};
use crate::model::{Background, Conversation, Lease, Message, Profile, QuotaUsed, Turn, TurnKey};
use crate::text::ClientId;

/// A turn reads so many of the newest messages: those that an assistant may see, one more, and what
/// a turn that is tried again or made anew does not count.
const NEWEST: usize = 24;

/// Where a turn is to happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// In a conversation that there is.
    Conversation(ConversationId),
    /// In one that is made with it.
    New,
}

/// What a turn begins with.
#[derive(Debug)]
pub struct ChatRows {
    /// The background, unless the profile is archived.
    pub background: Option<Background>,
    /// The conversation that was asked for.
    pub conversation: Option<OpenConversation>,
    /// The turn that this request was before, if it was.
    pub turn: Option<Turn>,
    /// What the user has used today.
    pub quota: QuotaUsed,
    /// The number of the user's conversations so far.
    pub(super) conversations: u64,
    /// The day that the quota is of.
    pub(super) now: Timestamp,
}

impl ChatRows {
    /// The turn that this request was before, if it was in the conversation that was asked for.
    pub fn turn_here(&self) -> Option<&Turn> {
        let here = self.conversation.as_ref()?.conversation.id;
        self.turn.as_ref().filter(|turn| turn.conversation_id == here)
    }
}

/// A conversation, and how far it has come.
#[derive(Debug)]
pub struct OpenConversation {
    /// The conversation.
    pub conversation: Conversation,
    /// The newest messages, newest first.
    pub newest: Vec<StoredMessage>,
    /// Who holds it.
    pub lease: Option<Lease>,
    /// The ids given so far.
    pub(super) last_message_id: u64,
    /// The answer that was stored last.
    last_reply_id: u64,
}

/// A message, and what is stored with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredMessage {
    /// The message.
    pub message: Message,
    /// The id that the client gave it.
    pub client_id: Option<String>,
    /// Messages that go when it is answered.
    pub replaces: Vec<MessageId>,
}

impl StoredMessage {
    /// Whether a client means this message, by its own id of it or by ours.
    pub fn is(&self, name: &str) -> bool {
        self.client_id.as_deref() == Some(name) || self.message.id.to_string() == name
    }
}

impl OpenConversation {
    /// Whether these are all messages that there are.
    pub fn is_whole(&self) -> bool {
        self.newest.len() < NEWEST
    }

    /// Whether an answer was stored between the two reads that this comes from.
    pub fn is_torn(&self) -> bool {
        self.newest.first().map_or(0, |newest| newest.message.id.get()) < self.last_reply_id
    }

    /// The turn that holds the conversation, unless its function has died.
    pub fn running(&self, now: Timestamp) -> Option<&Lease> {
        self.lease.as_ref().filter(|lease| lease.is_live(now))
    }
}

impl UserStore<'_> {
    /// The conversation that the client knows under this id; one round trip.
    pub async fn chat(&self, chat_id: &ClientId) -> Result<Option<ConversationId>, StoreError> {
        let key = keys::chat(self.user(), chat_id.as_str());
        let row = self.read(std::slice::from_ref(&key)).await?.take_item(&key);
        let number = row.map(|row| item::number(&row, "conversation_id")).transpose()?;
        number.map(ConversationId::try_from).transpose().map_err(StoreError::corrupt)
    }

    /// Everything that a turn begins with; one round trip, whatever the conversation's length.
    /// [`StoreError::NotFound`] if there is no such conversation.
    pub async fn chat_rows(&self, target: Target, key: &TurnKey) -> Result<ChatRows, StoreError> {
        let now = self.store.clock.now();
        let profile = keys::profile(self.user());
        let turn = keys::turn(self.user(), key.as_str());
        let quota = keys::quota(self.user(), &now.date());
        let mut wanted = vec![profile.clone(), turn.clone(), quota.clone()];
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
        Ok(ChatRows {
            background: background.and_then(Profile::unless_archived).map(|p| p.background()),
            conversation,
            turn: turn.filter(|turn| turn.started_at.plus(Turn::MEMORY) > now),
            quota: own.rows.take(&quota)?.unwrap_or_default(),
            conversations: own.last_conversation_id,
            now,
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
        let answered = row.contains_key("last_reply_id");
        Ok(OpenConversation {
            last_message_id: item::number(&row, "last_message_id")?,
            last_reply_id: if answered { item::number(&row, "last_reply_id")? } else { 0 },
            lease: lease(&row)?,
            newest: newest.collect::<Result<_, StoreError>>()?,
            conversation: item::read(row)?,
        })
    }
}

/// The lease that a conversation's row names.
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
        Self { background: None, conversation, turn: None, quota, conversations: 0, now }
    }
}
