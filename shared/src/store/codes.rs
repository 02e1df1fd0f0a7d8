//! One-time codes of mails.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::StoreError;
use super::item;
use super::keys;
use super::last_three::is_version;
use super::write::{Delete, Update, Write};
use crate::clock::Timestamp;
use crate::model::CodePurpose;
use crate::text::AddressHash;

/// The codes that were mailed to an address for one purpose, by the ids of the mails.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Codes {
    codes: BTreeMap<String, StoredCode>,
    /// Changes with each change of the row.
    version: u64,
}

/// What is stored of a code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct StoredCode {
    /// Its HMAC.
    sealed: String,
    expires_at: Timestamp,
    /// How many wrong codes it was compared with.
    wrong: u8,
}

/// What a comparison with the stored codes says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeVerdict {
    /// It is one of them.
    Right,
    /// It is none of them.
    Wrong,
    /// All of them have expired.
    Expired,
    /// All that have not expired were compared with too many wrong ones.
    TooManyWrong,
}

impl Codes {
    /// Compares a code with those that are valid at `now`. `is` gets the HMAC of one of them and the id
    /// of its mail.
    pub fn compare(&self, now: Timestamp, is: impl Fn(&str, &str) -> bool) -> CodeVerdict {
        let mut live = self.codes.iter().filter(|(_, code)| code.expires_at > now).peekable();
        if live.peek().is_none() {
            let none = self.codes.is_empty();
            return if none { CodeVerdict::Wrong } else { CodeVerdict::Expired };
        }
        let mut open = live.filter(|(_, code)| code.wrong < CodePurpose::MAX_WRONG).peekable();
        if open.peek().is_none() {
            return CodeVerdict::TooManyWrong;
        }
        // All are compared, so that the time does not tell which one it is.
        let right = open.fold(false, |right, (mail, code)| is(&code.sealed, mail) | right);
        if right { CodeVerdict::Right } else { CodeVerdict::Wrong }
    }

    /// Whether none was mailed.
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// The codes after a wrong one was compared with them.
    fn after_wrong(&self) -> Self {
        let mut next = self.clone();
        for code in next.codes.values_mut() {
            code.wrong = code.wrong.saturating_add(1);
        }
        next.version = next.version.saturating_add(1);
        next
    }

    /// Stores that a wrong code was compared with them, if the row is still as it was read.
    pub(super) fn count_wrong(
        &self,
        address: &AddressHash,
        purpose: CodePurpose,
    ) -> Result<Write<Update>, StoreError> {
        let next = self.after_wrong();
        Ok(Write::update(&keys::codes(address, purpose))
            .set("codes", item::value(next.codes)?)
            .set("version", item::n(next.version))
            .when(is_version(self.version)))
    }

    /// Uses a code: it and all others of its purpose are void. A part of a transaction, which fails
    /// here if one has been used, or a wrong one was compared, since they were read.
    pub(super) fn use_up(&self, address: &AddressHash, purpose: CodePurpose) -> Write<Delete> {
        Write::delete(&keys::codes(address, purpose)).when(is_version(self.version))
    }
}

impl StoredCode {
    /// A new code.
    pub(super) fn new(sealed: &str, expires_at: Timestamp) -> Self {
        Self { sealed: sealed.to_owned(), expires_at, wrong: 0 }
    }
}
