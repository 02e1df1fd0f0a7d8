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
const OUTPUT_BYTES: usize = 32;

/// Maximum cost of a hash that another program made: KiB, lanes, and KiB times passes. npm's package
/// `argon2` has these costs by default.
const MAX_MEMORY: u32 = 65_536;
const MAX_LANES: u32 = 4;
const MAX_WORK: u64 = 3 * 65_536;

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

/// A password's hash: a PHC string of argon2id, or one that Better Auth made. It can't be printed.
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
            hash: Some(hash(password, &salt, params, OUTPUT_BYTES)?),
        };
        Some(Self(phc.to_string()))
    }

    /// Takes a stored text.
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// A hash that no password has, for users who have none.
    pub fn of_nothing() -> Self {
        Self("none".to_owned())
    }

    /// The text, for the table.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether any password can have this hash: it has one of the forms that we compare with, and its
    /// parameters are not too costly.
    pub fn can_match(&self) -> bool {
        better_auth_hash::is(&self.0) || Argon2id::of(&self.0).is_some()
    }

    /// Compares a password with the hash. A hash of Better Auth's form is accepted, and one of argon2id
    /// with other parameters. Any other form, or a higher cost than our maximum, is no match, and costs
    /// the same as a comparison: hostile parameters must not choose the cost.
    pub fn verify(&self, password: &Password) -> Verdict {
        let (matches, right) = if better_auth_hash::is(&self.0) {
            (better_auth_hash::matches(&self.0, password), Verdict::Outdated)
        } else if let Some(stored) = Argon2id::of(&self.0) {
            let right = if stored.is_ours() { Verdict::Right } else { Verdict::Outdated };
            (stored.matches(password), right)
        } else {
            Self::compare_with_nobody(password);
            (None, Verdict::Wrong)
        };
        if matches == Some(true) { right } else { Verdict::Wrong }
    }

    /// Costs the same as a comparison. For an address that nobody has, so that the response time
    /// does not tell whether there is an account.
    pub fn compare_with_nobody(password: &Password) {
        let hashed = params().and_then(|params| hash(password, &[0; 16], params, OUTPUT_BYTES));
        std::hint::black_box(hashed);
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

/// A stored hash of argon2id whose cost is bounded.
struct Argon2id {
    params: Params,
    salt: Salt,
    output: Output,
}

impl Argon2id {
    fn of(text: &str) -> Option<Self> {
        let stored = Phc::new(text).ok()?;
        let number = |name: &str| stored.params.get_decimal(name);
        let (memory, passes, lanes) = (number("m")?, number("t")?, number("p")?);
        let work = u64::from(memory).saturating_mul(u64::from(passes));
        let output = stored.hash?;
        let params = Params::new(memory, passes, lanes, Some(output.len())).ok()?;
        let is_bounded = memory <= MAX_MEMORY && lanes <= MAX_LANES && work <= MAX_WORK;
        let is_known = stored.algorithm == argon2::ARGON2ID_IDENT
            && stored.version == Some(Version::V0x13.into())
            // Nothing else is among them.
            && stored.params == ParamsString::try_from(&params).ok()?;
        (is_bounded && is_known).then_some(Self { params, salt: stored.salt?, output })
    }

    fn is_ours(&self) -> bool {
        params().is_some_and(|params| params == self.params)
    }

    fn matches(self, password: &Password) -> Option<bool> {
        let computed = hash(password, self.salt.as_ref(), self.params, self.output.len())?;
        // `Output` compares in constant time.
        Some(computed == self.output)
    }
}

fn params() -> Option<Params> {
    Params::new(MEMORY, PASSES, LANES, Some(OUTPUT_BYTES)).ok()
}

/// The memory stays allocated for the next hash: to allocate 19 MiB takes a quarter to a half of the
/// time.
fn hash(password: &Password, salt: &[u8], params: Params, bytes: usize) -> Option<Output> {
    static BLOCKS: Mutex<Vec<Block>> = Mutex::new(Vec::new());

    let mut blocks = BLOCKS.lock().unwrap_or_else(PoisonError::into_inner);
    blocks.resize(params.block_count(), Block::default());
    let mut output = vec![0; bytes];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into_with_memory(password.bytes(), salt, &mut output, blocks.as_mut_slice())
        .ok()?;
    Output::new(&output).ok()
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
    fn check_34_hashes_of_other_costs_match_up_to_the_maximum() {
        let password = Password::attempt("correct horse");
        for (memory, passes, lanes, bytes) in
            [(8, 1, 1, 16), (64, 3, 4, 64), (MAX_MEMORY, 3, MAX_LANES, 32), (19_456, 10, 1, 32)]
        {
            let params = Params::new(memory, passes, lanes, Some(bytes)).unwrap();
            let phc = Phc {
                algorithm: argon2::ARGON2ID_IDENT,
                version: Some(Version::V0x13.into()),
                params: ParamsString::try_from(&params).unwrap(),
                salt: Some(Salt::new(&[7; 16]).unwrap()),
                hash: hash(&password, &[7; 16], params, bytes),
            };
            let stored = PasswordHash::stored(phc.to_string());
            assert!(stored.can_match(), "{phc}");
            assert_eq!(stored.verify(&password), Verdict::Outdated, "{phc}");
            assert_eq!(stored.verify(&Password::attempt("another one")), Verdict::Wrong, "{phc}");
        }
    }

    #[test]
    fn nothing_matches_the_hash_of_nothing() {
        let none = PasswordHash::of_nothing();
        assert!(!none.can_match());
        for text in ["", "none", "correct horse"] {
            assert_eq!(none.verify(&Password::attempt(text)), Verdict::Wrong, "{text}");
        }
    }

    #[test]
    fn foreign_and_hostile_hashes_match_nothing() {
        const TAIL: &str = "c2FsdHNhbHRzYWx0$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        let password = Password::attempt("correct horse");
        let long = "A".repeat(200);
        for text in [
            String::new(),
            "plain".to_owned(),
            format!("$argon2id$v=19$m=65537,t=2,p=1${TAIL}"),
            format!("$argon2id$v=19$m=4194304,t=2,p=1${TAIL}"),
            format!("$argon2id$v=19$m=65536,t=4,p=1${TAIL}"),
            format!("$argon2id$v=19$m=19456,t=4294967295,p=1${TAIL}"),
            format!("$argon2id$v=19$m=19456,t=2,p=5${TAIL}"),
            format!("$argon2id$v=19$m=19456,t=2,p=16777215${TAIL}"),
            format!("$argon2id$v=19$m=4294967295,t=4294967295,p=1${TAIL}"),
            format!("$argon2id$v=19$m=7,t=1,p=1${TAIL}"),
            format!("$argon2id$v=19$m=19456,t=0,p=1${TAIL}"),
            format!("$argon2id$v=19$m=19456,t=2,p=1,keyid=AAAA${TAIL}"),
            format!("$argon2id$v=19$m=19456,t=2,p=1,data=AAAA${TAIL}"),
            format!("$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0${long}"),
            format!("$argon2id$v=16$m=19456,t=2,p=1${TAIL}"),
            format!("$argon2i$v=19$m=19456,t=2,p=1${TAIL}"),
            format!("$scrypt$ln=30,r=8,p=1${TAIL}"),
            "$2b$10$abcdefghijklmnopqrstuuTrVbZ2Gq9QeFvHVJeGkTKxvJQ1wXyZe".to_owned(),
        ] {
            let hash = PasswordHash::stored(text);
            assert!(!hash.can_match(), "{}", hash.as_str());
            assert_eq!(hash.verify(&password), Verdict::Wrong, "{}", hash.as_str());
        }
    }
}
