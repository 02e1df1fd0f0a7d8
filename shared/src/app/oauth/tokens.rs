//! The tokens of a user's own account at a provider, and who the user is there.

use std::fmt;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde_json::Value;

use super::problem;
use crate::app::Caller;
use crate::model::ExternalAccount;
use crate::problem::{OAuthError, Problem};
use crate::provider::{ExternalUser, Provider, ProviderError, ProviderTokens};

/// A token in a response to the user whose it is. It can't be printed.
#[derive(Serialize)]
pub struct SecretText(String);

impl SecretText {
    /// The token; `None` if it is empty.
    pub fn of(secret: &SecretString) -> Option<Self> {
        let text = secret.expose_secret();
        (!text.is_empty()).then(|| Self(text.to_owned()))
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText(…)")
    }
}

/// An access token that ends within this time is replaced, as Better Auth does.
const ENDS_SOON: Duration = Duration::from_secs(5);

impl Caller {
    /// The caller's account at a provider. One round trip. [`OAuthError::AccountNotFound`] if there
    /// is none with this id.
    pub async fn external_account(&self, id: &str) -> Result<ExternalAccount, Problem> {
        let found = self.store().external_account(id).await?;
        found.ok_or_else(|| OAuthError::AccountNotFound.into())
    }

    /// The account's tokens, with an access token that has not ended. No round trip if that is so, two
    /// otherwise, and those to the provider.
    pub async fn valid_tokens(
        &self,
        provider: &Provider,
        external: ExternalAccount,
    ) -> Result<(ExternalAccount, ProviderTokens), Problem> {
        let tokens = self.app.opened(&external)?;
        let soon = self.app.clock.now().plus(ENDS_SOON);
        let ends = tokens.access_token_expires_at.is_some_and(|end| end <= soon);
        if ends && tokens.refresh_token.is_some() {
            return self
                .refresh(provider, external, &tokens, OAuthError::FailedToGetAccessToken)
                .await;
        }
        Ok((external, tokens))
    }

    /// The account's tokens, with a new access token. One round trip, and those to the provider.
    pub async fn refreshed_tokens(
        &self,
        provider: &Provider,
        external: ExternalAccount,
    ) -> Result<(ExternalAccount, ProviderTokens), Problem> {
        let tokens = self.app.opened(&external)?;
        if tokens.refresh_token.is_none() {
            return Err(OAuthError::NoRefreshToken.into());
        }
        self.refresh(provider, external, &tokens, OAuthError::FailedToRefresh).await
    }

    /// Who the user is at the provider, and all that the provider says of the user.
    pub async fn at_provider(
        &self,
        provider: &Provider,
        external: &ExternalAccount,
        tokens: &ProviderTokens,
    ) -> Result<(ExternalUser, Value), Problem> {
        if tokens.access_token.expose_secret().is_empty() {
            return Err(OAuthError::NoAccessToken.into());
        }
        let found = provider.user_info(&tokens.access_token).await;
        let found = found.map_err(|error| problem(error, OAuthError::FailedToGetUserInfo))?;
        if found.0.subject != external.subject {
            return Err(OAuthError::FailedToGetUserInfo.into());
        }
        Ok(found)
    }

    async fn refresh(
        &self,
        provider: &Provider,
        external: ExternalAccount,
        tokens: &ProviderTokens,
        failed: OAuthError,
    ) -> Result<(ExternalAccount, ProviderTokens), Problem> {
        let new = match provider.refresh(tokens).await {
            Ok(new) => new,
            Err(error) => {
                // Many providers take a refresh token once: another request may have been faster.
                let is_refused = matches!(error, ProviderError::Refused(_));
                if is_refused && let Some(newer) = self.newer_tokens(&external).await? {
                    return Ok(newer);
                }
                return Err(problem(error, failed));
            }
        };
        let renewed = self.app.with_tokens(external.clone(), &new)?;
        if self.store().renew_external_account(&external, &renewed).await? {
            return Ok((renewed, new));
        }
        self.newer_tokens(&external).await?.ok_or_else(|| OAuthError::AccountNotFound.into())
    }

    /// The tokens that another request has stored since; `None` if none has.
    async fn newer_tokens(
        &self,
        seen: &ExternalAccount,
    ) -> Result<Option<(ExternalAccount, ProviderTokens)>, Problem> {
        let stored = self.store().external_account(seen.id.as_str()).await?;
        let Some(newer) = stored.filter(|stored| stored.sealed_tokens != seen.sealed_tokens) else {
            return Ok(None);
        };
        let tokens = self.app.opened(&newer)?;
        Ok(Some((newer, tokens)))
    }
}
