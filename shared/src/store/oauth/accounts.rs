//! A user's accounts at providers.

use super::{is_still, release};
use crate::id::UserId;
use crate::model::{Account, ExternalAccount};
use crate::store::read::Range;
use crate::store::write::{Part, Write};
use crate::store::{Store, StoreError, item, keys};

/// The accounts of a user. One round trip.
pub(in crate::store) async fn external_accounts(
    store: &Store,
    user: &UserId,
) -> Result<Vec<ExternalAccount>, StoreError> {
    let range = Range::prefix(keys::user_partition(user), keys::PROVIDER);
    store.query(&range, usize::MAX).await?.into_iter().map(item::read).collect()
}

/// The writes that take a user's accounts away, for one transaction with those that prove the address for
/// the first time: whoever linked them has not proven it. No round trip, and no writes, if it was proven
/// before; otherwise one.
pub(in crate::store) async fn unlink_unproven(
    store: &Store,
    account: &Account,
) -> Result<Vec<Part>, StoreError> {
    if account.email_verified {
        return Ok(Vec::new());
    }
    let linked = external_accounts(store, &account.user_id).await?;
    let writes = linked.iter().flat_map(|external| {
        let key = keys::external_account(&external.user_id, &external.provider);
        [Write::delete(&key).when(is_still(external)).into(), release(external).into()]
    });
    Ok(writes.collect())
}
