//! A stack whose users sign in with a provider of the tests.

use super::StackBuilder;
use crate::provider::TestProvider;
use std::net::SocketAddr;

/// The id of the OpenID provider in tests; the other two are stand-ins.
pub const TEST_PROVIDER: &str = "test";

impl StackBuilder {
    /// Offers this provider as `test`, `google` and `github`, and registers the callbacks of the
    /// stack's own address and of `PublicUrl` there.
    #[must_use]
    pub fn provider(mut self, provider: &TestProvider) -> Self {
        let (id, url) = (provider.client_id(), provider.url());
        let client = provider.client();
        for (name, value) in [
            ("GoogleClientId", id),
            ("GoogleClientSecret", provider.client_secret()),
            ("GithubClientId", id),
            ("GithubClientSecret", &client.secret),
            ("OidcProviderId", TEST_PROVIDER),
            ("OidcIssuer", url),
            ("OidcClientId", id),
            ("OidcClientSecret", provider.client_secret()),
        ] {
            self = self.parameter(name, value);
        }
        self = self.env("GOOGLE_ISSUER", url).env("GITHUB_URL", url);
        if let Some(file) = provider.ca_bundle() {
            self = self.env("PROVIDER_CA_BUNDLE", &file.display().to_string());
        }
        self.provider_client = Some(client);
        self
    }

    /// Registers the callbacks of a stack whose gateway listens here.
    pub(super) fn register_callbacks(&self, gateway: SocketAddr) {
        let Some(client) = &self.provider_client else { return };
        let own = format!("http://{gateway}");
        let local = format!("http://localhost:{}", gateway.port());
        let public = self.parameters.get("PublicUrl").cloned();
        // What the functions believe, if nothing else is said.
        let believed = format!("https://{}", gateway.ip());
        for origin in [Some(own), Some(local), Some(believed), public].into_iter().flatten() {
            for id in [TEST_PROVIDER, "google", "github"] {
                client.add_redirect_uri(&format!("{origin}/api/auth/callback/{id}"));
            }
        }
    }
}
