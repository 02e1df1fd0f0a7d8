//! Turns of a chat. A turn is opened by one transaction, which holds the conversation for it, and
//! closed by one, which stores the answer with everything that belongs to it.

mod close;
mod follow;
mod load;
mod open;

pub use close::FinishedReply;
pub use follow::Progress;
pub use load::{ChatRows, OpenConversation, StoredMessage, Target};
pub use open::{NewTurn, OpenOutcome, Question};
