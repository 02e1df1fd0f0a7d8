//! Where a question goes: what a client sent is compared with what is stored.

use super::sent::{Before, Listed, NewMessage, ParentName, Sent, TextHash};
use crate::id::MessageId;
use crate::model::{Role, StoredMessage, Tree, Unread};
use crate::text::ClientId;

/// What is stored of a conversation.
#[derive(Debug, Clone, Copy)]
pub struct Stored<'a> {
    /// Its messages, as far as they have been read.
    pub tree: &'a Tree,
    /// The active message.
    pub active: Option<MessageId>,
    /// The newest id that is reserved.
    pub last: Option<MessageId>,
}

/// Where a turn goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A new question after this message; `None` if it is the first of a branch.
    After(Option<MessageId>),
    /// Another reply to this question.
    Question(MessageId),
}

impl Place {
    /// Another reply to this question.
    fn again(question: &StoredMessage) -> Self {
        Self::Question(question.message.id)
    }
}

/// The place of a request; `None` if the client names a message that is not there.
pub fn place(sent: &Sent, stored: Stored<'_>) -> Result<Option<Place>, Unread> {
    match &sent.before {
        Before::List(before) => stored.in_list(sent, before),
        Before::Text(parent) | Before::Message(parent) => match stored.named(sent)? {
            None if sent.message.is_some() => stored.after(parent.as_ref()),
            named => Ok(named),
        },
    }
}

impl<'a> Stored<'a> {
    /// Place alone decides in a list: after the nearest message before the question that is stored. So an
    /// edited message becomes a sibling of what it was.
    fn in_list(self, sent: &Sent, before: &[Listed]) -> Result<Option<Place>, Unread> {
        let parent = self.nearest(before)?;
        let Some(message) = &sent.message else { return self.named(sent) };
        // A page that shows only the newest messages names the first one that it shows.
        let is_first = parent.is_none() && sent.named.is_some();
        let named = if is_first { self.named(sent)? } else { None };
        if named.is_some() || !sent.regenerate {
            return Ok(named.or(Some(Place::After(parent))));
        }
        let is_meant = |question: &&StoredMessage| {
            self.parent_of(question) == Ok(parent) && message.text == question.message.content
        };
        let known = self.questions().filter(|question| message.is(question)).find(is_meant);
        // The client's own id of an old question is not known, but the reply that it names is.
        let known = match (known, &sent.named) {
            (None, Some(reply)) => self.question_of(reply)?.filter(is_meant),
            (known, _) => known,
        };
        Ok(Some(known.map_or(Place::After(parent), Place::again)))
    }

    /// The place that the names in a message alone say: it is another reply, or an edit.
    fn named(self, sent: &Sent) -> Result<Option<Place>, Unread> {
        let named = match &sent.named {
            Some(name) if sent.regenerate => self.question_of(name)?,
            Some(name) => self.question_named(name)?,
            None => None,
        };
        let Some(message) = &sent.message else {
            let question = match named {
                Some(question) if sent.regenerate => Some(question),
                _ => self.of_active(sent)?,
            };
            return Ok(question.map(Place::again));
        };
        if sent.regenerate {
            let unchanged = named.filter(|question| !message.changes(question));
            let question =
                unchanged.or_else(|| self.questions().find(|question| message.is(question)));
            if let Some(question) = question {
                return Ok(Some(Place::again(question)));
            }
        }
        let edited = named.or_else(|| self.questions().find(|question| message.changes(question)));
        edited.map(|edited| self.parent_of(edited).map(Place::After)).transpose()
    }

    /// The question of the active branch's last reply, for a client that sends none.
    fn of_active(self, sent: &Sent) -> Result<Option<&'a StoredMessage>, Unread> {
        let Some(active) = self.tree.at_or_before(self.active)? else { return Ok(None) };
        // A reply that failed at once has a name of the client's own.
        let failed = |name: &String| {
            MessageId::named_by(name).is_none() && active.message.role == Role::User
        };
        if sent.named.as_ref().is_none_or(failed) {
            self.tree.question(active.message.id)
        } else {
            Ok(None)
        }
    }

    /// The question that a name is about: a question, or a reply of ours that may never have been stored.
    fn question_of(self, name: &str) -> Result<Option<&'a StoredMessage>, Unread> {
        match (self.question_named(name)?, self.reserved(name)) {
            (None, Some(id)) => self.tree.question(id),
            (question, _) => Ok(question),
        }
    }

    /// The question with this name, which is the client's own id of it or ours.
    fn question_named(self, name: &str) -> Result<Option<&'a StoredMessage>, Unread> {
        match (self.question_of_client(name), self.reserved(name)) {
            (None, Some(id)) => {
                Ok(self.tree.get(id)?.filter(|found| found.message.role == Role::User))
            }
            (question, _) => Ok(question),
        }
    }

    /// The nearest message of a list, newest first, that is stored.
    fn nearest(self, before: &[Listed]) -> Result<Option<MessageId>, Unread> {
        let mut unread = Vec::new();
        for listed in before {
            match self.listed(listed) {
                Ok(Some(found)) if unread.is_empty() => return Ok(Some(found)),
                Ok(Some(_)) => break,
                Err(id) if !unread.contains(&id) => unread.push(id),
                Ok(None) | Err(_) => {}
            }
        }
        if unread.is_empty() { Ok(None) } else { Err(Unread::Ids(unread)) }
    }

    /// The stored message that a client shows; the id if it must be read first.
    fn listed(self, listed: &Listed) -> Result<Option<MessageId>, MessageId> {
        if let Some(question) = self.questions().find(|question| listed.is(question)) {
            return Ok(Some(question.message.id));
        }
        let Some(id) = self.reserved(&listed.id) else { return Ok(None) };
        let stored = self.tree.get(id).map_err(|_| id)?;
        Ok(match (stored, listed.question) {
            (Some(reply), None) if reply.message.role == Role::Assistant => Some(id),
            (Some(_), _) | (None, Some(_)) => None,
            // Nothing of this reply was stored.
            (None, None) => {
                self.tree.question(id).ok().flatten().map(|question| question.message.id)
            }
        })
    }

    /// The place of a question after the message with this name; without a name, after the active message.
    fn after(self, parent: Option<&ParentName>) -> Result<Option<Place>, Unread> {
        let after =
            |parent: Option<&StoredMessage>| Place::After(parent.map(|parent| parent.message.id));
        let id = match parent {
            None => return Ok(Some(after(self.tree.at_or_before(self.active)?))),
            Some(ParentName::Root) => return Ok(Some(after(None))),
            Some(ParentName::Id(id)) => Some(*id).filter(|id| Some(*id) <= self.last),
            Some(ParentName::Text(name)) => {
                match (self.reserved(name), self.question_of_client(name)) {
                    (Some(id), Some(own)) if !self.is_reply(id)? => Some(own.message.id),
                    (None, Some(own)) => Some(own.message.id),
                    // Nothing is stored that the page could have shown before this message.
                    (None, None) if self.tree.is_empty() => return Ok(Some(after(None))),
                    (id, _) => id,
                }
            }
        };
        let Some(id) = id else { return Ok(None) };
        let stored = match self.tree.get(id)? {
            None => self.tree.question(id)?,
            stored => stored,
        };
        Ok(stored.map(|stored| after(Some(stored))))
    }

    fn is_reply(self, id: MessageId) -> Result<bool, Unread> {
        Ok(self.tree.get(id)?.is_some_and(|stored| stored.message.role == Role::Assistant))
    }

    /// The id of ours that a client may mean by this name.
    fn reserved(self, name: &str) -> Option<MessageId> {
        MessageId::named_by(name).filter(|id| Some(*id) <= self.last)
    }

    /// Whether a message has this name, as far as that is known: the client's own id of it, or ours.
    pub(super) fn is_stored(self, name: &str) -> bool {
        self.reserved(name).is_some() || self.question_of_client(name).is_some()
    }

    /// The newest question for which this is the client's own id.
    fn question_of_client(self, name: &str) -> Option<&'a StoredMessage> {
        self.questions().find(|question| question.client_id.as_deref() == Some(name))
    }

    fn parent_of(self, stored: &StoredMessage) -> Result<Option<MessageId>, Unread> {
        Ok(self.tree.parent(&stored.message)?.map(|parent| parent.message.id))
    }

    /// The questions that have been read, newest first.
    pub(super) fn questions(self) -> impl Iterator<Item = &'a StoredMessage> {
        self.tree.newest_first().filter(|stored| stored.message.role == Role::User)
    }
}

impl NewMessage {
    /// Whether this is that question: the name and the text are equal, or the text alone where the client
    /// gives no name.
    pub(super) fn is(&self, question: &StoredMessage) -> bool {
        self.text == question.message.content
            && self.client_id.as_ref().is_none_or(|id| question.has_name(id.as_str()))
    }

    /// Whether this is that question with another text. Its name must be the client's own: an id of ours
    /// may be what another client counts.
    pub(super) fn changes(&self, question: &StoredMessage) -> bool {
        let id = self.client_id.as_ref().map(ClientId::as_str);
        id.is_some() && question.client_id.as_deref() == id && self.text != question.message.content
    }
}

impl Listed {
    /// Whether this is that question.
    pub(super) fn is(&self, question: &StoredMessage) -> bool {
        question.has_name(&self.id)
            && self.question == Some(TextHash::of(question.message.content.as_str()))
    }
}

impl StoredMessage {
    /// Whether a client means this message by `name`, which is the client's own id of it or ours.
    pub(super) fn has_name(&self, name: &str) -> bool {
        self.client_id.as_deref() == Some(name)
            || MessageId::named_by(name) == Some(self.message.id)
    }
}

#[cfg(test)]
mod tests;
