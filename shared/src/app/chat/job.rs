use super::title::TitleWanted;
use crate::assistant::Prompt;
use crate::auth::SignedIn;
use crate::id::MessageId;
use crate::model::{Background, Turn, TurnKey};

/// A turn that has been opened, and what its run needs.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) caller: SignedIn,
    pub(super) key: TurnKey,
    pub(super) turn: Turn,
    pub(super) background: Option<Background>,
    pub(super) prompt: Prompt,
    /// The title that is wanted beside the reply.
    pub(super) title: Option<TitleWanted>,
    /// The ids of the messages before the reply, the question first.
    pub(super) reply_path: Vec<MessageId>,
    /// Whether the user's address is verified: the quota of the stack counts the others together, too.
    pub(super) is_verified: bool,
}
