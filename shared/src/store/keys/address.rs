use super::{CREDENTIAL, Key};
use crate::model::CodePurpose;
use crate::text::{AddressHash, Email};

/// The partition of an address.
pub(in crate::store) fn address_partition(hash: &str) -> String {
    format!("EMAIL#{hash}")
}

fn of_address(address: &AddressHash, sk: impl Into<String>) -> Key {
    Key { pk: address_partition(&address.to_string()), sk: sk.into() }
}

pub(in crate::store) fn credential(email: &Email) -> Key {
    credential_of(&email.hash())
}

pub(in crate::store) fn credential_of(address: &AddressHash) -> Key {
    of_address(address, CREDENTIAL)
}

/// That mails to an address come back.
pub(in crate::store) fn bounced(email: &Email) -> Key {
    of_address(&email.hash(), "BOUNCED")
}

/// The tokens of the links that sign in with an address. They and the codes are not in the partition of
/// its credential, so that who writes them may be denied to write credentials.
pub(in crate::store) fn magic_links(address: &AddressHash) -> Key {
    mailed(address, "TOKEN#MAGIC_LINK")
}

/// The codes that were mailed to an address for one purpose.
pub(in crate::store) fn codes(address: &AddressHash, purpose: CodePurpose) -> Key {
    mailed(address, format!("TOKEN#{}_CODE", purpose.name()))
}

fn mailed(address: &AddressHash, sk: impl Into<String>) -> Key {
    Key { pk: format!("ADDRESS#{address}"), sk: sk.into() }
}
