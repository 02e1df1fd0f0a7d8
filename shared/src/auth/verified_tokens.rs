use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use ring::digest::Digest;

use super::key_ring::KeyRing;
use super::token::{Issuer, SessionToken, SignedIn, TokenError, VerifiedToken};
use crate::clock::Timestamp;

/// Maximum tokens that an instance remembers.
const MAX_TOKENS: usize = 64;

/// The tokens whose signature this instance has verified, by their SHA-256, the last used one first.
///
/// A signature never changes, and verifying it costs more than a third of a warm read. Everything
/// else about a token is checked each time.
#[derive(Debug, Default)]
pub struct VerifiedTokens(Mutex<VecDeque<(Digest, VerifiedToken)>>);

impl VerifiedTokens {
    /// Verifies a token as [`SessionToken::verify`] does, but its signature only once.
    pub fn verify(
        &self,
        token: &SessionToken,
        ring: &KeyRing,
        issuer: &Issuer,
        now: Timestamp,
    ) -> Result<SignedIn, TokenError> {
        let hash = token.hash()?;
        if let Some(outcome) = self.find(&hash, |verified| verified.check(ring, issuer, now)) {
            return outcome;
        }
        let verified = token.verify_signature(ring, now)?;
        let signed_in = verified.check(ring, issuer, now)?;
        self.remember(hash, verified);
        Ok(signed_in)
    }

    /// Uses the token of this hash, which becomes the last used one.
    fn find<T>(&self, hash: &Digest, use_token: impl FnOnce(&VerifiedToken) -> T) -> Option<T> {
        let mut tokens = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let position = tokens.iter().position(|(known, _)| known.as_ref() == hash.as_ref())?;
        let found = tokens.remove(position)?;
        let outcome = use_token(&found.1);
        tokens.push_front(found);
        Some(outcome)
    }

    /// Remembers a token in place of the one that was not used for the longest time.
    fn remember(&self, hash: Digest, verified: VerifiedToken) {
        let mut tokens = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A concurrent call may have verified the same token.
        if tokens.iter().all(|(known, _)| known.as_ref() != hash.as_ref()) {
            tokens.truncate(MAX_TOKENS - 1);
            tokens.push_front((hash, verified));
        }
    }
}

#[cfg(test)]
mod tests;
