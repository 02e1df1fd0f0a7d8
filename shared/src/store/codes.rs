//! One-time codes of mails.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::StoreError;
use super::keys;
use super::kind::Kind;
use super::last_three::{self, Mailed};
use super::write::{Delete, Put, Write};
use crate::clock::Timestamp;
use crate::model::{CodePurpose, MailJob};
use crate::text::AddressHash;

/// The codes that were mailed to an address for one purpose, by the ids of the mails.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Codes {
    codes: BTreeMap<String, StoredCode>,
    /// Changes with each change of the row.
    version: u64,
}

/// What is stored of a code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct StoredCode {
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

    /// The codes after one more, which is sent with `job`. A job that is repeated replaces its own.
    pub(super) fn with(seen: Option<&Self>, sealed: String, job: &MailJob, now: Timestamp) -> Self {
        let Self { mut codes, version } = seen.cloned().unwrap_or_default();
        codes.remove(job.id.as_str());
        last_three::make_room(&mut codes, now);
        let expires_at = now.plus(CodePurpose::LIFETIME);
        codes.insert(job.id.to_string(), StoredCode { sealed, expires_at, wrong: 0 });
        Self { codes, version: version.saturating_add(1) }
    }

    /// The codes after a wrong one was compared with them.
    pub(super) fn after_wrong(&self) -> Self {
        let mut next = self.clone();
        for code in next.codes.values_mut() {
            code.wrong = code.wrong.saturating_add(1);
        }
        next.version = next.version.saturating_add(1);
        next
    }

    /// Stores them, if the row is still as it was `seen`.
    pub(super) fn write(
        &self,
        address: &AddressHash,
        purpose: CodePurpose,
        seen: Option<&Self>,
    ) -> Result<Write<Put>, StoreError> {
        let (key, seen) = (keys::codes(address, purpose), seen.map(|seen| seen.version));
        last_three::write(key, Kind::Codes, self, &self.codes, seen)
    }

    /// Uses a code: it and all others of its purpose are void. A part of a transaction, which fails
    /// here if one has been used, or a wrong one was compared, since they were read.
    pub(super) fn use_up(&self, address: &AddressHash, purpose: CodePurpose) -> Write<Delete> {
        Write::delete(&keys::codes(address, purpose)).when(last_three::is_version(self.version))
    }
}

impl Mailed for StoredCode {
    fn expires_at(&self) -> Timestamp {
        self.expires_at
    }
}
