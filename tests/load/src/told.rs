//! What a user was told: everything that must be stored, and nothing else may be.

use std::collections::{BTreeMap, BTreeSet};

/// What one account has, as its owner knows.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// The user's id; empty before the sign-up.
    pub user_id: String,
    /// The address.
    pub email: String,
    /// The password.
    pub password: String,
    /// The name, if it was set.
    pub name: String,
    /// Software level and hardware background.
    pub background: Option<(&'static str, &'static str)>,
    /// Tokens of sessions that go on.
    pub live: Vec<String>,
    /// Tokens of sessions that have ended.
    pub ended: Vec<String>,
    /// The conversations, by id.
    pub conversations: BTreeMap<u64, Conversation>,
    /// Those that were deleted.
    pub deleted: BTreeSet<u64>,
    /// Questions that count in the quota, and those of which nobody knows whether they do.
    pub questions: (u64, u64),
    /// Whether the account was deleted.
    pub erased: bool,
}

/// A conversation.
#[derive(Debug, Clone, Default)]
pub struct Conversation {
    /// None where the first question made it.
    pub title: Option<String>,
    /// What was said, in order.
    pub entries: Vec<Entry>,
}

/// Something that was said. No two have the same text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// A message that the client appended.
    Appended {
        /// Its id.
        id: u64,
        /// `user` or `assistant`.
        role: &'static str,
        /// Its text.
        content: String,
    },
    /// A question and its reply.
    Turn {
        /// The text of the question.
        question: String,
        /// What is known of the reply.
        reply: Reply,
    },
}

/// What a client knows of a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// The client has all of it.
    Told {
        /// The question's id.
        question_id: u64,
        /// The reply's id.
        id: u64,
        /// Its interaction.
        interaction_id: String,
        /// Its text.
        text: String,
        /// The rating, in hundredths.
        rating: Option<u32>,
    },
    /// The client hung up: the reply is stored whole if nothing broke, else perhaps not.
    LeftAlone,
}
