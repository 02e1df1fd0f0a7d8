//! The providers to sign in with, alone: what they give a client that does everything right, what they refuse,
//! and what they do wrong when a test asks for it.

mod faults;
mod github;
mod openid;
mod page;
mod relying_party;
mod stack;
