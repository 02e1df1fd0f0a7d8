//! Trees and requests for tests, in few words.

use super::sent::{Before, Listed, NewMessage, ParentName, Sent, TextHash};
use crate::clock::Timestamp;
use crate::id::{ConversationId, MessageId, RunId, UserId};
use crate::model::{Lease, Message, Role, Source, StoredMessage, Tree, TurnKey};
use crate::text::Content;

/// A stored message: id, role (`u` or `a`), parent, the client's id (empty for none), text.
pub(super) type Row<'a> = (u64, &'a str, Option<u64>, &'a str, &'a str);

pub(super) fn id(id: u64) -> MessageId {
    MessageId::try_from(id).unwrap()
}

pub(super) fn content(text: &str) -> Content {
    Content::try_from(text.to_owned()).unwrap()
}

/// These messages, newest first.
pub(super) fn rows(rows: &[Row<'_>]) -> Vec<StoredMessage> {
    let user_id = UserId::random();
    let stored = |(number, role, parent, client_id, text): &Row<'_>| StoredMessage {
        message: Message {
            id: id(*number),
            user_id: user_id.clone(),
            conversation_id: ConversationId::try_from(7).unwrap(),
            role: if *role == "u" { Role::User } else { Role::Assistant },
            content: content(text),
            created_at: Timestamp::from_milliseconds(1_800_000_000_000),
            parent_id: parent.map(id),
            path: parent.is_none().then(Vec::new),
            source: Source::Turn,
        },
        client_id: (!client_id.is_empty()).then(|| (*client_id).to_owned()),
    };
    rows.iter().rev().map(stored).collect()
}

/// A conversation of these messages, all of which have been read.
pub(super) fn tree(messages: &[Row<'_>]) -> Tree {
    let mut tree = Tree::default();
    tree.add_up_to(None, rows(messages), usize::MAX);
    tree
}

/// A new message alone, with this name and text.
pub(super) fn sent(name: &str, text: &str) -> Sent {
    let message = NewMessage { text: content(text), client_id: name.parse().ok() };
    let before = Before::Message(None);
    Sent { message: Some(message), regenerate: false, named: None, before }
}

pub(super) fn listed((id, text): (&str, Option<&str>)) -> Listed {
    Listed { id: id.to_owned(), question: text.map(TextHash::of) }
}

impl Sent {
    /// After these messages, oldest first; a reply has no text.
    pub(super) fn in_list(self, before: &[(&str, Option<&str>)]) -> Self {
        let before = before.iter().rev().copied().map(listed).collect();
        Self { before: Before::List(before), ..self }
    }

    pub(super) fn after(self, parent: ParentName) -> Self {
        Self { before: Before::Message(Some(parent)), ..self }
    }

    pub(super) fn again(self) -> Self {
        Self { regenerate: true, ..self }
    }

    pub(super) fn naming(self, named: Option<&str>) -> Self {
        Self { named: named.map(str::to_owned), ..self }
    }
}

/// The lease of a running turn with this question, and this id for its reply.
pub(super) fn lease(question: u64, reply: u64) -> Lease {
    Lease {
        turn_key: TurnKey::once(),
        turn_run: RunId::random(),
        turn_until: Timestamp::from_milliseconds(1_800_000_030_000),
        turn_stop: false,
        turn_released: false,
        turn_question_id: Some(id(question)),
        turn_reply_id: Some(id(reply)),
    }
}
