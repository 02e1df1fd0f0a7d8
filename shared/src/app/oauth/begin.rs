use super::problem;
use crate::app::App;
use crate::id::StateId;
use crate::model::{LinkTo, NextPages, OAuthState};
use crate::problem::Problem;
use crate::provider::{Authorization, Provider, Verifier};
use crate::random;
use crate::text::Origin;

/// What a browser is sent to a provider for.
#[derive(Debug)]
pub struct ToProvider {
    /// The origin of this API.
    pub origin: Origin,
    /// The pages that follow.
    pub pages: NextPages,
    /// The session of the user to whom the account is to belong, if it is to be linked.
    pub link_to: Option<LinkTo>,
    /// Scopes besides those of the configuration.
    pub scopes: Vec<String>,
    /// The address or name of the user, for the form of the provider.
    pub login_hint: Option<String>,
}

/// A sign-in at a provider that has begun.
#[derive(Debug)]
pub struct Begun {
    /// The page of the provider.
    pub url: String,
    /// What the browser must bring back, in a cookie as well.
    pub state: StateId,
}

impl App {
    /// Begins a sign-in at a provider. One round trip, and one to an OpenID provider that this instance
    /// does not know yet. [`Problem::Unavailable`] if that can't be reached.
    pub async fn begin_oauth(
        &self,
        provider: &Provider,
        request: ToProvider,
    ) -> Result<Begun, Problem> {
        let (state, verifier) = (StateId::random(), Verifier::random());
        let nonce = random::alphanumeric::<32>();
        let redirect_uri = format!("{}/api/auth/callback/{}", request.origin, provider.id());
        let authorization = Authorization {
            state: state.as_str(),
            nonce: &nonce,
            verifier: &verifier,
            redirect_uri: &redirect_uri,
            scopes: &request.scopes,
            login_hint: request.login_hint.as_deref(),
        };
        let url = provider.authorization_url(&authorization).await;
        let url = url.map_err(|error| problem(error, Problem::internal("no page to sign in")))?;
        let begun = OAuthState {
            provider: provider.id().clone(),
            verifier: verifier.expose().to_owned(),
            nonce,
            redirect_uri,
            pages: request.pages,
            link_to: request.link_to,
            created_at: self.clock.now(),
        };
        self.store.oauth().begin(&state, &begun).await?;
        Ok(Begun { url, state })
    }
}
