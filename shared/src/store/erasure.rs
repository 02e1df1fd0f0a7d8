//! The end of an account: one transaction takes the access away and leaves a job for the sweeper, which
//! deletes the rest.

use std::collections::HashMap;

use super::sweeper::UserSweep;
use super::write::{Condition, Delete, Part, Write};
use super::{Kind, StoreError, item, keys};
use crate::clock::Timestamp;
use crate::model::{Account, Credential};

/// The account as it was read before it is erased.
#[derive(Debug, Clone, Copy)]
pub(super) struct Erased<'a> {
    pub(super) account: &'a Account,
    pub(super) last_conversation_id: u64,
    /// The credential, if its password was compared.
    pub(super) credential: Option<&'a Credential>,
}

/// The writes that erase a user, for one transaction. They fail if the account, its address or the
/// password has changed since, or a conversation was made: the job must name the newest one.
pub(super) fn writes(erased: Erased<'_>, now: Timestamp) -> Result<Vec<Part>, StoreError> {
    let Erased { account, last_conversation_id, credential } = erased;
    let job = UserSweep {
        user_id: account.user_id.clone(),
        last_conversation_id,
        address: account.email.hash().to_string(),
        created_at: now,
        emptied: 0,
        emptied_again: 0,
    };
    let mark = HashMap::from([("erased_at", now.to_string())]);
    let mark = item::write(keys::erased(&account.user_id), Kind::Erased, &mark)?;
    Ok(vec![
        delete_account(account, last_conversation_id).into(),
        delete_credential(account, credential).into(),
        Write::put(mark).into(),
        Write::put(job.item()?).when(Condition::absent()).into(),
    ])
}

fn delete_account(account: &Account, last_conversation_id: u64) -> Write<Delete> {
    let unchanged = Condition::new("auth_epoch = :epoch AND email = :email")
        .value(":epoch", item::n(account.auth_epoch))
        .value(":email", item::s(account.email.as_str()));
    let newest = if last_conversation_id == 0 {
        "attribute_not_exists(last_conversation_id) OR last_conversation_id = :newest"
    } else {
        "last_conversation_id = :newest"
    };
    let newest = Condition::new(newest).value(":newest", item::n(last_conversation_id));
    Write::delete(&keys::account(&account.user_id)).when(unchanged).when(newest)
}

/// An address of somebody else stays as it is, and an account without a password can be erased, too.
fn delete_credential(account: &Account, seen: Option<&Credential>) -> Write<Delete> {
    let own = match seen {
        None => Condition::new("attribute_not_exists(pk) OR user_id = :user"),
        Some(seen) => Condition::new("user_id = :user AND password_hash = :hash")
            .value(":hash", item::s(seen.password_hash.as_str())),
    };
    let own = own.value(":user", item::s(account.user_id.as_str()));
    Write::delete(&keys::credential(&account.email)).when(own)
}
