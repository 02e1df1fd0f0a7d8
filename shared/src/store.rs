//! The two tables. The only way to a user's data is [`Store::of`], which takes a proof of sign-in.
//! [`Store::before_sign_in`], [`Store::by_link`], [`Store::oauth`], [`Store::attempts`], [`Store::signing_keys`],
//! [`Store::mails`], [`Store::sweeper`], [`Store::tallier`] and [`Store::operator`] lead to the rest, each
//! for callers that a test lists.

mod attempts;
mod before_sign_in;
mod by_code;
mod by_link;
mod by_magic_link;
mod client;
mod codes;
mod cursor;
mod erasure;
mod error;
mod export;
mod item;
mod keys;
mod kind;
mod last_three;
mod links;
mod mails;
mod oauth;
mod operator;
mod proven;
mod read;
mod signing_keys;
mod sweeper;
mod tally;
mod user;
mod write;

use aws_sdk_dynamodb::Client;

use crate::auth::SignedIn;
use crate::clock::Clock;
use crate::config::TableConfig;
use crate::model::Ring;

pub use attempts::{Attempts, Counted, NetworkCount};
pub use before_sign_in::{BeforeSignIn, SignInState, UnverifiedSignUp};
pub use by_code::{ByCode, CodeState, CodeUse, RightCode};
pub use by_link::{ByLink, Link, LinkState, LinkUse};
pub use by_magic_link::{ByMagicLink, MagicLink};
pub use codes::{CodeVerdict, Codes};
pub use error::StoreError;
pub use export::ExportPage;
pub use kind::{Erasure, Export, Kind};
pub use mails::{FoundMail, MailPage, Mails, Recipient};
pub use oauth::{Claim, ExternalUserState, KnownUser, NewExternalUser, OAuth};
pub use operator::{ImportOutcome, ImportedUser, Operator, UserFacts};
pub use proven::{ProvenUser, Standing};
pub use signing_keys::SigningKeys;
pub use sweeper::{ConversationSweep, FoundJob, JobPage, SweepJob, Sweeper, Swept, UserSweep};
pub use tally::{InteractionKey, Tallied, Tallier};
pub use user::{
    BackgroundChange, Branch, ChatRows, ConversationOrder, EraseOutcome, FinishedReply, GivenTitle,
    Limit, NewTurn, OpenConversation, OpenOutcome, Order, OwnPassword, Page, PageRequest, Parent,
    Progress, Question, UserChange, UserStore, WayIn, WaysIn,
};

/// The table, that of the signing keys, and the clock that decides what has expired.
#[derive(Debug, Clone)]
pub struct Store {
    client: Client,
    table: String,
    keys_table: String,
    clock: Clock,
}

impl Store {
    /// The store of a table. It connects with its first call.
    pub fn new(config: &TableConfig, clock: Clock) -> Self {
        Self {
            client: client::client(config, clock.clone()),
            table: config.name.clone(),
            keys_table: config.keys_name.clone(),
            clock,
        }
    }

    /// The data of the user who is signed in, and of nobody else. Every access checks in the table
    /// that the session is still valid: reads in the same round trip, writes before they begin.
    pub fn of<'a>(&'a self, signed_in: &'a SignedIn) -> UserStore<'a> {
        UserStore::new(self, signed_in)
    }

    /// What sign-up and sign-in need, while there is no session yet.
    pub fn before_sign_in(&self) -> BeforeSignIn<'_> {
        BeforeSignIn::new(self)
    }

    /// The counters of attempts to sign in and of wrong passwords.
    pub fn attempts(&self) -> Attempts<'_> {
        Attempts::new(self)
    }

    /// The keys of a ring, which sign and verify tokens.
    pub fn signing_keys(&self, ring: Ring) -> SigningKeys {
        SigningKeys::new(Self { table: self.keys_table.clone(), ..self.clone() }, ring)
    }

    /// The rows that the token of a mailed link leads to.
    pub fn by_link(&self) -> ByLink<'_> {
        ByLink::new(self)
    }

    /// What a user who comes back from a provider needs.
    pub fn oauth(&self) -> OAuth<'_> {
        OAuth::new(self)
    }

    /// The rows that a mailed link which signs in leads to.
    pub fn by_magic_link(&self) -> ByMagicLink<'_> {
        ByMagicLink::new(self)
    }

    /// The rows that a mailed code leads to.
    pub fn by_code(&self) -> ByCode<'_> {
        ByCode::new(self)
    }

    /// The mails that are to be sent.
    pub fn mails(&self) -> Mails<'_> {
        Mails::new(self)
    }

    /// What the background function needs to delete the items of deleted conversations and of erased
    /// users.
    pub fn sweeper(&self) -> Sweeper<'_> {
        Sweeper::new(self)
    }

    /// What the background function needs to count interactions.
    pub fn tallier(&self) -> Tallier<'_> {
        Tallier::new(self)
    }

    /// What the operator of the stack may do for a user. No function may.
    pub fn operator(&self) -> Operator<'_> {
        Operator::new(self)
    }
}
