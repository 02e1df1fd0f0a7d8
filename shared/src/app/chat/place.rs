//! Where a turn goes: what a client sent is compared with what is stored. Nothing here reads or writes.

use super::sent::{Before, Listed, NewMessage, ParentName, Sent, TextHash};
use crate::id::MessageId;
use crate::model::{Role, StoredMessage, Tree, Unread};
use crate::store::OpenConversation;
use crate::text::ClientId;

/// What is stored of a conversation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stored<'a> {
    /// Its messages, as far as they have been read.
    pub(super) tree: &'a Tree,
    /// The active message.
    pub(super) active: Option<MessageId>,
    /// The newest id that is reserved.
    pub(super) last: Option<MessageId>,
}

/// Where a turn goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// A new question after this message; `None` if it is the first of a branch.
    After(Option<MessageId>),
    /// Another reply to this question.
    Question(MessageId),
}

/// Why there is no place yet.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NoPlace {
    /// These messages must be read first.
    Unread(Unread),
    /// The client names a message that is not there.
    NotFound,
}

impl<'a> Stored<'a> {
    /// What is known of a conversation.
    pub(super) fn of(open: &'a OpenConversation) -> Self {
        Self { tree: &open.tree, active: open.conversation.active_message_id, last: open.last() }
    }
}

impl From<Unread> for NoPlace {
    fn from(unread: Unread) -> Self {
        Self::Unread(unread)
    }
}

/// The place of a request.
pub(super) fn place(sent: &Sent, stored: Stored<'_>) -> Result<Place, NoPlace> {
    match &sent.before {
        Before::List(before) => stored.in_list(sent, before),
        Before::Text(parent) | Before::Message(parent) => {
            if let Some(place) = stored.named(sent)? {
                return Ok(place);
            }
            match &sent.message {
                Some(_) => stored.after(parent.as_ref()).map(Place::After),
                None => Err(NoPlace::NotFound),
            }
        }
    }
}

impl<'a> Stored<'a> {
    /// Place alone decides in a list: after the nearest message before the question that is stored. So an
    /// edited message becomes a sibling of what it was.
    fn in_list(self, sent: &Sent, before: &[Listed]) -> Result<Place, NoPlace> {
        let parent = self.nearest(before)?;
        let Some(message) = &sent.message else {
            return self.named(sent)?.ok_or(NoPlace::NotFound);
        };
        // A page that shows only the newest messages names the first one that it shows.
        if parent.is_none()
            && sent.named.is_some()
            && let Some(place) = self.named(sent)?
        {
            return Ok(place);
        }
        if !sent.regenerate {
            return Ok(Place::After(parent));
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
        Ok(known.map_or(Place::After(parent), |question| Place::Question(question.message.id)))
    }

    /// The place that the names in a message alone say: it is another reply, or an edit.
    fn named(self, sent: &Sent) -> Result<Option<Place>, NoPlace> {
        let edited = match (&sent.named, &sent.message) {
            (Some(name), message) if sent.regenerate => {
                let question = self.question_of(name)?;
                let is_changed = |question: &&StoredMessage| {
                    message.as_ref().is_some_and(|message| message.changes(question))
                };
                match question {
                    Some(question) if is_changed(&question) => Some(question),
                    Some(question) => return Ok(Some(Place::Question(question.message.id))),
                    None => None,
                }
            }
            (Some(name), _) => self.question_named(name)?,
            (None, _) => None,
        };
        let Some(message) = &sent.message else { return self.of_active(sent) };
        if let Some(known) =
            self.questions().find(|question| sent.regenerate && message.is(question))
        {
            return Ok(Some(Place::Question(known.message.id)));
        }
        let edited = edited.or_else(|| self.questions().find(|question| message.changes(question)));
        let parent = edited.map(|edited| self.parent_of(edited)).transpose()?;
        Ok(parent.map(Place::After))
    }

    /// Another reply on the active branch, for a client that sends no question.
    fn of_active(self, sent: &Sent) -> Result<Option<Place>, NoPlace> {
        let active =
            self.active.map(|active| self.tree.at_or_before(active)).transpose()?.flatten();
        let is_meant = |active: &&StoredMessage| {
            // A reply that failed at once has a name of the client's own.
            let failed = || active.message.role == Role::User;
            sent.named.as_ref().is_none_or(|name| MessageId::named_by(name).is_none() && failed())
        };
        let question =
            active.filter(is_meant).map(|active| self.tree.question(active)).transpose()?;
        Ok(question.flatten().map(|question| Place::Question(question.message.id)))
    }

    /// The question that a name is about: a question, or a reply of ours that may never have been stored.
    fn question_of(self, name: &str) -> Result<Option<&'a StoredMessage>, NoPlace> {
        if let Some(question) = self.question_named(name)? {
            return Ok(Some(question));
        }
        let Some(id) = self.reserved(name) else { return Ok(None) };
        let nearest = self.tree.at_or_before(id)?;
        Ok(nearest.map(|nearest| self.tree.question(nearest)).transpose()?.flatten())
    }

    /// The question with this name, which is the client's own id of it or ours.
    fn question_named(self, name: &str) -> Result<Option<&'a StoredMessage>, NoPlace> {
        if let Some(question) = self.question_of_client(name) {
            return Ok(Some(question));
        }
        let Some(id) = self.reserved(name) else { return Ok(None) };
        Ok(self.tree.get(id)?.filter(|stored| stored.message.role == Role::User))
    }

    /// The nearest message of a list, newest first, that is stored.
    fn nearest(self, before: &[Listed]) -> Result<Option<MessageId>, NoPlace> {
        let mut unread = Vec::new();
        for listed in before {
            match self.listed(listed) {
                Ok(Some(found)) if unread.is_empty() => return Ok(Some(found)),
                Ok(Some(_)) => break,
                Ok(None) => {}
                Err(id) if unread.contains(&id) => {}
                Err(id) => unread.push(id),
            }
        }
        if unread.is_empty() { Ok(None) } else { Err(Unread::Ids(unread).into()) }
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
            (None, None) => self.question_before(id).unwrap_or_default(),
        })
    }

    /// The question for whose reply this id was reserved.
    fn question_before(self, reply: MessageId) -> Result<Option<MessageId>, Unread> {
        let nearest = self.tree.at_or_before(reply)?;
        let question = nearest.map(|nearest| self.tree.question(nearest)).transpose()?.flatten();
        Ok(question.map(|question| question.message.id))
    }

    /// The message that a question follows, by its name; without one, the active message.
    fn after(self, parent: Option<&ParentName>) -> Result<Option<MessageId>, NoPlace> {
        let id = match parent {
            None => {
                let active =
                    self.active.map(|active| self.tree.at_or_before(active)).transpose()?;
                return Ok(active.flatten().map(|active| active.message.id));
            }
            Some(ParentName::Root) => return Ok(None),
            Some(ParentName::Id(id)) => Some(*id).filter(|id| Some(*id) <= self.last),
            Some(ParentName::Text(name)) => {
                match (self.reserved(name), self.question_of_client(name)) {
                    (Some(id), Some(own)) if !self.is_reply(id)? => Some(own.message.id),
                    (None, Some(own)) => Some(own.message.id),
                    // Nothing is stored that the page could have shown before this message.
                    (None, None) if self.tree.is_empty() => return Ok(None),
                    (id, _) => id,
                }
            }
        };
        let id = id.ok_or(NoPlace::NotFound)?;
        match self.tree.get(id)? {
            Some(stored) => Ok(Some(stored.message.id)),
            None => self.question_before(id)?.map(Some).ok_or(NoPlace::NotFound),
        }
    }

    fn is_reply(self, id: MessageId) -> Result<bool, NoPlace> {
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
