use crate::model::{Account, Credential};
use crate::store::write::{Condition, Update, Write};
use crate::store::{item, keys};

/// The writes that raise the epoch in the account and in its credential, so that no session of an older
/// epoch is valid; with a new hash of the password, if it is to be replaced.
pub(in crate::store) fn raise_epoch(
    account: &Account,
    new_hash: Option<(&Credential, &str)>,
) -> [Write<Update>; 2] {
    let unchanged =
        Condition::new("auth_epoch = :seen").value(":seen", item::n(account.auth_epoch));
    let raise = |key| Write::update(&key).set("auth_epoch", item::n(account.auth_epoch + 1));
    let credential = raise(keys::credential(&account.email)).when(unchanged.clone());
    let account = raise(keys::account(&account.user_id)).when(unchanged);
    let credential = match new_hash {
        None => credential,
        Some((credential_seen, new_hash)) => {
            let same_hash = Condition::new("password_hash = :old")
                .value(":old", item::s(credential_seen.password_hash.as_str()));
            credential.set("password_hash", item::s(new_hash)).when(same_hash)
        }
    };
    [account, credential]
}
