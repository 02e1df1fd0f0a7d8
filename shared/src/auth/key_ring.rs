use std::time::Duration;

use crate::clock::Timestamp;
use crate::model::{KeyId, PublicKey, Session};

/// Clocks of two functions may differ by this much: 60 seconds.
pub(super) const SKEW: Duration = Duration::from_mins(1);

/// The public keys that session tokens are verified with, oldest first.
#[derive(Debug, Clone, Default)]
pub struct KeyRing {
    keys: Vec<PublicKey>,
}

impl KeyRing {
    /// A ring of these keys, in any order.
    pub fn new(mut keys: Vec<PublicKey>) -> Self {
        keys.sort_by_key(|key| key.generation);
        Self { keys }
    }

    /// Whether there is no key at all, as before the first sign-up.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The key of that id, if it verifies at `now`: a key verifies until the longest token that
    /// it can have signed has ended, counted from when its successor took over.
    pub fn verifying(&self, kid: &KeyId, now: Timestamp) -> Option<&PublicKey> {
        let key = self.keys.iter().find(|key| key.kid == *kid)?;
        let successor = self.keys.iter().find(|other| other.generation > key.generation);
        let retired = successor.is_some_and(|successor| {
            now > successor.usable_from.plus(Session::ABSOLUTE).plus(SKEW)
        });
        (!retired).then_some(key)
    }

    /// The key that signs at `now`: the newest that may be used. The very first may be used at
    /// once, also by a function whose clock is behind that of the one that made it.
    pub fn signing(&self, now: Timestamp) -> Option<&PublicKey> {
        self.keys.iter().rev().find(|key| key.usable_from <= now).or_else(|| self.keys.first())
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
        let ring = KeyRing::new(vec![new.clone(), old.clone()]);
        assert_eq!(KeyRing::new(vec![new.clone()]).signing(day(1)), Some(&new));
        assert_eq!(ring.signing(day(90)), Some(&old));
        assert_eq!(ring.signing(day(91)), Some(&new));
        assert_eq!(ring.verifying(&old.kid, day(121)), Some(&old));
        assert_eq!(ring.verifying(&old.kid, day(122)), None);
        assert_eq!(ring.verifying(&new.kid, day(500)), Some(&new));
        assert!(KeyRing::default().is_empty());
    }
}
