//! Turns of a chat. One transaction opens a turn and gives it the lease of the conversation; another
//! one closes it and stores the reply with everything that belongs to it.

mod close;
mod dead;
mod follow;
mod load;
mod open;
mod quota;

pub use close::{FinishedReply, GivenTitle};
pub use follow::Progress;
pub use load::{ChatRows, OpenConversation};
pub use open::{NewTurn, OpenOutcome, Question};
