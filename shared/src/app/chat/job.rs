use std::fmt::Display;

use super::title::TitleWanted;
use crate::app::App;
use crate::assistant::{Prompt, Timed};
use crate::auth::SignedIn;
use crate::id::MessageId;
use crate::model::{Background, KeyedTurn};
use crate::store::UserStore;

/// A turn that has been opened, and what its run needs.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) app: &'static App,
    pub(super) assistant: &'static Timed,
    pub(super) caller: SignedIn,
    pub(super) opened: KeyedTurn,
    pub(super) background: Option<Background>,
    pub(super) prompt: Prompt,
    /// The title that is wanted beside the reply.
    pub(super) title: Option<TitleWanted>,
    /// The ids of the messages before the reply, the question first.
    pub(super) reply_path: Vec<MessageId>,
    /// Whether the user's address is verified: the quota of the stack counts the others together, too.
    pub(super) is_verified: bool,
}

impl Job {
    pub(super) fn store(&self) -> UserStore<'_> {
        self.app.store.of(&self.caller)
    }

    /// Writes a line for something that went wrong beside the reply, or is tried again.
    pub(super) fn warn(&self, cause: &impl Display, message: &str) {
        let interaction_id = self.opened.turn.interaction_id.as_str();
        tracing::warn!(interaction_id, cause = %cause, "{message}");
    }
}
