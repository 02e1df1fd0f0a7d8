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
    /// The ids of the messages before the reply, the question first.
    pub(super) reply_path: Vec<MessageId>,
    /// Whether the user's address is verified: the quota of the stack counts the others together, too.
    pub(super) is_verified: bool,
}
