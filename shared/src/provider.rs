//! Providers elsewhere that users sign in with: Google, GitHub, and any OpenID provider. Only functions that
//! talk to a provider use this module.

mod answer;
mod authorization;
mod client;
mod error;
mod external_user;
mod github;
mod grant;
mod id_token;
mod key_set;
mod keys;
mod metadata;
mod openid;
mod remembered;
#[cfg(test)]
mod tests;
mod tokens;
mod verifier;

pub use authorization::Authorization;
pub use error::ProviderError;
pub use external_user::ExternalUser;
pub use tokens::ProviderTokens;
pub use verifier::Verifier;

use secrecy::SecretString;
use serde_json::Value;

use client::{Client, in_time};
use github::GitHub;
use key_set::KeySet;
use openid::OpenId;
use remembered::Remembered;

use crate::clock::Clock;
use crate::config::{ProviderConfig, ProviderKind, ProvidersConfig};
use crate::text::ProviderId;

/// The providers that are on.
#[derive(Debug)]
pub struct Providers(Vec<Provider>);

/// A provider. Each of its operations takes at most ten seconds.
#[derive(Debug)]
pub struct Provider {
    id: ProviderId,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    OpenId(Box<OpenId>),
    GitHub(Box<GitHub>),
}

/// What a provider says after a user has come back from it.
#[derive(Debug)]
pub struct SignedInAt {
    /// Who the user is there.
    pub user: ExternalUser,
    /// What gives access to the user's data there.
    pub tokens: ProviderTokens,
}

impl Providers {
    /// The providers of this configuration. Connects to nothing yet.
    pub fn new(config: ProvidersConfig, clock: &Clock) -> Self {
        let client = Client::new(config.ca_bundle.as_deref());
        Self::with_client(config.providers, &client, clock)
    }

    fn with_client(providers: Vec<ProviderConfig>, client: &Client, clock: &Clock) -> Self {
        let providers = providers.into_iter();
        Self(providers.map(|config| Provider::new(config, client.clone(), clock.clone())).collect())
    }

    /// The provider of this name; `None` if it is not configured.
    pub fn get(&self, id: &ProviderId) -> Option<&Provider> {
        self.0.iter().find(|provider| provider.id == *id)
    }

    /// Their names, in the order in which a page shows them.
    pub fn ids(&self) -> impl Iterator<Item = &ProviderId> {
        self.0.iter().map(|provider| &provider.id)
    }
}

impl Provider {
    fn new(config: ProviderConfig, client: Client, clock: Clock) -> Self {
        let id = config.id.clone();
        let kind = match config.kind.clone() {
            ProviderKind::OpenId { issuer, parameters } => Kind::OpenId(Box::new(OpenId {
                issuer,
                parameters,
                config,
                client,
                clock,
                metadata: Remembered::nothing(),
                keys: KeySet::new(),
            })),
            ProviderKind::GitHub { site, api } => {
                Kind::GitHub(Box::new(GitHub { site, api, config, client, clock }))
            }
        };
        Self { id, kind }
    }

    /// Its name.
    pub fn id(&self) -> &ProviderId {
        &self.id
    }

    /// Whether an app may sign users in with an ID token of this provider. GitHub has none.
    pub fn has_id_tokens(&self) -> bool {
        matches!(self.kind, Kind::OpenId(_))
    }

    /// Whether an answer at our callback may be this provider's, by the `iss` that the answer has or has
    /// not (RFC 9207, section 2.4). A provider that promises the parameter must send it.
    pub async fn may_have_sent(&self, iss: Option<&str>) -> Result<bool, ProviderError> {
        match &self.kind {
            Kind::OpenId(openid) => in_time(openid.may_have_sent(iss)).await,
            Kind::GitHub(github) => Ok(github.may_have_sent(iss)),
        }
    }

    /// Where a browser goes to sign in. An OpenID provider says which page that is; it is asked once an
    /// hour.
    pub async fn authorization_url(
        &self,
        authorization: &Authorization<'_>,
    ) -> Result<String, ProviderError> {
        match &self.kind {
            Kind::OpenId(openid) => in_time(openid.authorization_url(authorization)).await,
            Kind::GitHub(github) => Ok(github.authorization_url(authorization)),
        }
    }

    /// Exchanges the code that the browser came back with, once. `verifier`, `redirect_uri` and `nonce`
    /// must be those of the authorization. `Refused` if the code is not accepted.
    pub async fn redeem(
        &self,
        code: &str,
        verifier: &Verifier,
        redirect_uri: &str,
        nonce: &str,
    ) -> Result<SignedInAt, ProviderError> {
        match &self.kind {
            Kind::OpenId(openid) => {
                in_time(openid.redeem(code, verifier, redirect_uri, nonce)).await
            }
            Kind::GitHub(github) => in_time(github.redeem(code, verifier, redirect_uri)).await,
        }
    }

    /// The user of an ID token that an app got from the provider. If a nonce is given, the token must
    /// have it. With an access token, the provider is asked for an address that the ID token lacks.
    pub async fn verify_id_token(
        &self,
        token: &str,
        nonce: Option<&str>,
        access_token: Option<&SecretString>,
    ) -> Result<ExternalUser, ProviderError> {
        match &self.kind {
            Kind::OpenId(openid) => {
                in_time(openid.verify_id_token(token, nonce, access_token)).await
            }
            Kind::GitHub(_) => Err(ProviderError::NotSupported("no ID tokens")),
        }
    }

    /// New tokens for those whose access token has ended or will soon. What the provider does not send
    /// anew is as it was in `tokens`. `Refused` if the provider takes the refresh token no more, and
    /// `NotSupported` if there is none.
    pub async fn refresh(&self, tokens: &ProviderTokens) -> Result<ProviderTokens, ProviderError> {
        let refresh_token = tokens.refresh_token.as_ref();
        let refresh_token =
            refresh_token.ok_or(ProviderError::NotSupported("given no refresh token"))?;
        let refreshed = match &self.kind {
            Kind::OpenId(openid) => in_time(openid.refresh(refresh_token, &tokens.scopes)).await?,
            Kind::GitHub(github) => in_time(github.refresh(refresh_token, &tokens.scopes)).await?,
        };
        Ok(refreshed.after(tokens))
    }

    /// The user to whom an access token belongs, and all that the provider says of that user. The caller
    /// compares the subject. `Refused` if the provider does not take the token.
    pub async fn user_info(
        &self,
        access_token: &SecretString,
    ) -> Result<(ExternalUser, Value), ProviderError> {
        match &self.kind {
            Kind::OpenId(openid) => in_time(openid.user_info(access_token)).await,
            Kind::GitHub(github) => in_time(github.user_info(access_token)).await,
        }
    }
}
