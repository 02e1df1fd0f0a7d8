//! How an account at a provider gets its owner, and loses it: the user's row and the row of the owner
//! change in one transaction.

use serde::{Deserialize, Serialize};

use crate::id::UserId;
use crate::model::ExternalAccount;
use crate::store::item::{self, Item};
use crate::store::write::{Condition, Delete, Part, Write};
use crate::store::{Kind, StoreError, keys};

/// Whose an account at a provider is: one row for each such account, so that it belongs to one user.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ExternalOwner {
    pub(super) user_id: UserId,
}

/// What was seen of the owner of an account at a provider that nobody has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// There is no owner.
    Free,
    /// The owner is a user who was erased, and whose rows the sweep has not deleted yet.
    LeftByErased(UserId),
    /// The owner has no such account, as after a table was restored.
    LeftByUnlinking(UserId),
}

/// The item of a user's account at a provider.
pub(in crate::store) fn external_item(external: &ExternalAccount) -> Result<Item, StoreError> {
    let key = keys::external_account(&external.user_id, &external.provider);
    item::write(key, Kind::ExternalAccount, external)
}

/// The writes that give an account at a provider to a user who has none of this provider, on condition
/// that nobody else has it.
pub(super) fn link(external: &ExternalAccount, claim: &Claim) -> Result<Vec<Part>, StoreError> {
    let ExternalAccount { user_id, provider, subject, .. } = external;
    let owner = ExternalOwner { user_id: user_id.clone() };
    let key = keys::external_owner(provider, subject);
    let owner = Write::put(item::write(key, Kind::ExternalOwner, &owner)?);
    let is_still =
        |left: &UserId| Condition::new("user_id = :left").value(":left", item::s(left.as_str()));
    let mut writes: Vec<Part> =
        vec![Write::put(external_item(external)?).when(Condition::absent()).into()];
    match claim {
        Claim::Free => writes.push(owner.when(Condition::absent()).into()),
        Claim::LeftByErased(left) => {
            writes.push(owner.when(is_still(left)).into());
            writes.push(Write::check(&keys::account(left), Condition::absent()).into());
        }
        Claim::LeftByUnlinking(left) => {
            writes.push(owner.when(is_still(left)).into());
            // That of the new owner is absent already.
            if left != user_id {
                let other = Condition::new("attribute_not_exists(pk) OR subject <> :subject")
                    .value(":subject", item::s(subject.as_str()));
                writes.push(Write::check(&keys::external_account(left, provider), other).into());
            }
        }
    }
    Ok(writes)
}

/// The row has the account that was read, and no later one.
pub(in crate::store) fn is_still(external: &ExternalAccount) -> Condition {
    Condition::new("id = :seen_id").value(":seen_id", item::s(external.id.as_str()))
}

/// Takes an account at a provider from its owner, unless it belongs to somebody else by now.
pub(in crate::store) fn release(external: &ExternalAccount) -> Write<Delete> {
    let own = Condition::new("attribute_not_exists(pk) OR user_id = :user")
        .value(":user", item::s(external.user_id.as_str()));
    Write::delete(&keys::external_owner(&external.provider, &external.subject)).when(own)
}
