//! Everything that the table has of a user, in pages: the user's own partition, then the messages of each
//! conversation.

mod show;

use std::collections::VecDeque;

use serde_json::value::RawValue;

use super::cursor::{List, Position};
use super::item::{self, Item};
use super::keys::{self, AFTER_DIGITS, AFTER_LETTERS, CONVERSATION, Key, MESSAGE};
use super::read::{Range, Rows};
use super::user::UserStore;
use super::{Store, StoreError};
use crate::id::{ConversationId, UserId};
use crate::model::Account;
use show::Show;

/// Maximum size of a page; bytes. In the worst case Lambda's own envelope doubles it, and takes 6 MB.
const MAX_BYTES: usize = 3_000_000;
/// Maximum reads for a page, one after the other.
const MAX_READS: usize = 50;
/// Conversations that are found with one read.
const MAX_CONVERSATIONS: usize = 100;

/// A page of an export.
#[derive(Debug)]
pub struct ExportPage {
    /// The items as JSON, each with its `kind`.
    pub items: Vec<Box<RawValue>>,
    /// Where the next page begins; `None` on the last page.
    pub next_cursor: Option<String>,
}

/// Who reads: the user, whose session is checked with each read, or the operator.
pub(super) enum Reader<'a> {
    User(&'a UserStore<'a>),
    Operator(&'a Store, &'a UserId),
}

/// Where an export goes on.
enum Place {
    /// In the user's own partition, after this sort key.
    Own(String),
    /// In this conversation or the next one that exists, after this sort key.
    Messages(u64, String),
}

impl Place {
    fn of(position: &str) -> Result<Self, StoreError> {
        match position.split_once('/') {
            None => Ok(Self::Own(position.to_owned())),
            Some((id, after)) => {
                let id = id.parse().map_err(|_| StoreError::BadCursor)?;
                Ok(Self::Messages(id, after.to_owned()))
            }
        }
    }

    fn position(&self) -> String {
        match self {
            Self::Own(after) => after.clone(),
            Self::Messages(id, after) => format!("{id:016}/{after}"),
        }
    }
}

/// A page that is being filled.
#[derive(Default)]
struct Filling {
    items: Vec<Box<RawValue>>,
    bytes: usize,
    /// Conversations that exist, from the present one on.
    conversations: VecDeque<ConversationId>,
    /// Whether there are none after those.
    has_all_conversations: bool,
    is_full: bool,
}

impl Filling {
    /// Adds items as far as they fit. Returns the sort key of the last one that was added or left out;
    /// `None` if there was none.
    fn add(&mut self, items: Vec<Item>, show: &Show<'_>) -> Result<Option<String>, StoreError> {
        let mut last = None;
        for item in items {
            let sk = item::text(&item, "sk")?.to_owned();
            if let Some(shown) = show.item(item)? {
                let bytes = shown.get().len() + 1;
                if self.bytes + bytes > MAX_BYTES {
                    self.is_full = true;
                    return Ok(last);
                }
                self.bytes += bytes;
                self.items.push(shown);
            }
            last = Some(sk);
        }
        Ok(last)
    }
}

impl UserStore<'_> {
    /// Everything that the table has of the user, page by page.
    pub async fn export(&self, cursor: Option<&str>) -> Result<ExportPage, StoreError> {
        Reader::User(self).page(cursor).await
    }
}

impl Reader<'_> {
    /// A page. One round trip for each DynamoDB page of 1 MB, for each conversation, and for each hundred
    /// conversations. [`StoreError::BadCursor`] if the cursor is not one of this user's export.
    pub(super) async fn page(&self, cursor: Option<&str>) -> Result<ExportPage, StoreError> {
        let (name, filter) = ("export".to_owned(), String::new());
        let list = List { user: self.user(), name, filter, position: Position::Export };
        let mut place = match cursor {
            None => Place::Own(String::new()),
            Some(cursor) => Place::of(&list.position(cursor)?)?,
        };
        let mut filling = Filling::default();
        for _ in 0..MAX_READS {
            let next = match place {
                Place::Own(after) => Some(self.own(&mut filling, after).await?),
                Place::Messages(id, after) => self.messages(&mut filling, id, after).await?,
            };
            let Some(next) = next else {
                return Ok(ExportPage { items: filling.items, next_cursor: None });
            };
            place = next;
            if filling.is_full {
                break;
            }
        }
        let next_cursor = Some(list.cursor(&place.position()));
        Ok(ExportPage { items: filling.items, next_cursor })
    }

    /// Reads on in the user's own partition.
    async fn own(&self, filling: &mut Filling, after: String) -> Result<Place, StoreError> {
        let range = range_after(keys::user_partition(self.user()), &after, "", AFTER_LETTERS);
        let (read, page) = tokio::join!(self.read(&[]), self.store().one_page(&range));
        let ((account, _), (items, has_more)) = (read?, page?);
        let last = filling.add(items, &self.show(&account))?.unwrap_or(after);
        Ok(if has_more || filling.is_full {
            Place::Own(last)
        } else {
            Place::Messages(1, String::new())
        })
    }

    /// Reads on in the messages of a conversation; `None` if there are no more conversations.
    async fn messages(
        &self,
        filling: &mut Filling,
        id: u64,
        after: String,
    ) -> Result<Option<Place>, StoreError> {
        let Some(conversation) = filling.conversations.front().copied() else {
            filling.conversations = self.conversations(id).await?;
            filling.has_all_conversations = filling.conversations.len() < MAX_CONVERSATIONS;
            let found = filling.conversations.front();
            return Ok(found.map(|found| {
                // A conversation that was deleted meanwhile is left out.
                let after = if found.get() == id { after } else { String::new() };
                Place::Messages(found.get(), after)
            }));
        };
        let key = keys::conversation(self.user(), conversation);
        let partition = keys::messages_partition(self.user(), conversation);
        let range = range_after(partition, &after, MESSAGE, &[MESSAGE, AFTER_DIGITS].concat());
        let (read, page) =
            tokio::join!(self.read(std::slice::from_ref(&key)), self.store().one_page(&range));
        let ((account, mut rows), (items, has_more)) = (read?, page?);
        let is_alive = rows.take_item(&key).is_some_and(|row| !row.contains_key("deleting"));
        if is_alive {
            let last = filling.add(items, &self.show(&account))?.unwrap_or(after);
            if has_more || filling.is_full {
                return Ok(Some(Place::Messages(conversation.get(), last)));
            }
        }
        filling.conversations.pop_front();
        let next = match filling.conversations.front() {
            Some(next) => next.get(),
            None if filling.has_all_conversations => return Ok(None),
            None => conversation.get() + 1,
        };
        Ok(Some(Place::Messages(next, String::new())))
    }

    /// The conversations that exist, from this one on.
    async fn conversations(&self, from: u64) -> Result<VecDeque<ConversationId>, StoreError> {
        let mut range = Range::partition(keys::user_partition(self.user()));
        let from = ConversationId::try_from(from).map_err(|_| StoreError::BadCursor)?;
        let first = keys::conversation(self.user(), from).sk;
        range.between = Some((first, [CONVERSATION, AFTER_DIGITS].concat()));
        range.without = Some("deleting");
        range.projection = Some("sk");
        let (read, found) =
            tokio::join!(self.read(&[]), self.store().query(&range, MAX_CONVERSATIONS));
        read?;
        let id = |item: Item| {
            let digits = item::text(&item, "sk")?.trim_start_matches(CONVERSATION).parse::<u64>();
            let digits = digits.map_err(StoreError::corrupt)?;
            ConversationId::try_from(digits).map_err(StoreError::corrupt)
        };
        found?.into_iter().map(id).collect()
    }

    fn user(&self) -> &UserId {
        match self {
            Self::User(own) => own.user(),
            Self::Operator(_, user) => user,
        }
    }

    fn store(&self) -> &Store {
        match self {
            Self::User(own) => own.store,
            Self::Operator(store, _) => store,
        }
    }

    /// Reads rows by key, and the account with them. The user's session must be valid.
    async fn read(&self, wanted: &[Key]) -> Result<(Account, Rows), StoreError> {
        match self {
            Self::User(own) => own.read_with_account(wanted).await,
            Self::Operator(store, user) => {
                let account = keys::account(user);
                let wanted = [std::slice::from_ref(&account), wanted].concat();
                let mut rows = store.get(&wanted).await?;
                Ok((rows.take(&account)?.ok_or(StoreError::NotFound)?, rows))
            }
        }
    }

    fn show<'a>(&self, account: &'a Account) -> Show<'a> {
        Show { account, now: self.store().clock.now() }
    }
}

/// The range of a partition from `first` to `last`, without what comes before `after` and that itself.
fn range_after(partition: String, after: &str, first: &str, last: &str) -> Range {
    let mut range = Range::partition(partition);
    // A space sorts before whatever a longer key could go on with.
    let from = if after.is_empty() { format!("{first} ") } else { format!("{after} ") };
    range.between = Some((from, last.to_owned()));
    range
}
