//! What users have allowed: codes, and the tokens that clients got for them.

use super::person::Person;
use super::random;
use crate::http::lock;
use anyhow::Result;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use std::collections::HashMap;
use std::sync::Mutex;

/// Which of the two providers a code or a token is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    OpenId,
    GitHub,
}

/// What a user has allowed.
#[derive(Debug, Clone)]
pub(super) struct Grant {
    pub kind: Kind,
    pub person: Person,
    /// Separated by spaces.
    pub scopes: String,
}

/// What a code is bound to.
pub(super) struct Code {
    pub grant: Grant,
    pub redirect_uri: String,
    pub nonce: Option<String>,
    /// The `code_challenge` of RFC 7636 by S256; GitHub requires none.
    pub challenge: Option<String>,
}

/// Codes and tokens that are valid. They stay until they are used; nothing ends them by time.
#[derive(Default)]
pub(super) struct Grants {
    codes: Mutex<HashMap<String, Code>>,
    access: Mutex<HashMap<String, Grant>>,
    refresh: Mutex<HashMap<String, Grant>>,
}

impl Code {
    /// Whether the client of this request is the one that the code was made for. Without a challenge,
    /// any verifier is right.
    pub(super) fn is_for(&self, kind: Kind, redirect_uri: &str, verifier: &str) -> bool {
        let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()));
        let verified = self.challenge.as_ref().is_none_or(|wanted| *wanted == challenge);
        self.grant.kind == kind && self.redirect_uri == redirect_uri && verified
    }
}

impl Grants {
    pub(super) fn add_code(&self, code: Code) -> Result<String> {
        add(&self.codes, "", code)
    }

    /// The code, which nobody gets a second time.
    pub(super) fn take_code(&self, code: &str) -> Option<Code> {
        lock(&self.codes).remove(code)
    }

    pub(super) fn add_access(&self, prefix: &str, grant: Grant) -> Result<String> {
        add(&self.access, prefix, grant)
    }

    /// What the bearer of this token may see.
    pub(super) fn access(&self, token: &str, kind: Kind) -> Option<Grant> {
        lock(&self.access).get(token).filter(|grant| grant.kind == kind).cloned()
    }

    pub(super) fn add_refresh(&self, prefix: &str, grant: Grant) -> Result<String> {
        add(&self.refresh, prefix, grant)
    }

    /// What a refresh token stands for. It is not valid any more: each use leads to another one.
    pub(super) fn take_refresh(&self, token: &str, kind: Kind) -> Option<Grant> {
        lock(&self.refresh).remove(token).filter(|grant| grant.kind == kind)
    }
}

fn add<T>(all: &Mutex<HashMap<String, T>>, prefix: &str, value: T) -> Result<String> {
    let text = format!("{prefix}{}", random::text()?);
    lock(all).insert(text.clone(), value);
    Ok(text)
}
