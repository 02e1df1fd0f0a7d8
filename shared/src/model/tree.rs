//! The messages of a conversation as a tree, as far as they have been read.

use std::collections::BTreeMap;

use super::{Message, Role};
use crate::id::MessageId;

/// A message, and the id that the client gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredMessage {
    /// The message.
    pub message: Message,
    /// The client's own id of it.
    pub client_id: Option<String>,
}

/// Messages that must be read before a question about the tree has an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unread {
    /// These.
    Ids(Vec<MessageId>),
    /// This one, or the nearest before it, with those before that.
    UpTo(MessageId),
}

/// What is known of a place in the tree.
type Known<T> = Result<T, Unread>;

/// The messages that have been read.
#[derive(Debug, Default)]
pub struct Tree {
    messages: BTreeMap<MessageId, StoredMessage>,
    /// Ids from which and up to which every message has been read.
    read: Vec<(u64, u64)>,
}

impl Tree {
    /// Adds what a read of at most `max` messages found, newest first: the stored ones up to `last`, or the
    /// newest of all.
    pub fn add_up_to(
        &mut self,
        last: Option<MessageId>,
        newest_first: Vec<StoredMessage>,
        max: usize,
    ) {
        let is_whole = newest_first.len() < max;
        let oldest = newest_first.last().filter(|_| !is_whole);
        let first = oldest.map_or(0, |oldest| oldest.message.id.get());
        self.read.push((first, last.map_or(u64::MAX, MessageId::get)));
        self.extend(newest_first);
    }

    /// Adds what was read under these ids.
    pub fn add(&mut self, ids: &[MessageId], found: Vec<StoredMessage>) {
        self.read.extend(ids.iter().map(|id| (id.get(), id.get())));
        self.extend(found);
    }

    /// Adds a message that is about to be stored.
    pub fn extend(&mut self, messages: impl IntoIterator<Item = StoredMessage>) {
        self.messages.extend(messages.into_iter().map(|stored| (stored.message.id, stored)));
    }

    /// Those that have been read, newest first.
    pub fn newest_first(&self) -> impl Iterator<Item = &StoredMessage> {
        self.messages.values().rev()
    }

    /// Whether the conversation has no messages.
    pub fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    /// The message with this id; `None` if there is none.
    pub fn get(&self, id: MessageId) -> Known<Option<&StoredMessage>> {
        match self.messages.get(&id) {
            None if self.range_of(id.get()).is_none() => Err(Unread::Ids(vec![id])),
            found => Ok(found),
        }
    }

    /// The message with this id, or the nearest before it; `None` if there is none. A message whose function
    /// died before it was stored leaves an id that others may name as their parent.
    pub fn at_or_before(&self, id: Option<MessageId>) -> Known<Option<&StoredMessage>> {
        let Some(id) = id else { return Ok(None) };
        let Some((nearest, stored)) = self.messages.range(..=id).next_back() else {
            return match self.range_of(id.get()) {
                Some((0, _)) => Ok(None),
                _ => Err(Unread::UpTo(id)),
            };
        };
        // Nothing may be unread between the two.
        let is_known = *nearest == id
            || self.range_of(id.get()).is_some_and(|(first, _)| first <= nearest.get());
        if is_known { Ok(Some(stored)) } else { Err(Unread::UpTo(id)) }
    }

    /// The message that another one follows; `None` if it is the first of its branch.
    pub fn parent(&self, message: &Message) -> Known<Option<&StoredMessage>> {
        self.at_or_before(message.parent_id)
    }

    /// The id of the message that another one follows, or an id after it that nothing is stored under.
    pub fn parent_id(&self, message: &Message) -> Option<MessageId> {
        match self.parent(message) {
            Ok(parent) => parent.map(|parent| parent.message.id),
            Err(_) => message.parent_id,
        }
    }

    /// The messages of the branch that ends with `leaf`, from there back, at most `max`.
    pub fn branch(&self, leaf: Option<MessageId>, max: usize) -> Known<Vec<&StoredMessage>> {
        match self.walk(leaf, max) {
            (branch, None) => Ok(branch),
            (_, Some(unread)) => Err(unread),
        }
    }

    /// The same, as far as it has been read.
    pub fn known_branch(&self, leaf: Option<MessageId>, max: usize) -> Vec<&StoredMessage> {
        self.walk(leaf, max).0
    }

    /// The messages of a branch, as far as they have been read, and what must be read to go on.
    fn walk(&self, leaf: Option<MessageId>, max: usize) -> (Vec<&StoredMessage>, Option<Unread>) {
        let mut branch: Vec<&StoredMessage> = Vec::new();
        let mut next = self.at_or_before(leaf);
        loop {
            match next {
                Err(unread) => {
                    let named = self.unread_ancestors(&branch, max).map(Unread::Ids);
                    return (branch, Some(named.unwrap_or(unread)));
                }
                Ok(Some(stored)) if branch.len() < max => branch.push(stored),
                Ok(_) => return (branch, None),
            }
            next = match branch.last() {
                Some(last) if branch.len() < max => self.parent(&last.message),
                _ => Ok(None),
            };
        }
    }

    /// The ancestors that are named by the nearest path of a branch, and have not been read.
    fn unread_ancestors(&self, branch: &[&StoredMessage], max: usize) -> Option<Vec<MessageId>> {
        let (above, path) =
            branch.iter().rev().enumerate().find_map(|(above, stored)| {
                stored.message.path.as_ref().map(|path| (above, path))
            })?;
        let missing = (max - branch.len()) + above;
        let unread = path.iter().take(missing).filter(|id| self.get(**id).is_err());
        let unread: Vec<MessageId> = unread.copied().collect();
        (!unread.is_empty()).then_some(unread)
    }

    /// The question that the message with this id, or the nearest before it, belongs to: itself, or what it
    /// replies to.
    pub fn question(&self, id: MessageId) -> Known<Option<&StoredMessage>> {
        let mut next = self.at_or_before(Some(id))?;
        while let Some(reply) = next.filter(|next| next.message.role == Role::Assistant) {
            next = self.parent(&reply.message)?;
        }
        Ok(next)
    }

    fn range_of(&self, id: u64) -> Option<(u64, u64)> {
        let contains = |(first, last): &&(u64, u64)| (*first..=*last).contains(&id);
        self.read.iter().filter(contains).min_by_key(|(first, _)| *first).copied()
    }
}

#[cfg(test)]
mod tests;
