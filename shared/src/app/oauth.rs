//! Signing in with an account at a provider, linking one, and what it gives access to.

mod begin;
mod come_back;
mod id_token;
mod link;
mod refusal;
mod sealed;
mod sign_in;
mod tokens;
mod unlink;

use super::proven::{MAX_TRIES, changes_again_and_again};
use crate::clock::Clock;
use crate::config::{ConfigError, ProvidersConfig};
use crate::model::Client;
use crate::problem::Problem;
use crate::provider::{ExternalUser, Provider, ProviderError, ProviderTokens, Providers};

pub use begin::{Begun, ToProvider};
pub use come_back::{CameBack, ComingBack};
pub use id_token::IdTokenGrant;
pub use refusal::{Refusal, Refused};
pub use sign_in::SignedInByProvider;
pub use tokens::SecretText;

/// What a provider has said of somebody who signs in or links an account.
#[derive(Debug)]
pub struct Visitor<'a> {
    /// The provider.
    pub provider: &'a Provider,
    /// Who it is there.
    pub user: ExternalUser,
    /// What gives access to the user's data there.
    pub tokens: ProviderTokens,
    /// Where the request came from.
    pub client: Client,
}

/// The providers of the environment, for as long as the process lives. Connects to nothing yet.
pub fn providers() -> Result<&'static Providers, ConfigError> {
    Ok(kept(ProvidersConfig::from_env()?))
}

/// The same for a function that gets no tokens from them.
pub fn providers_without_secrets() -> Result<&'static Providers, ConfigError> {
    Ok(kept(ProvidersConfig::without_secrets()?))
}

fn kept(config: ProvidersConfig) -> &'static Providers {
    Box::leak(Box::new(Providers::new(config, &Clock::System)))
}

/// The problem that a provider's failure is: 503 if it can't be reached, otherwise what `or` says. The
/// cause of the latter is logged here, since that problem has none.
fn problem(error: ProviderError, or: impl Into<Problem>) -> Problem {
    if let ProviderError::Unreachable(_) = error {
        return Problem::Unavailable(error.into());
    }
    tracing::warn!(cause = error.to_string(), "a provider did not do what it was asked for");
    or.into()
}
