//! The tokens of a provider as the table has them.

use secrecy::ExposeSecret;

use super::Visitor;
use crate::app::App;
use crate::auth::{open_tokens, seal_tokens};
use crate::id::{ExternalAccountId, UserId};
use crate::model::ExternalAccount;
use crate::problem::Problem;
use crate::provider::ProviderTokens;

impl App {
    /// The account that a visitor has at the provider, as that of a user here who has none there.
    pub(super) fn new_external(
        &self,
        visitor: &Visitor<'_>,
        user_id: &UserId,
    ) -> Result<ExternalAccount, Problem> {
        let now = self.clock.now();
        let external = ExternalAccount {
            id: ExternalAccountId::random(),
            user_id: user_id.clone(),
            provider: visitor.provider.id().clone(),
            subject: visitor.user.subject.clone(),
            sealed_tokens: String::new(),
            scopes: visitor.tokens.scopes.clone(),
            created_at: now,
            updated_at: now,
        };
        self.with_tokens(external, &visitor.tokens)
    }

    /// An account that is linked already, with the visitor's tokens. What the provider does not give
    /// again stays: some give a refresh token only once.
    pub(super) fn renewed(
        &self,
        known: &ExternalAccount,
        visitor: &Visitor<'_>,
    ) -> Result<ExternalAccount, Problem> {
        let mut tokens = visitor.tokens.clone();
        // Tokens that can't be opened any more are of no use.
        if let Ok(old) = self.opened(known) {
            if tokens.refresh_token.is_none() {
                tokens.refresh_token = old.refresh_token;
                tokens.refresh_token_expires_at = old.refresh_token_expires_at;
            }
            if tokens.access_token.expose_secret().is_empty() {
                tokens.access_token = old.access_token;
                tokens.access_token_expires_at = old.access_token_expires_at;
            }
        }
        self.with_tokens(known.clone(), &tokens)
    }

    /// The account with these tokens.
    pub(super) fn with_tokens(
        &self,
        external: ExternalAccount,
        tokens: &ProviderTokens,
    ) -> Result<ExternalAccount, Problem> {
        let secret = self.config.secrets.first();
        let secret = secret.ok_or_else(|| Problem::internal("AUTH_SECRET is not set"))?;
        let owner = ExternalAccount::owner(&external.user_id, &external.provider);
        let plain = tokens.to_secret();
        let sealed = seal_tokens(secret, &owner, plain.expose_secret());
        let sealed_tokens = sealed.map_err(Problem::internal)?;
        Ok(ExternalAccount { sealed_tokens, updated_at: self.clock.now(), ..external })
    }

    /// The tokens of an account.
    pub(super) fn opened(&self, external: &ExternalAccount) -> Result<ProviderTokens, Problem> {
        let owner = ExternalAccount::owner(&external.user_id, &external.provider);
        let opened = open_tokens(&self.config.secrets, &owner, &external.sealed_tokens);
        ProviderTokens::from_secret(&opened.map_err(Problem::internal)?)
            .ok_or_else(|| Problem::internal("the tokens of an account can't be read"))
    }
}
