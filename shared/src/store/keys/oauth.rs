//! Keys of what is about sign-in at providers.

use super::{Key, PROVIDER, of_user};
use crate::digest::sha256_hex;
use crate::id::{StateId, UserId};
use crate::text::ProviderId;

/// A user's account at a provider.
pub(in crate::store) fn external_account(user: &UserId, provider: &ProviderId) -> Key {
    of_user(user, format!("{PROVIDER}{provider}"))
}

/// Whose account at a provider it is; the user's id there is hashed, as addresses are.
pub(in crate::store) fn external_owner(provider: &ProviderId, subject: &str) -> Key {
    let pk = format!("{PROVIDER}{provider}#{}", sha256_hex(&[subject.as_bytes()]));
    Key { pk, sk: "PROVIDER".into() }
}

/// A sign-in at a provider that has begun.
pub(in crate::store) fn oauth_state(state: &StateId) -> Key {
    let pk = format!("STATE#{}", sha256_hex(&[state.as_str().as_bytes()]));
    Key { pk, sk: "STATE".into() }
}
