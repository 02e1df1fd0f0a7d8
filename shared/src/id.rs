//! A type for each kind of id, so that one kind can't be used in place of another.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use uuid::{Builder, Uuid};

use crate::clock::Timestamp;
use crate::digest::{sha256, sha256_hex};
use crate::random;

/// Text that is not an id of the expected kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a valid id")]
pub struct InvalidId;

/// Maximum sequence id: 2^53 - 1, so that JavaScript reads every id exactly.
const MAX_SEQUENCE_ID: u64 = 9_007_199_254_740_991;

macro_rules! random_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String")]
        pub struct $name(String);

        impl $name {
            /// A new random id: 32 of `[A-Za-z0-9]`, 190 bits.
            pub fn random() -> Self {
                Self(random::alphanumeric::<32>())
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;

            fn try_from(text: String) -> Result<Self, InvalidId> {
                let valid = text.len() == 32 && text.bytes().all(|b| b.is_ascii_alphanumeric());
                if valid { Ok(Self(text)) } else { Err(InvalidId) }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

macro_rules! sequence_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(try_from = "u64")]
        pub struct $name(u64);

        impl $name {
            /// The number.
            pub const fn get(self) -> u64 {
                self.0
            }

            /// Whether a client means an id of ours by this text: at most nine digits. More are the
            /// client's own, such as the milliseconds of `Date.now()`.
            pub fn is_named_by(text: &str) -> bool {
                (1..=9).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
            }

            /// The id that a client means by this text, if it means one of ours.
            pub fn named_by(text: &str) -> Option<Self> {
                if Self::is_named_by(text) { text.parse().ok() } else { None }
            }
        }

        impl TryFrom<u64> for $name {
            type Error = InvalidId;

            fn try_from(number: u64) -> Result<Self, InvalidId> {
                if (1..=MAX_SEQUENCE_ID).contains(&number) { Ok(Self(number)) } else { Err(InvalidId) }
            }
        }

        /// Takes plain decimal digits only: no sign, space, exponent or leading zero.
        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let plain = text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
                if !plain {
                    return Err(InvalidId);
                }
                text.parse::<u64>().map_err(|_| InvalidId)?.try_into()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

/// The id of a personalized content interaction: a UUID of version 7 (RFC 9562), so that ids sort
/// by time.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct InteractionId(String);

impl InteractionId {
    /// The id of a time and random bytes; the same input gives the same id.
    pub fn new(at: Timestamp, bytes: &[u8; 10]) -> Self {
        let milliseconds = u64::try_from(at.milliseconds()).unwrap_or_default();
        Self(Builder::from_unix_timestamp_millis(milliseconds, bytes).into_uuid().to_string())
    }

    /// A random id of this time.
    pub fn random(at: Timestamp) -> Self {
        Self::new(at, &random::bytes())
    }

    /// The id for the reply of a user's run. Its last eight digits show whose it is, since nothing is
    /// stored under it before the reply is.
    pub fn of_run(at: Timestamp, user: &UserId, run: &RunId) -> Self {
        let mut bytes = [0; 10];
        let digest = sha256(&[run.as_str().as_bytes()]);
        bytes.iter_mut().zip(digest.as_ref()).for_each(|(to, from)| *to = *from);
        let mut text = Self::new(at, &bytes).0;
        text.truncate(Self::BEFORE_MARK);
        let mark = Self::mark(user, &text);
        Self(text + &mark)
    }

    /// Whether it was made for a run of this user.
    pub fn is_of_run_of(&self, user: &UserId) -> bool {
        let parts = self.0.split_at_checked(Self::BEFORE_MARK);
        parts.is_some_and(|(head, mark)| mark == Self::mark(user, head))
    }

    /// Where the last eight digits begin; characters.
    const BEFORE_MARK: usize = 28;

    fn mark(user: &UserId, head: &str) -> String {
        let mut digits = sha256_hex(&[user.as_str().as_bytes(), head.as_bytes()]);
        digits.truncate(8);
        digits
    }

    /// The time of the id, which its first 48 bits are.
    pub fn time(&self) -> Timestamp {
        let digits: String = self.0.chars().filter(char::is_ascii_hexdigit).take(12).collect();
        let milliseconds = i64::from_str_radix(&digits, 16).unwrap_or_default();
        Timestamp::from_milliseconds(milliseconds)
    }

    /// The id as text: 36 characters in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for InteractionId {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        let id = Uuid::try_parse(&text).map_err(|_| InvalidId)?;
        // A UUID has several spellings. Only one is valid: another would be another key.
        if id.to_string() == text { Ok(Self(text)) } else { Err(InvalidId) }
    }
}

impl FromStr for InteractionId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        Self::try_from(text.to_owned())
    }
}

random_id! {
    /// A user account's id, in Better Auth's format.
    UserId
}
random_id! {
    /// An authentication session's id. It revokes a session, but does not sign in.
    SessionId
}
random_id! {
    /// The id of one run of a turn.
    RunId
}
random_id! {
    /// The id of a mail that is to be sent.
    MailJobId
}
random_id! {
    /// The id of a user's account at a provider.
    ExternalAccountId
}
random_id! {
    /// The `state` that a browser takes to a provider and back (RFC 6749, section 4.1.1).
    StateId
}
sequence_id! {
    /// A conversation's id: counts from 1 within a user.
    ConversationId
}
sequence_id! {
    /// A message's id: counts from 1 within a conversation, in the order of reservation.
    MessageId
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_sequence_id_survives_its_text(number in 1..=MAX_SEQUENCE_ID) {
            let id = ConversationId::try_from(number).unwrap();
            prop_assert_eq!(id.to_string().parse(), Ok(id));
        }

        #[test]
        fn any_other_text_is_refused(text in "\\PC*") {
            if let Ok(id) = text.parse::<MessageId>() {
                prop_assert_eq!(id.to_string(), text);
            }
        }
    }

    #[test]
    fn odd_spellings_are_refused() {
        let odd = ["", "0", "-1", "+1", "01", " 1", "1 ", "1e3", "9007199254740992", "١"];
        for text in odd {
            assert_eq!(text.parse::<ConversationId>(), Err(InvalidId), "{text:?}");
        }
    }

    #[test]
    fn c7_an_id_of_ours_has_at_most_nine_digits() {
        for (text, id) in
            [("1", Some(1)), ("999999999", Some(999_999_999)), ("0", None), ("01", None)]
        {
            assert!(MessageId::is_named_by(text), "{text}");
            assert_eq!(MessageId::named_by(text).map(MessageId::get), id, "{text}");
        }
        for text in ["1000000000", "1732800000000", "0000000001", "", "a", "-1", "+1", "\u{661}"] {
            assert!(!ConversationId::is_named_by(text), "{text}");
            assert_eq!(ConversationId::named_by(text), None, "{text}");
        }
    }

    #[test]
    fn interaction_ids_sort_by_time_and_have_one_spelling() {
        let at = Timestamp::from_milliseconds;
        let (early, late) = (InteractionId::random(at(1)), InteractionId::random(at(2)));
        assert!(early.as_str() < late.as_str());
        assert_eq!(InteractionId::new(at(1), &[7; 10]), InteractionId::new(at(1), &[7; 10]));
        assert_eq!(InteractionId::random(at(1_800_000_000_123)).time(), at(1_800_000_000_123));
        assert_eq!(late.as_str().parse(), Ok(late.clone()));
        let others = [late.as_str().to_uppercase(), late.as_str().replace('-', ""), String::new()];
        for text in others {
            assert_eq!(text.parse::<InteractionId>(), Err(InvalidId), "{text}");
        }
    }

    #[test]
    fn c7_the_id_of_a_runs_interaction_shows_whose_it_is() {
        let (ada, eve, run) = (UserId::random(), UserId::random(), RunId::random());
        let at = Timestamp::from_milliseconds(1_800_000_000_123);
        let id = InteractionId::of_run(at, &ada, &run);
        assert_eq!((id.clone(), id.time()), (InteractionId::of_run(at, &ada, &run), at));
        assert_eq!(id.as_str().parse(), Ok(id.clone()), "it is a UUID of version 7");
        assert_eq!(id.as_str().chars().nth(14), Some('7'));
        assert!(id.is_of_run_of(&ada) && !id.is_of_run_of(&eve));
        assert_ne!(id, InteractionId::of_run(at, &ada, &RunId::random()));
        assert!(!InteractionId::random(at).is_of_run_of(&ada));
    }

    #[test]
    fn random_ids_differ_and_parse() {
        let (a, b) = (UserId::random(), UserId::random());
        assert_ne!(a, b);
        assert_eq!(UserId::try_from(a.to_string()), Ok(a));
        assert_eq!(SessionId::try_from("x".repeat(31)), Err(InvalidId));
        assert_eq!(SessionId::try_from("#".repeat(32)), Err(InvalidId));
    }
}
