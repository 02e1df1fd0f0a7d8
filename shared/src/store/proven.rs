//! What follows the proof that an address is the caller's: a session, or a new password.

use super::attempts::unlock;
use super::before_sign_in::{is_as_read, is_still, new_user};
use super::item::{self, AttributeValue};
use super::keys;
use super::oauth::unlink_unproven;
use super::user::session_item;
use super::write::{Condition, Part, Update, Write};
use super::{Store, StoreError};
use crate::auth::PasswordHash;
use crate::clock::Timestamp;
use crate::model::{Account, CodePurpose, Credential, LinkPurpose, Session, Subject};

/// How an address stands that was proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nobody had it. The account has no password.
    New,
    /// The user had proven it before.
    Known,
    /// Somebody had signed up with it and never proven it. Whoever that was keeps nothing: the password
    /// is gone, all sessions end, all links are void, and accounts at providers are linked no more.
    Claimed,
}

/// The user who gets a session because an address was proven.
#[derive(Debug)]
pub struct ProvenUser<'a> {
    /// How the address stands.
    pub standing: Standing,
    /// The account as it was read, or as it is to be made.
    pub account: &'a Account,
    /// The credential, likewise.
    pub credential: &'a Credential,
}

impl ProvenUser<'_> {
    /// The writes that begin the session, for one transaction with those that use the proof up. They
    /// fail if the account or its credential is not as it was read.
    pub(super) async fn begin(
        self,
        session: &Session,
        store: &Store,
    ) -> Result<Vec<Part>, StoreError> {
        let Self { standing, account, credential } = self;
        let mut writes = match standing {
            Standing::New => new_user(account, credential, None)?,
            Standing::Known => {
                let key = keys::credential(&account.email);
                vec![Write::check(&key, is_still(credential)).into()]
            }
            Standing::Claimed => {
                let mut writes = claim(account, credential, session.created_at);
                writes.extend(unlink_unproven(store, account).await?);
                writes
            }
        };
        writes.push(Write::put(session_item(session)?).when(Condition::absent()).into());
        Ok(writes)
    }
}

fn claim(account: &Account, credential: &Credential, now: Timestamp) -> Vec<Part> {
    let epoch = item::n(account.auth_epoch.saturating_add(1));
    let mut writes: Vec<Part> = vec![
        verified(account, now).set("auth_epoch", epoch.clone()).into(),
        Write::update(&keys::credential(&account.email))
            .set("password_hash", item::s(PasswordHash::of_nothing().as_str()))
            .set("auth_epoch", epoch)
            .when(is_still(credential))
            .into(),
    ];
    let links = LinkPurpose::ALL.map(|purpose| keys::link_tokens(&account.user_id, purpose));
    writes.extend(links.iter().map(|key| Write::delete(key).into()));
    writes
}

/// The update of an account whose address is proven at this time, if its address and its epoch are those
/// that were read.
pub(super) fn verified(account: &Account, now: Timestamp) -> Write<Update> {
    Write::update(&keys::account(&account.user_id))
        .set("email_verified", AttributeValue::Bool(true))
        .set("updated_at", item::s(now.to_string()))
        .when(is_as_read(account))
}

/// The writes that replace the password's hash, for one transaction with the one that uses the proof up.
/// All sessions end, the address is proven, wrong passwords are cleared, and what else was mailed to the
/// user is void.
pub(super) fn new_password(account: &Account, new_hash: &str, store: &Store) -> Vec<Part> {
    let now = store.clock.now();
    let epoch = item::n(account.auth_epoch.saturating_add(1));
    let same_user =
        Condition::new("user_id = :user").value(":user", item::s(account.user_id.as_str()));
    let credential = Write::update(&keys::credential(&account.email))
        .set("password_hash", item::s(new_hash))
        .set("auth_epoch", epoch.clone())
        .when(same_user);
    vec![
        verified(account, now).set("auth_epoch", epoch).into(),
        credential.into(),
        unlock(Subject::Address(&account.email), now).into(),
        unlock(Subject::User(&account.user_id), now).into(),
    ]
}

/// Makes void what was mailed to a user: the links but those for `used`, the links and the codes that sign
/// in or prove the address but those for `used_code`.
pub(super) fn void_mails(
    account: &Account,
    used: Option<LinkPurpose>,
    used_code: Option<CodePurpose>,
) -> Vec<Part> {
    let address = account.email.hash();
    let links = LinkPurpose::ALL.into_iter().filter(|purpose| Some(*purpose) != used);
    let links = links.map(|purpose| keys::link_tokens(&account.user_id, purpose));
    let codes = CodePurpose::ALL.into_iter().filter(|purpose| Some(*purpose) != used_code);
    let codes = codes.map(|purpose| keys::codes(&address, purpose));
    let keys = links.chain([keys::magic_links(&address)]).chain(codes);
    keys.map(|key| Write::delete(&key).into()).collect()
}
