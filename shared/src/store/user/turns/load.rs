use crate::clock::Timestamp;
use crate::id::{ConversationId, MessageId};
use crate::model::{
    Background, Conversation, Lease, Profile, QuotaUsed, StackQuotaUsed, Tree, Turn, TurnKey,
};
use crate::placement::Stored;
use crate::store::StoreError;
use crate::store::item::{self, AttributeValue, Item};
use crate::store::keys;
use crate::store::read::Rows;
use crate::store::user::UserStore;
use crate::store::user::conversations::{conversation, conversation_id};
use crate::text::ClientId;

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
    /// The conversation. Its active message may never have been stored.
    pub conversation: Conversation,
    /// The messages that have been read, at first the newest.
    pub tree: Tree,
    /// The lease of the turn that runs in it, or ran until its function died.
    pub lease: Option<Lease>,
    /// The newest id that is reserved.
    pub(super) last_message_id: u64,
    /// The reply that a turn stored last.
    last_reply_id: u64,
    /// The active message as the row has it; none in rows from before the tree.
    pub(super) active_in_row: Option<AttributeValue>,
}

impl OpenConversation {
    /// Whether a reply was stored between the two reads of which this was made.
    pub fn is_torn(&self) -> bool {
        let newest = self.tree.newest_first().next();
        newest.map_or(0, |newest| newest.message.id.get()) < self.last_reply_id
    }

    /// The lease of the running turn; none if its function has died.
    pub fn running(&self, now: Timestamp) -> Option<&Lease> {
        self.lease.as_ref().filter(|lease| lease.is_live(now))
    }

    /// What is known of it, to place a question in it.
    pub(crate) fn stored(&self) -> Stored<'_> {
        Stored {
            tree: &self.tree,
            active: self.conversation.active_message_id,
            last: MessageId::try_from(self.last_message_id).ok(),
        }
    }
}

impl UserStore<'_> {
    /// The conversation with this chat id of the client; one round trip.
    pub async fn chat(&self, chat_id: &ClientId) -> Result<Option<ConversationId>, StoreError> {
        let key = keys::chat(self.user(), chat_id.as_str());
        let row = self.read(std::slice::from_ref(&key)).await?.take_item(&key);
        row.map(|row| conversation_id(item::number(&row, "conversation_id")?)).transpose()
    }

    /// Everything that a turn reads first, and the quota of the whole stack `with_stack_quota`; `None` is a
    /// conversation that is made with the turn. One round trip, however long the conversation is.
    /// [`StoreError::NotFound`] if there is no such conversation.
    pub async fn chat_rows(
        &self,
        conversation: Option<ConversationId>,
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
        let (mut own, conversation) = match conversation {
            None => (self.read_with_session(&wanted).await?, None),
            Some(id) => {
                wanted.push(keys::conversation(self.user(), id));
                let (own, tree) =
                    tokio::join!(self.read_with_session(&wanted), self.tree(id, None));
                let (mut own, tree) = (own?, tree?);
                let conversation = self.open_conversation(&mut own.rows, id, tree)?;
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

    fn open_conversation(
        &self,
        rows: &mut Rows,
        id: ConversationId,
        tree: Tree,
    ) -> Result<OpenConversation, StoreError> {
        let row = self.alive(rows, id)?;
        let has_reply = row.contains_key("last_reply_id");
        Ok(OpenConversation {
            tree,
            last_message_id: item::number(&row, "last_message_id")?,
            last_reply_id: if has_reply { item::number(&row, "last_reply_id")? } else { 0 },
            lease: lease(&row)?,
            active_in_row: row.get("active_message_id").cloned(),
            conversation: conversation(row)?,
        })
    }
}

/// The lease in a conversation's row.
pub(super) fn lease(row: &Item) -> Result<Option<Lease>, StoreError> {
    if row.contains_key("turn_run") { item::read(row.clone()).map(Some) } else { Ok(None) }
}
