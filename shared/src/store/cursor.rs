//! Cursors: where the next page of a list begins. A fingerprint binds a cursor to its user, list and
//! filter. It needs no secret, since keys are always built from the caller's own id.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::error::StoreError;
use super::keys::{INTERACTION, MESSAGE};
use crate::clock::Timestamp;
use crate::digest::sha256;
use crate::id::{InteractionId, UserId};

const VERSION: u8 = 1;
/// Bytes of the fingerprint.
const FINGERPRINT: usize = 8;
/// Maximum length of a cursor; bytes.
const MAX_BYTES: usize = 256;

/// What the positions of a list look like. A fingerprint is no secret, so a position may be made up:
/// one without the full form would reach the table as a key that it refuses.
#[derive(Debug, Clone, Copy)]
pub(super) enum Position {
    /// A prefix and the sixteen digits of an id.
    Numbered(&'static str),
    /// The time of the last activity, and the sixteen digits of an id.
    Activity,
    /// The key of an interaction.
    Interaction,
    /// A sort key of the user's own partition; or the sixteen digits of a conversation's id, a slash, and
    /// the key of a message or nothing.
    Export,
}

impl Position {
    fn has_form(self, position: &str) -> bool {
        match self {
            Self::Numbered(prefix) => position.strip_prefix(prefix).is_some_and(is_numbered),
            Self::Activity => position.split_once('#').is_some_and(|(time, id)| {
                Timestamp::parse(time).is_some_and(|at| at.to_string() == time) && is_numbered(id)
            }),
            Self::Interaction => position
                .strip_prefix(INTERACTION)
                .is_some_and(|id| id.parse::<InteractionId>().is_ok()),
            Self::Export => match position.split_once('/') {
                None => position.bytes().all(|b| b.is_ascii_graphic()) && !position.is_empty(),
                Some((id, "")) => is_numbered(id),
                Some((id, key)) => is_numbered(id) && Self::Numbered(MESSAGE).has_form(key),
            },
        }
    }
}

fn is_numbered(id: &str) -> bool {
    id.len() == 16 && id.bytes().all(|b| b.is_ascii_digit())
}

/// One list of one user, with everything that decides what is in it and in which order.
#[derive(Debug, Clone)]
pub(super) struct List<'a> {
    pub(super) user: &'a UserId,
    /// For example `messages/7`.
    pub(super) name: String,
    /// For example `user/asc`.
    pub(super) filter: String,
    pub(super) position: Position,
}

impl List<'_> {
    /// The cursor of the page that begins after `position`.
    pub(super) fn cursor(&self, position: &str) -> String {
        let bytes = [&[VERSION], position.as_bytes(), &self.fingerprint(position)].concat();
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The position after which the cursor's page begins.
    pub(super) fn position(&self, cursor: &str) -> Result<String, StoreError> {
        self.parse(cursor).ok_or(StoreError::BadCursor)
    }

    fn parse(&self, cursor: &str) -> Option<String> {
        if cursor.len() > MAX_BYTES {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (&version, rest) = bytes.split_first()?;
        let (position, fingerprint) = rest.split_last_chunk::<FINGERPRINT>()?;
        let position = std::str::from_utf8(position).ok()?;
        let ours = version == VERSION && *fingerprint == self.fingerprint(position);
        (ours && self.position.has_form(position)).then(|| position.to_owned())
    }

    fn fingerprint(&self, position: &str) -> [u8; FINGERPRINT] {
        // No part contains a NUL, so two different lists never give the same bytes.
        let text = [self.user.as_str(), &self.name, &self.filter, position].join("\0");
        let digest = sha256(&[&[VERSION], text.as_bytes()]);
        let mut fingerprint = [0; FINGERPRINT];
        fingerprint.iter_mut().zip(digest.as_ref()).for_each(|(to, from)| *to = *from);
        fingerprint
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn list<'a>(user: &'a UserId, name: &str, filter: &str) -> List<'a> {
        let position = Position::Numbered("MESSAGE#");
        List { user, name: name.to_owned(), filter: filter.to_owned(), position }
    }

    #[test]
    fn b5_a_position_has_its_full_form() {
        let id = "0198a0b1-c2d3-7e4f-8a5b-6c7d8e9f0a1b";
        let interaction = format!("INTERACTION#{id}");
        for (form, good) in [
            (Position::Numbered("CONVERSATION#"), "CONVERSATION#0000000000000001"),
            (Position::Numbered("MESSAGE#"), "MESSAGE#9999999999999999"),
            (Position::Activity, "2026-01-31T00:00:00.000Z#0000000000000007"),
            (Position::Interaction, interaction.as_str()),
        ] {
            assert!(form.has_form(good), "{good}");
            let shorter = good.get(..good.len() - 1).unwrap();
            for bad in ["0", "", ":", "z", shorter, &format!("{good}0"), &format!("0{good}")] {
                assert!(!form.has_form(bad), "{bad}");
            }
        }
        for bad in [
            "2026-01-31T00:00:00Z#0000000000000007",
            "2026-01-31T00:00:00.000+00:00#0000000000000007",
            "2026-02-31T00:00:00.000Z#0000000000000007",
            "2026-01-31T00:00:00.000Z#000000000000000x",
            "2026-01-31T00:00:00.000Z",
        ] {
            assert!(!Position::Activity.has_form(bad), "{bad}");
        }
        assert!(!Position::Interaction.has_form(&format!("INTERACTION#{}", id.to_uppercase())));
        let (conversation, message) = ("0000000000000001", "MESSAGE#0000000000000007");
        for good in ["ACCOUNT", &format!("{conversation}/"), &format!("{conversation}/{message}")] {
            assert!(Position::Export.has_form(good), "{good}");
        }
        for bad in ["", " ", "é", "/", "1/", "x/", &format!("{conversation}/x"), "/MESSAGE#"] {
            assert!(!Position::Export.has_form(bad), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn a_cursor_survives_and_is_bound(position in "MESSAGE#[0-9]{16}", conversation in 1_u64..100) {
            let (user, other) = (UserId::random(), UserId::random());
            let name = format!("messages/{conversation}");
            let cursor = list(&user, &name, "asc").cursor(&position);
            prop_assert_eq!(list(&user, &name, "asc").position(&cursor).unwrap(), position);
            prop_assert!(list(&other, &name, "asc").position(&cursor).is_err());
            prop_assert!(list(&user, &name, "desc").position(&cursor).is_err());
            prop_assert!(list(&user, "messages/100", "asc").position(&cursor).is_err());
        }

        #[test]
        fn an_edited_cursor_is_refused(position in "MESSAGE#[0-9]{16}", index in 0_usize..40, letter in "[A-Za-z0-9_-]") {
            let user = UserId::random();
            let list = list(&user, "conversations", "asc");
            let cursor = list.cursor(&position);
            let mut edited = cursor.clone();
            let index = index % edited.len();
            edited.replace_range(index..=index, &letter);
            prop_assume!(edited != cursor);
            prop_assert!(list.position(&edited).is_err());
        }

        #[test]
        fn any_text_is_refused_without_a_panic(text in "\\PC{0,300}") {
            let user = UserId::random();
            prop_assert!(list(&user, "conversations", "asc").position(&text).is_err());
        }
    }
}
