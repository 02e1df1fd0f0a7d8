//! Cursors: where the next page of a list begins. A fingerprint binds a cursor to its user, list and
//! filter. It needs no secret, since keys are always built from the caller's own id.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::error::StoreError;
use crate::digest::sha256;
use crate::id::UserId;

const VERSION: u8 = 1;
/// Bytes of the fingerprint.
const FINGERPRINT: usize = 8;
/// Maximum length of a cursor; bytes.
const MAX_BYTES: usize = 256;

/// One list of one user, with everything that decides what is in it and in which order.
#[derive(Debug, Clone)]
pub(super) struct List<'a> {
    pub(super) user: &'a UserId,
    /// For example `messages/7`.
    pub(super) name: String,
    /// For example `user/asc`.
    pub(super) filter: String,
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
        ours.then(|| position.to_owned())
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
        List { user, name: name.to_owned(), filter: filter.to_owned() }
    }

    proptest! {
        #[test]
        fn a_cursor_survives_and_is_bound(position in "[ -~]{1,60}", conversation in 1_u64..100) {
            let (user, other) = (UserId::random(), UserId::random());
            let name = format!("messages/{conversation}");
            let cursor = list(&user, &name, "asc").cursor(&position);
            prop_assert_eq!(list(&user, &name, "asc").position(&cursor).unwrap(), position);
            prop_assert!(list(&other, &name, "asc").position(&cursor).is_err());
            prop_assert!(list(&user, &name, "desc").position(&cursor).is_err());
            prop_assert!(list(&user, "messages/100", "asc").position(&cursor).is_err());
        }

        #[test]
        fn an_edited_cursor_is_refused(position in "[0-9]{1,16}", index in 0_usize..40, letter in "[A-Za-z0-9_-]") {
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
