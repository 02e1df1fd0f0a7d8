//! What rows of links and of codes have in common: they contain the last few that were mailed.

use std::collections::BTreeMap;

use serde::Serialize;

use super::StoreError;
use super::item;
use super::keys::Key;
use super::kind::Kind;
use super::write::{Condition, Put, Write};
use crate::clock::Timestamp;

/// Links or codes of one purpose that are valid at the same time: a mail may be late, and a stranger who
/// asks for another one must not make the owner's invalid.
pub(super) const MAX_VALID: usize = 3;

/// A link or a code.
pub(super) trait Mailed {
    /// When it is no longer valid.
    fn expires_at(&self) -> Timestamp;
}

/// Makes room for one more: those that have expired at `now` go, and the oldest of too many.
pub(super) fn make_room<T: Mailed>(rows: &mut BTreeMap<String, T>, now: Timestamp) {
    rows.retain(|_, row| row.expires_at() > now);
    while rows.len() >= MAX_VALID {
        let oldest = rows.iter().min_by_key(|(_, row)| row.expires_at());
        let Some(oldest) = oldest.map(|(name, _)| name.clone()) else { break };
        rows.remove(&oldest);
    }
}

/// Stores a row that ends with the last of `mailed`, if its version is still the one that was `seen`.
pub(super) fn write<R: Serialize, T: Mailed>(
    key: Key,
    kind: Kind,
    row: &R,
    mailed: &BTreeMap<String, T>,
    seen: Option<u64>,
) -> Result<Write<Put>, StoreError> {
    let item = item::write(key, kind, row)?;
    let item = match mailed.values().map(Mailed::expires_at).max() {
        Some(last) => item::expires(item, last),
        None => item,
    };
    Ok(Write::put(item).when(seen.map_or_else(Condition::absent, is_version)))
}

/// The row has the version that was seen.
pub(super) fn is_version(seen: u64) -> Condition {
    Condition::new("#version = :seen").name("#version", "version").value(":seen", item::n(seen))
}
