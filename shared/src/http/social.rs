//! The body of the two routes that lead to a provider.

use secrecy::SecretString;
use serde::Deserialize;

use super::Request;
use super::better_auth::present;
use crate::app::{App, IdTokenGrant, ToProvider};
use crate::problem::{OAuthError, Problem};
use crate::provider::{Provider, Providers};
use crate::text::ProviderId;

/// Maximum scopes, and characters of each.
const MAX_SCOPES: usize = 50;
const MAX_SCOPE: usize = 256;
/// Maximum characters of a hint: those of an address.
const MAX_HINT: usize = 320;

/// A request to sign in with a provider, or to link an account there.
#[derive(Debug)]
pub struct Social<'a> {
    /// The provider.
    pub provider: &'a Provider,
    /// What an app got from the provider by itself; then no browser is sent there.
    pub id_token: Option<IdTokenGrant>,
    /// What a browser is sent there for.
    pub to_provider: ToProvider,
    /// Whether the client only wants to be told where.
    pub is_only_told: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    provider: String,
    #[serde(rename = "callbackURL", default, deserialize_with = "present")]
    callback_url: Option<String>,
    #[serde(rename = "newUserCallbackURL", default, deserialize_with = "present")]
    new_user_callback_url: Option<String>,
    #[serde(rename = "errorCallbackURL", default, deserialize_with = "present")]
    error_callback_url: Option<String>,
    #[serde(default, deserialize_with = "present")]
    disable_redirect: Option<bool>,
    #[serde(default, deserialize_with = "present")]
    scopes: Option<Vec<String>>,
    #[serde(default, deserialize_with = "present")]
    login_hint: Option<String>,
    #[serde(default, deserialize_with = "present")]
    id_token: Option<IdToken>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct IdToken {
    token: String,
    #[serde(default, deserialize_with = "present")]
    nonce: Option<String>,
    #[serde(default, deserialize_with = "present")]
    access_token: Option<String>,
    #[serde(default, deserialize_with = "present")]
    refresh_token: Option<String>,
}

impl Request {
    /// The body. [`OAuthError::ProviderNotFound`] if the provider is not configured, 403 unless each
    /// page is a path of this site or a trusted page.
    pub fn social<'a>(&self, app: &App, providers: &'a Providers) -> Result<Social<'a>, Problem> {
        let body: Body = self.better_auth_json()?;
        let id: Option<ProviderId> = body.provider.parse().ok();
        let provider = id.and_then(|id| providers.get(&id));
        let provider = provider.ok_or(OAuthError::ProviderNotFound)?;
        let scopes = body.scopes.unwrap_or_default();
        if scopes.len() > MAX_SCOPES || !scopes.iter().all(|scope| is_scope(scope)) {
            return Err(invalid("/scopes", "must be at most 50 scopes of a provider"));
        }
        let has_long_hint =
            body.login_hint.as_ref().is_some_and(|hint| hint.chars().count() > MAX_HINT);
        if has_long_hint {
            return Err(invalid("/loginHint", "must have at most 320 characters"));
        }
        let pages = self.next_pages(
            app,
            body.callback_url,
            body.new_user_callback_url,
            body.error_callback_url,
        )?;
        let origin = self.public_origin(app)?;
        let login_hint = body.login_hint;
        Ok(Social {
            provider,
            id_token: body.id_token.map(IdToken::grant),
            to_provider: ToProvider { origin, pages, link_to: None, scopes, login_hint },
            is_only_told: body.disable_redirect.unwrap_or_default(),
        })
    }
}

impl IdToken {
    fn grant(self) -> IdTokenGrant {
        let secret = |text: Option<String>| text.map(SecretString::from);
        IdTokenGrant {
            token: self.token.into(),
            nonce: self.nonce,
            access_token: secret(self.access_token),
            refresh_token: secret(self.refresh_token),
        }
    }
}

/// RFC 6749, section 3.3.
fn is_scope(text: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_graphic() && b != b'"' && b != b'\\';
    (1..=MAX_SCOPE).contains(&text.len()) && text.bytes().all(allowed)
}

fn invalid(pointer: &str, rule: &str) -> Problem {
    let detail = format!("Invalid input: {rule}");
    Problem::InvalidBetterAuthField { pointer: pointer.to_owned(), detail }
}
