use secrecy::{ExposeSecret, SecretString};

use super::{Visitor, problem};
use crate::app::App;
use crate::model::Client;
use crate::problem::{OAuthError, Problem};
use crate::provider::{Provider, ProviderTokens};

/// What an app got from a provider by itself, without a page of ours.
#[derive(Debug)]
pub struct IdTokenGrant {
    /// The ID token.
    pub token: SecretString,
    /// What the token must have, if the app asked for one with a nonce.
    pub nonce: Option<String>,
    /// The access token, if the app passes it on.
    pub access_token: Option<SecretString>,
    /// The refresh token, if the app passes it on.
    pub refresh_token: Option<SecretString>,
}

impl App {
    /// Who an ID token is about. [`OAuthError::InvalidIdToken`] if the provider did not make it for
    /// us.
    pub async fn visitor_of<'a>(
        &self,
        provider: &'a Provider,
        grant: IdTokenGrant,
        client: Client,
    ) -> Result<Visitor<'a>, Problem> {
        if !provider.has_id_tokens() {
            return Err(OAuthError::IdTokenNotSupported.into());
        }
        let IdTokenGrant { token, nonce, access_token, refresh_token } = grant;
        let (text, nonce) = (token.expose_secret(), nonce.as_deref());
        let user = provider.verify_id_token(text, nonce, access_token.as_ref()).await;
        let user = user.map_err(|error| problem(error, OAuthError::InvalidIdToken))?;
        let tokens = ProviderTokens {
            access_token: access_token.unwrap_or_default(),
            refresh_token,
            id_token: Some(token),
            access_token_expires_at: None,
            refresh_token_expires_at: None,
            scopes: Vec::new(),
        };
        Ok(Visitor { provider, user, tokens, client })
    }
}
