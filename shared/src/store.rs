//! The table. A user's data is reached with [`Store::of`], which takes a proof of sign-in;
//! [`Store::before_sign_in`], [`Store::attempts`], [`Store::signing_keys`] and [`Store::sweeper`]
//! hold the rest, each for functions that a test names.

mod attempts;
mod before_sign_in;
mod client;
mod cursor;
mod error;
mod item;
mod keys;
mod part;
mod read;
mod signing_keys;
mod sweeper;
mod user;
mod write;

use aws_sdk_dynamodb::Client;

use crate::auth::SignedIn;
use crate::clock::Clock;
use crate::config::TableConfig;
use crate::model::Ring;

pub use attempts::{Action, Attempts, Subject};
pub use before_sign_in::{BeforeSignIn, SignInState};
pub use error::StoreError;
pub use signing_keys::SigningKeys;
pub use sweeper::{SweepJob, Sweeper};
pub use user::{
    BackgroundChange, ChatRows, ConversationOrder, FinishedReply, Limit, NewTurn, OpenConversation,
    OpenOutcome, Order, OwnPassword, Page, PageRequest, Progress, Question, StoredMessage, Target,
    UserChange, UserStore,
};

/// The one table, and the clock that expiry is judged by.
#[derive(Debug, Clone)]
pub struct Store {
    client: Client,
    table: String,
    clock: Clock,
}

impl Store {
    /// A store of the table that `config` names. It connects with its first call.
    pub fn new(config: &TableConfig, clock: Clock) -> Self {
        Self { client: client::client(config), table: config.name.clone(), clock }
    }

    /// The data of the user who is signed in, and no other's. Every access checks in the table
    /// that the session still holds: reads in the same round trip, writes before they begin.
    pub fn of<'a>(&'a self, signed_in: &'a SignedIn) -> UserStore<'a> {
        UserStore::new(self, signed_in)
    }

    /// What sign-up and sign-in need, before there is a session.
    pub fn before_sign_in(&self) -> BeforeSignIn<'_> {
        BeforeSignIn::new(self)
    }

    /// The attempts to sign in and to guess passwords.
    pub fn attempts(&self) -> Attempts<'_> {
        Attempts::new(self)
    }

    /// The keys of a ring, which sign and verify tokens.
    pub fn signing_keys(&self, ring: Ring) -> SigningKeys<'_> {
        SigningKeys::new(self, ring)
    }

    /// What the background function needs to remove deleted data.
    pub fn sweeper(&self) -> Sweeper<'_> {
        Sweeper::new(self)
    }
}
