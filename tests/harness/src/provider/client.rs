//! The one client that the provider knows, and how it shows who it is.

use super::parameters::Parameters;
use super::random;
use crate::http::{HeaderMap, header, lock};
use anyhow::Result;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::sync::Mutex;

/// A client of both providers.
pub(crate) struct Client {
    pub(super) id: String,
    pub(crate) secret: String,
    redirect_uris: Mutex<Vec<String>>,
}

impl Client {
    pub(super) fn new() -> Result<Self> {
        let secret = random::text()?;
        Ok(Self { id: "tessera-test".to_owned(), secret, redirect_uris: Mutex::default() })
    }

    pub(crate) fn add_redirect_uri(&self, uri: &str) {
        lock(&self.redirect_uris).push(uri.to_owned());
    }

    /// Why the browser can't be sent back: another client, or an address that is not registered.
    pub(super) fn mistake(&self, query: &Parameters) -> Option<&'static str> {
        if query.get("client_id") != Some(&self.id) {
            return Some("No client has this client_id.");
        }
        let wanted = query.text("redirect_uri");
        let is_registered = lock(&self.redirect_uris).iter().any(|uri| uri == wanted);
        (!is_registered).then_some("The client has not registered this redirect_uri.")
    }

    /// Whether a request for tokens is the client's: by `client_secret_basic` or `client_secret_post`
    /// (OpenID Connect Core, section 9), one of them. A public client has no secret and sends none.
    pub(super) fn is_shown(&self, headers: &HeaderMap, form: &Parameters, is_public: bool) -> bool {
        let (id, secret) = (form.get("client_id"), form.get("client_secret"));
        let own_id = id == Some(&self.id);
        if let Some(basic) = headers.get(header::AUTHORIZATION) {
            let agrees = id.is_none() || own_id;
            let wanted =
                format!("Basic {}", STANDARD.encode(format!("{}:{}", self.id, self.secret)));
            return !is_public && secret.is_none() && agrees && *basic == wanted;
        }
        let wanted = (!is_public).then_some(self.secret.as_str());
        own_id && secret == wanted
    }
}
