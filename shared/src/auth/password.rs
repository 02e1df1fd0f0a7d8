use std::fmt;
use std::sync::{Mutex, PoisonError};

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash as Phc, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};

use super::better_auth_hash;
use crate::random;
use crate::text::Password;

/// Memory in KiB, passes and lanes of argon2id: OWASP's Password Storage Cheat Sheet.
const MEMORY: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// How a password compares with a stored hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is another password.
    Wrong,
    /// It is the password.
    Right,
    /// It is the password, but the hash does not have our form and must be replaced.
    Outdated,
}

/// A password's argon2id hash as a PHC string. It can't be printed.
#[derive(Clone)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Hashes a password with a new random salt of 16 bytes; costs about 20 ms of a full core.
    /// `None` only if argon2 refuses its own parameters.
    pub fn of(password: &Password) -> Option<Self> {
        let salt: [u8; 16] = random::bytes();
        let params = params()?;
        let phc = Phc {
            algorithm: argon2::ARGON2ID_IDENT,
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(&params).ok()?,
            salt: Some(Salt::new(&salt).ok()?),
            hash: Some(Output::new(&hash(password, &salt, params)?).ok()?),
        };
        Some(Self(phc.to_string()))
    }

    /// Takes a stored PHC string.
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// The PHC string, for the table.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Compares a password with the hash. The cost is always that of a hash. A hash of Better Auth's
    /// form is accepted too. Any other form, or other parameters than ours, is no match: we never
    /// wrote it, and hostile parameters must not choose the cost.
    pub fn verify(&self, password: &Password) -> Verdict {
        let (matches, right) = if better_auth_hash::is(&self.0) {
            (better_auth_hash::matches(&self.0, password), Verdict::Outdated)
        } else {
            let matches = self.compare(password);
            if matches.is_none() {
                Self::compare_with_nobody(password);
            }
            (matches, Verdict::Right)
        };
        if matches == Some(true) { right } else { Verdict::Wrong }
    }

    /// Costs the same as a comparison. For an address that nobody has, so that the response time
    /// does not tell whether there is an account.
    pub fn compare_with_nobody(password: &Password) {
        let hashed = params().and_then(|params| hash(password, &[0; 16], params));
        std::hint::black_box(hashed);
    }

    fn compare(&self, password: &Password) -> Option<bool> {
        let stored = Phc::new(&self.0).ok()?;
        let params = params()?;
        let ours = stored.algorithm == argon2::ARGON2ID_IDENT
            && stored.version == Some(Version::V0x13.into())
            && stored.params == ParamsString::try_from(&params).ok()?;
        if !ours {
            return None;
        }
        let hashed = hash(password, stored.salt?.as_ref(), params)?;
        // `Output` compares in constant time.
        Some(stored.hash? == Output::new(&hashed).ok()?)
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

fn params() -> Option<Params> {
    Params::new(MEMORY, PASSES, LANES, Some(32)).ok()
}

/// The memory stays allocated for the next hash: to allocate 19 MiB takes a quarter to a half of the
/// time.
fn hash(password: &Password, salt: &[u8], params: Params) -> Option<[u8; 32]> {
    static BLOCKS: Mutex<Vec<Block>> = Mutex::new(Vec::new());

    let mut blocks = BLOCKS.lock().unwrap_or_else(PoisonError::into_inner);
    blocks.resize(params.block_count(), Block::default());
    let mut output = [0; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into_with_memory(password.bytes(), salt, &mut output, blocks.as_mut_slice())
        .ok()?;
    Some(output)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_23_a_stored_hash_is_argon2id_with_a_salt_of_its_own() {
        let password = Password::attempt("correct horse");
        let (a, b) = (PasswordHash::of(&password).unwrap(), PasswordHash::of(&password).unwrap());
        assert!(a.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", a.as_str());
        assert_ne!(a.as_str(), b.as_str());
        assert_eq!((a.verify(&password), b.verify(&password)), (Verdict::Right, Verdict::Right));
        assert_eq!(a.verify(&Password::attempt("correct horse ")), Verdict::Wrong);
    }

    #[test]
    fn check_24_25_every_byte_matters_and_forms_of_a_letter_do_not() {
        let long = "x".repeat(72);
        let hash = PasswordHash::of(&Password::attempt(&format!("{long}a"))).unwrap();
        assert_eq!(hash.verify(&Password::attempt(&format!("{long}b"))), Verdict::Wrong);
        let hash = PasswordHash::of(&Password::attempt("caf\u{e9} au lait")).unwrap();
        assert_eq!(hash.verify(&Password::attempt("cafe\u{301} au lait")), Verdict::Right);
        let hash = PasswordHash::of(&Password::attempt("\u{fb01}nish it")).unwrap();
        assert_eq!(hash.verify(&Password::attempt("finish it")), Verdict::Wrong);
        let hash = PasswordHash::of(&Password::attempt("nul\0matters")).unwrap();
        assert_eq!(hash.verify(&Password::attempt("nul\0Matters")), Verdict::Wrong);
    }

    #[test]
    fn foreign_and_hostile_hashes_match_nothing() {
        let password = Password::attempt("correct horse");
        for text in [
            "",
            "plain",
            "$argon2id$v=19$m=4194304,t=2,p=1$c2FsdHNhbHRzYWx0$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "$argon2i$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        ] {
            let hash = PasswordHash::stored(text.to_owned());
            assert_eq!(hash.verify(&password), Verdict::Wrong, "{text}");
        }
    }
}
