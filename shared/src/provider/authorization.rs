use std::borrow::Cow;

use form_urlencoded::Serializer;

use super::Verifier;
use crate::config::ProviderConfig;

/// What a browser takes along to a provider (RFC 6749, section 4.1.1).
#[derive(Debug, Clone, Copy)]
pub struct Authorization<'a> {
    /// What binds the answer to this browser and this request; the provider returns it.
    pub state: &'a str,
    /// What binds the ID token to this request; providers without ID tokens do not get it.
    pub nonce: &'a str,
    /// Whose challenge is sent.
    pub verifier: &'a Verifier,
    /// Our callback, exactly as it is registered at the provider.
    pub redirect_uri: &'a str,
    /// Scopes besides those of the configuration.
    pub scopes: &'a [String],
    /// The address or name of the user, for the form of the provider.
    pub login_hint: Option<&'a str>,
}

/// A parameter of a query.
type Parameter<'a> = (&'a str, Cow<'a, str>);

impl Authorization<'_> {
    /// The URL of a provider's page for this authorization. `more` are parameters that only this provider
    /// gets.
    pub(super) fn url(&self, page: &str, config: &ProviderConfig, more: &[(&str, &str)]) -> String {
        let parameters: [Parameter<'_>; 7] = [
            ("response_type", "code".into()),
            ("client_id", config.client_id.as_str().into()),
            ("redirect_uri", self.redirect_uri.into()),
            ("scope", self.scope(config).into()),
            ("state", self.state.into()),
            ("code_challenge", self.verifier.challenge().into()),
            ("code_challenge_method", "S256".into()),
        ];
        let mut url = page.to_owned();
        url.push(if url.contains('?') { '&' } else { '?' });
        let query = url.len();
        Serializer::for_suffix(url, query).extend_pairs(parameters).extend_pairs(more).finish()
    }

    /// The configured scopes and those of this request, each once.
    fn scope(&self, config: &ProviderConfig) -> String {
        let mut scopes: Vec<&str> = Vec::new();
        for scope in config.scopes.iter().chain(self.scopes) {
            if !scopes.contains(&scope.as_str()) {
                scopes.push(scope);
            }
        }
        scopes.join(" ")
    }
}
