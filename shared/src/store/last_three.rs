//! The rows of links and of codes. Each has a map with the last few that were mailed to one owner for one
//! purpose. Here one more is put into it, without reading the others into types: that would be compiled
//! for each kind of row, and `send-mail` writes all kinds.

#[cfg(test)]
pub(super) mod tests;

use super::StoreError;
use super::item::{self, AttributeValue, Item};
use super::keys::{self, Key};
use super::kind::Kind;
use super::write::Condition;
use crate::clock::Timestamp;
use crate::id::{MailJobId, UserId};
use crate::model::{CodePurpose, LinkPurpose};
use crate::text::AddressHash;

/// Links or codes of one purpose that are valid at the same time: a mail may be late, and a stranger who
/// asks for another one must not make the owner's invalid.
const MAX_VALID: usize = 3;

/// A row of the last three.
#[derive(Debug, Clone)]
pub(super) struct LastThree {
    key: Key,
    kind: Kind,
    /// The attribute with the map.
    map: &'static str,
}

/// A link or a code that is mailed.
#[derive(Debug, Clone)]
pub(super) struct Mailed<'a> {
    /// Its name in the map: the hash of a link's token, the id of a code's mail.
    pub(super) name: &'a str,
    /// The mail.
    pub(super) job: &'a MailJobId,
    /// What is stored of it, a map with `expires_at`.
    pub(super) stored: AttributeValue,
}

impl LastThree {
    /// The tokens of a user's links for one purpose.
    pub(super) fn links(user_id: &UserId, purpose: LinkPurpose) -> Self {
        let key = keys::link_tokens(user_id, purpose);
        Self { key, kind: Kind::LinkTokens, map: "tokens" }
    }

    /// The tokens of the links that sign in with an address.
    pub(super) fn magic_links(address: &AddressHash) -> Self {
        Self { key: keys::magic_links(address), kind: Kind::MagicLinks, map: "tokens" }
    }

    /// The codes of an address for one purpose.
    pub(super) fn codes(address: &AddressHash, purpose: CodePurpose) -> Self {
        Self { key: keys::codes(address, purpose), kind: Kind::Codes, map: "codes" }
    }

    /// Its key.
    pub(super) fn key(&self) -> &Key {
        &self.key
    }

    /// The row after one more, and the condition that it is still as it was `seen`. What has expired at
    /// `now` goes, and the oldest of too many. A job that is repeated replaces its own.
    pub(super) fn with(
        &self,
        seen: Option<&Item>,
        mailed: &Mailed<'_>,
        now: Timestamp,
    ) -> Result<(Item, Condition), StoreError> {
        let seen_version = seen.map(|row| item::number(row, "version")).transpose()?;
        let mut map = self.map_of(seen)?;
        map.retain(|name, stored| !mailed.replaces(name, stored) && expires_at(stored) > Some(now));
        while map.len() >= MAX_VALID {
            let ends = map.iter().map(|(name, stored)| (expires_at(stored), name));
            let Some(oldest) = ends.min().map(|(_, name)| name.clone()) else { break };
            map.remove(&oldest);
        }
        map.insert(mailed.name.to_owned(), mailed.stored.clone());
        let last = map.values().filter_map(expires_at).max();
        // A row that is made again never gets a version that it had before: whoever read it then must not
        // write back what has been used since.
        let after_seen = seen_version.map_or(1, |seen| seen.saturating_add(1));
        let version = after_seen.max(u64::try_from(now.milliseconds()).unwrap_or_default());
        let row = Item::from([
            (self.map.to_owned(), AttributeValue::M(map)),
            ("version".to_owned(), item::n(version)),
        ]);
        let row = item::under(self.key.clone(), self.kind, row);
        let row = if let Some(last) = last { item::expires(row, last) } else { row };
        Ok((row, seen_version.map_or_else(Condition::absent, is_version)))
    }

    fn map_of(&self, row: Option<&Item>) -> Result<Item, StoreError> {
        let Some(row) = row else { return Ok(Item::new()) };
        let map = row.get(self.map).and_then(|map| map.as_m().ok());
        map.cloned().ok_or_else(|| StoreError::corrupt(format!("no map {}", self.map)))
    }
}

impl Mailed<'_> {
    /// Whether the same job has stored this at an earlier try.
    fn replaces(&self, name: &str, stored: &AttributeValue) -> bool {
        name == self.name || text(stored, "job") == Some(self.job.as_str())
    }
}

/// The row has the version that was seen.
pub(super) fn is_version(seen: u64) -> Condition {
    Condition::new("#version = :seen").name("#version", "version").value(":seen", item::n(seen))
}

fn expires_at(stored: &AttributeValue) -> Option<Timestamp> {
    text(stored, "expires_at").and_then(Timestamp::parse)
}

fn text<'a>(stored: &'a AttributeValue, name: &str) -> Option<&'a str> {
    stored.as_m().ok().and_then(|map| item::text(map, name).ok())
}
