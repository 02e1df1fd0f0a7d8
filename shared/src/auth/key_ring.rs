use std::time::Duration;

use crate::clock::Timestamp;
use crate::model::{KeyId, PublicKey, Ring};

/// Maximum difference between the clocks of two functions: 60 seconds.
pub(super) const SKEW: Duration = Duration::from_mins(1);

/// How long a key is published before it signs: 10 minutes, so that every function that verifies
/// tokens has it by then. The first key of a ring signs at once.
pub const LEAD: Duration = Duration::from_mins(10);

/// The public keys of a ring, oldest first.
#[derive(Debug, Clone)]
pub struct KeyRing {
    ring: Ring,
    keys: Vec<PublicKey>,
}

impl KeyRing {
    /// A ring of these keys, in any order.
    pub fn new(ring: Ring, mut keys: Vec<PublicKey>) -> Self {
        keys.sort_by_key(|key| key.generation);
        Self { ring, keys }
    }

    /// Whether there is no key, as before the first sign-up.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Whether one of its keys has this id, also one that is retired.
    pub fn contains(&self, kid: &KeyId) -> bool {
        self.keys.iter().any(|key| key.kid == *kid)
    }

    /// The key with this id, if it verifies at `now`.
    pub fn verifying(&self, kid: &KeyId, now: Timestamp) -> Option<&PublicKey> {
        self.published(now).find(|key| key.kid == *kid)
    }

    /// The keys that verify at `now`. A key verifies until the last token that it can have signed
    /// has expired; it signed tokens until its successor could be used.
    pub fn published(&self, now: Timestamp) -> impl Iterator<Item = &PublicKey> {
        self.keys.iter().filter(move |key| {
            let successor = self.keys.iter().find(|other| other.generation > key.generation);
            let end = |key: &PublicKey| key.usable_from.plus(self.ring.lifetime()).plus(SKEW);
            successor.is_none_or(|successor| now <= end(successor))
        })
    }

    /// The keys that may sign at `now`, the newest first. The first key of the ring may be used at
    /// once, even if the clock is behind that of the function that made the key.
    pub fn signing(&self, now: Timestamp) -> impl Iterator<Item = &PublicKey> {
        let first = self.keys.first().map(|key| key.generation);
        let may_sign =
            move |key: &&PublicKey| key.usable_from <= now || Some(key.generation) == first;
        self.keys.iter().rev().filter(may_sign)
    }

    /// The newest key, even if it does not sign yet.
    pub fn newest(&self) -> Option<&PublicKey> {
        self.keys.last()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::SigningKey;

    fn day(n: u64) -> Timestamp {
        Timestamp::from_milliseconds(0).plus(Duration::from_secs(n * 86_400))
    }

    #[test]
    fn a_key_retires_thirty_days_after_its_successor_took_over() {
        let old = SigningKey::generate(1, day(0), day(0)).unwrap().public;
        let new = SigningKey::generate(2, day(90), day(91)).unwrap().public;
        let ring = KeyRing::new(Ring::Session, vec![new.clone(), old.clone()]);
        let signing = |ring: &KeyRing, day| ring.signing(day).next().cloned();
        let alone = KeyRing::new(Ring::Session, vec![new.clone()]);
        assert_eq!(signing(&alone, day(1)), Some(new.clone()));
        assert_eq!(signing(&ring, day(90)), Some(old.clone()));
        assert_eq!(signing(&ring, day(91)), Some(new.clone()));
        assert_eq!(ring.verifying(&old.kid, day(121)), Some(&old));
        assert_eq!(ring.verifying(&old.kid, day(122)), None);
        assert_eq!(ring.verifying(&new.kid, day(500)), Some(&new));
        assert!(KeyRing::new(Ring::Session, Vec::new()).is_empty());
    }

    #[test]
    fn check_14_a_key_for_other_services_is_published_until_its_tokens_have_ended() {
        let old = SigningKey::generate(1, day(0), day(0)).unwrap().public;
        let new = SigningKey::generate(2, day(90), day(90).plus(LEAD)).unwrap().public;
        let ring = KeyRing::new(Ring::Token, vec![new.clone(), old.clone()]);
        let published = |now| ring.published(now).cloned().collect::<Vec<_>>();
        let taken_over = new.usable_from;
        let minutes = |n| taken_over.plus(Duration::from_mins(n));
        assert_eq!(published(day(90)), [old.clone(), new.clone()]);
        assert_eq!(published(minutes(15)), [old, new.clone()]);
        assert_eq!(published(minutes(17)), [new]);
    }
}
