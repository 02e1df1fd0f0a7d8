//! Branches: the path from the first message of a conversation to one of its messages.

use super::lists::{Page, PageRequest};
use super::messages::message;
use super::{UserStore, conversations};
use crate::id::{ConversationId, MessageId};
use crate::model::{Message, StoredMessage, Tree, Unread};
use crate::store::StoreError;
use crate::store::cursor::{List, Position};
use crate::store::item::Item;
use crate::store::keys::{self, MESSAGE};
use crate::store::read::Range;

/// Messages that one read takes: what a turn shows the assistant, and what lies between.
const PER_READ: usize = 24;
/// What a message is made of. Keys and the rest would cost a tenth of a turn's instructions to read.
const FIELDS: &str = "id, user_id, conversation_id, #role, #content, created_at, parent_id, #path, #source, client_id";
/// Maximum reads for one branch. Two suffice for what turns have stored; what a client appended may take
/// more, and what is then still unknown counts as older.
const MAX_READS: usize = 4;

/// Which branch is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Branch {
    /// The active one.
    Active,
    /// The one that ends with this message.
    To(MessageId),
}

impl UserStore<'_> {
    /// A page of a branch, newest first, at most [`Message::MAX_PATH`] messages. One round trip, and up to
    /// three more for messages that others lie between. [`StoreError::MessageNotFound`] if the branch is
    /// that of no message.
    pub async fn branch(
        &self,
        id: ConversationId,
        branch: Branch,
        request: &PageRequest,
    ) -> Result<Page<Message>, StoreError> {
        let list = List {
            user: self.user(),
            name: format!("messages/{id}"),
            filter: format!("branch/{branch:?}"),
            position: Position::Numbered(MESSAGE),
        };
        // The cursor of a branch is the message with which the next page begins.
        let next = request.cursor.as_deref().map(|cursor| list.position(cursor)).transpose()?;
        let next = next.map(|position| message_id(&position)).transpose()?;
        let named = match branch {
            Branch::Active => None,
            Branch::To(id) => Some(id),
        };
        let own = keys::conversation(self.user(), id);
        let (rows, tree) =
            tokio::join!(self.read(std::slice::from_ref(&own)), self.tree(id, next.or(named)));
        let (mut rows, mut tree) = (rows?, tree?);
        let active = conversations::conversation(self.alive(&mut rows, id)?)?.active_message_id;
        if next.is_none() && named.is_some_and(|named| tree.get(named) == Ok(None)) {
            return Err(StoreError::MessageNotFound);
        }
        let max = request.limit.get().min(Message::MAX_PATH);
        let mut items = self.read_branch(id, &mut tree, next.or(named).or(active), max).await?;
        items.truncate(max);
        let next = items.last().and_then(|last| tree.parent_id(last));
        let next_cursor = next.map(|next| list.cursor(&keys::message_sort(next)));
        Ok(Page { items, next_cursor })
    }

    /// The messages of a branch from `leaf` back: `wanted`, with as many reads as it takes, and what is known
    /// of the path of a turn.
    pub async fn read_branch(
        &self,
        id: ConversationId,
        tree: &mut Tree,
        leaf: Option<MessageId>,
        wanted: usize,
    ) -> Result<Vec<Message>, StoreError> {
        for _ in 1..MAX_READS {
            match tree.branch(leaf, wanted) {
                Ok(_) => break,
                Err(unread) => self.read_unread(id, tree, unread).await?,
            }
        }
        let known = tree.known_branch(leaf, Message::MAX_PATH + 1);
        Ok(known.into_iter().map(|stored| stored.message.clone()).collect())
    }

    /// The newest messages of a conversation, up to `last`; one round trip.
    pub(super) async fn tree(
        &self,
        id: ConversationId,
        last: Option<MessageId>,
    ) -> Result<Tree, StoreError> {
        let mut tree = Tree::default();
        self.read_up_to(id, &mut tree, last).await?;
        Ok(tree)
    }

    /// Reads messages that are not known yet into a tree; one round trip.
    pub async fn read_unread(
        &self,
        id: ConversationId,
        tree: &mut Tree,
        unread: Unread,
    ) -> Result<(), StoreError> {
        match unread {
            Unread::UpTo(last) => self.read_up_to(id, tree, Some(last)).await,
            Unread::Ids(ids) => {
                let keys: Vec<_> =
                    ids.iter().map(|message| keys::message(self.user(), id, *message)).collect();
                let mut rows = self.store.get(&keys).await?;
                let found = keys.iter().filter_map(|key| rows.take_item(key)).map(stored_message);
                tree.add(&ids, found.collect::<Result<_, _>>()?);
                Ok(())
            }
        }
    }

    async fn read_up_to(
        &self,
        id: ConversationId,
        tree: &mut Tree,
        last: Option<MessageId>,
    ) -> Result<(), StoreError> {
        let mut range = Range::partition(keys::messages_partition(self.user(), id));
        let end =
            last.map_or_else(|| format!("{MESSAGE}{}", keys::AFTER_DIGITS), keys::message_sort);
        (range.between, range.forward) = (Some((MESSAGE.to_owned(), end)), false);
        range.projection = Some(FIELDS);
        let items = self.store.query(&range, PER_READ).await?;
        let found = items.into_iter().map(stored_message).collect::<Result<_, _>>()?;
        tree.add_up_to(last, found, PER_READ);
        Ok(())
    }
}

/// The message of an item, with the id that the client gave it.
fn stored_message(mut item: Item) -> Result<StoredMessage, StoreError> {
    let client_id = item.remove("client_id").and_then(|id| id.as_s().ok().cloned());
    Ok(StoredMessage { client_id, message: message(item)? })
}

fn message_id(sort_key: &str) -> Result<MessageId, StoreError> {
    let number = sort_key.strip_prefix(MESSAGE).and_then(|digits| digits.parse::<u64>().ok());
    number.and_then(|number| number.try_into().ok()).ok_or(StoreError::BadCursor)
}
