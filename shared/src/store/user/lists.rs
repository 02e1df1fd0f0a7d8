use serde::Deserialize;

use super::UserStore;
use super::messages::message;
use crate::id::ConversationId;
use crate::model::{Conversation, Message, Role};
use crate::store::StoreError;
use crate::store::cursor::{List, Position};
use crate::store::item::{self, Item};
use crate::store::keys::{self, AFTER_DIGITS, CONVERSATION, MESSAGE};
use crate::store::read::Range;

/// Maximum items of a page: 1 to 50, by default 20.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit(usize);

impl Limit {
    /// `None` outside 1 to 50.
    pub fn new(limit: usize) -> Option<Self> {
        (1..=50).contains(&limit).then_some(Self(limit))
    }

    /// The number.
    pub fn get(self) -> usize {
        self.0
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(20)
    }
}

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// Oldest first.
    Asc,
    /// Newest first.
    Desc,
}

/// The time by which conversations are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConversationOrder {
    /// When they were made; strongly consistent.
    CreatedAt,
    /// When something last happened in them. Read from the index, so that a very recent change may
    /// be missing.
    UpdatedAt,
}

/// The page of a list that is asked for.
#[derive(Debug, Clone)]
pub struct PageRequest {
    /// Maximum items of the page.
    pub limit: Limit,
    /// The order of the list.
    pub order: Order,
    /// Where the page begins: the cursor that came with the page before it.
    pub cursor: Option<String>,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where the next page begins; `None` on the last page.
    pub next_cursor: Option<String>,
}

impl PageRequest {
    /// The part of the range from `first` to `last` in which this page begins.
    pub(super) fn range(
        &self,
        pk: String,
        first: String,
        last: String,
        list: &List<'_>,
    ) -> Result<Range, StoreError> {
        let (mut from, mut to) = (first, last);
        if let Some(cursor) = &self.cursor {
            let position = list.position(cursor)?;
            // A fingerprint is no secret: an invented position must not lead outside the list.
            if position < from || position > to {
                return Err(StoreError::BadCursor);
            }
            match self.order {
                Order::Asc => from = neighbour(&position, self.order)?,
                Order::Desc => to = neighbour(&position, self.order)?,
            }
        }
        let mut range = Range::partition(pk);
        (range.between, range.forward) = (Some((from, to)), self.order == Order::Asc);
        Ok(range)
    }

    /// The items to read: one more than the page has, which shows whether there is another page.
    pub(super) fn max_items(&self) -> usize {
        self.limit.0 + 1
    }

    /// Makes the page out of the items that were read.
    pub(super) fn page<T>(
        &self,
        mut items: Vec<Item>,
        sort_key: &str,
        list: &List<'_>,
        read: impl Fn(Item) -> Result<T, StoreError>,
    ) -> Result<Page<T>, StoreError> {
        let more = items.len() > self.limit.0;
        items.truncate(self.limit.0);
        let next_cursor = match items.last() {
            Some(last) if more => Some(list.cursor(item::text(last, sort_key)?)),
            _ => None,
        };
        let items = items.into_iter().map(read).collect::<Result<_, _>>()?;
        Ok(Page { items, next_cursor })
    }
}

/// A bound directly after a sort key (directly before it in descending order). No key of the list
/// is between them, since its keys have equal lengths and end with a letter or a digit.
fn neighbour(sort_key: &str, order: Order) -> Result<String, StoreError> {
    let mut bound = sort_key.to_owned();
    let last = bound.pop().filter(char::is_ascii_alphanumeric).ok_or(StoreError::BadCursor)?;
    match order {
        Order::Asc => bound.extend([last, '!']),
        // The character before a letter or digit is an ASCII character, too.
        Order::Desc => {
            bound.extend(u8::try_from(last).ok().and_then(|c| c.checked_sub(1)).map(char::from));
            bound.push('~');
        }
    }
    Ok(bound)
}

impl UserStore<'_> {
    /// A page of the user's conversations; one round trip.
    pub async fn conversations(
        &self,
        sort: ConversationOrder,
        request: &PageRequest,
    ) -> Result<Page<Conversation>, StoreError> {
        let filter = format!("{sort:?}/{:?}", request.order);
        let position = match sort {
            ConversationOrder::CreatedAt => Position::Numbered(CONVERSATION),
            ConversationOrder::UpdatedAt => Position::Activity,
        };
        let list = List { user: self.user(), name: "conversations".to_owned(), filter, position };
        match sort {
            ConversationOrder::CreatedAt => {
                let (first, last) =
                    (CONVERSATION.to_owned(), format!("{CONVERSATION}{AFTER_DIGITS}"));
                let mut range =
                    request.range(keys::user_partition(self.user()), first, last, &list)?;
                range.without = Some("deleting");
                let (_, items) = self.read_with_range(&[], &range, request.max_items()).await?;
                request.page(items, "sk", &list, listed_conversation)
            }
            ConversationOrder::UpdatedAt => {
                let partition = keys::conversations_by_activity(self.user());
                let mut range =
                    request.range(partition, String::from("0"), AFTER_DIGITS.to_owned(), &list)?;
                range.index = true;
                let (_, items) = self.read_with_range(&[], &range, request.max_items()).await?;
                request.page(items, "gsi1sk", &list, |item| self.indexed_conversation(item))
            }
        }
    }

    /// A page of a conversation's messages; one round trip. With `role` it takes two and reads the
    /// index, so that a very recent message may be missing.
    pub async fn messages(
        &self,
        conversation: ConversationId,
        role: Option<Role>,
        request: &PageRequest,
    ) -> Result<Page<Message>, StoreError> {
        let filter = format!("{}/{:?}", role.map_or("any", Role::as_str), request.order);
        let name = format!("messages/{conversation}");
        let position = Position::Numbered(MESSAGE);
        let list = List { user: self.user(), name, filter, position };
        let partition = match role {
            None => keys::messages_partition(self.user(), conversation),
            Some(role) => keys::messages_by_role(self.user(), conversation, role),
        };
        let (first, last) = (MESSAGE.to_owned(), format!("{MESSAGE}{AFTER_DIGITS}"));
        let mut range = request.range(partition, first, last, &list)?;
        range.index = role.is_some();
        let own = keys::conversation(self.user(), conversation);
        let (mut rows, items) =
            self.read_with_range(std::slice::from_ref(&own), &range, request.max_items()).await?;
        self.alive(&mut rows, conversation)?;
        if range.index {
            let page = request.page(items, "sk", &list, |item| item::primary_key(&item))?;
            let mut rows = self.store.get(&page.items).await?;
            let messages = page.items.iter().filter_map(|key| rows.take_item(key)).map(message);
            Ok(Page { items: messages.collect::<Result<_, _>>()?, next_cursor: page.next_cursor })
        } else {
            request.page(items, "sk", &list, message)
        }
    }

    /// The index has neither the id, which is part of the key, nor the user, who is the caller.
    fn indexed_conversation(&self, mut item: Item) -> Result<Conversation, StoreError> {
        let id = item::text(&item, "sk")?.trim_start_matches(CONVERSATION).parse::<u64>();
        item.insert("id".into(), item::n(id.map_err(StoreError::corrupt)?));
        item.insert("user_id".into(), item::s(self.user().as_str()));
        item::read(item)
    }
}

/// The index has no active message, so that lists leave it out.
fn listed_conversation(item: Item) -> Result<Conversation, StoreError> {
    Ok(Conversation { active_message_id: None, ..item::read(item)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits() {
        assert!(Limit::new(0).is_none() && Limit::new(51).is_none());
        assert!(Limit::new(1).is_some() && Limit::new(50).is_some());
    }

    #[test]
    fn nothing_lies_between_a_sort_key_and_its_neighbour() {
        for key in
            ["MESSAGE#0000000000000009", "MESSAGE#0000000000000010", "INTERACTION#0198a0", "x#a"]
        {
            let (after, before) = (neighbour(key, Order::Asc), neighbour(key, Order::Desc));
            assert!(after.unwrap().as_str() > key && before.unwrap().as_str() < key, "{key}");
        }
        let next = "MESSAGE#0000000000000010";
        assert!(neighbour("MESSAGE#0000000000000009", Order::Asc).unwrap().as_str() < next);
        assert!(neighbour("MESSAGE#0000000000000011", Order::Desc).unwrap().as_str() > next);
        for key in ["", "MESSAGE#", "MESSAGE#\u{e9}"] {
            assert!(neighbour(key, Order::Asc).is_err(), "{key}");
        }
    }
}
