//! Where a question goes in the tree of a conversation, and what a request does that meets a running turn.
//! Both are functions of what a client sends and what is stored. Nothing here reads or writes.

mod meeting;
mod place;
mod sent;
#[cfg(test)]
mod testing;

pub(crate) use meeting::{Meeting, meeting};
pub(crate) use place::{Place, Stored, place};
pub use sent::{Before, Listed, NewMessage, ParentName, Sent, TextHash};
