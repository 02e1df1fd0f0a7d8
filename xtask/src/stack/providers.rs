//! Whom the users of the local stack sign in with, beside a password.

use anyhow::Result;
use harness::provider::TestProvider;
use std::collections::BTreeMap;

/// The id of the provider that is in this process: the page has a button "Continue with dev".
pub const DEV: &str = "dev";

/// Says whether the functions have an OpenID provider, and which client they are there.
const OIDC_CLIENT_ID: &str = "OIDC_CLIENT_ID";

/// Says how an OpenID provider is called here.
const OIDC_PROVIDER_ID: &str = "OIDC_PROVIDER_ID";

/// Settings of real providers, after the one without which the others count for nothing.
const OF_PROVIDERS: [(&str, &[&str]); 3] = [
    ("GOOGLE_CLIENT_ID", &["GOOGLE_CLIENT_SECRET"]),
    ("GITHUB_CLIENT_ID", &["GITHUB_CLIENT_SECRET"]),
    (OIDC_CLIENT_ID, &[OIDC_PROVIDER_ID, "OIDC_ISSUER", "OIDC_CLIENT_SECRET", "OIDC_SCOPES"]),
];

/// The providers that our own environment names.
pub fn chosen(variable: impl Fn(&str) -> Option<String>) -> BTreeMap<String, String> {
    let of_group = |(id, others): (&'static str, &'static [&'static str])| {
        let is_chosen = variable(id).is_some_and(|id| !id.is_empty());
        [id].into_iter().chain(others.iter().copied()).filter(move |_| is_chosen)
    };
    let wanted = OF_PROVIDERS.into_iter().flat_map(of_group);
    wanted.filter_map(|name| Some((name.to_owned(), variable(name)?))).collect()
}

/// The ids of the providers that the functions have with these variables, for the buttons of the page.
pub fn ids(variables: &BTreeMap<String, String>) -> Vec<String> {
    let known = [("GOOGLE_CLIENT_ID", "google"), ("GITHUB_CLIENT_ID", "github")];
    let chosen = known.into_iter().filter(|(variable, _)| variables.contains_key(*variable));
    let openid = if variables.contains_key(OIDC_CLIENT_ID) {
        variables.get(OIDC_PROVIDER_ID).map(String::as_str)
    } else {
        Some(DEV)
    };
    chosen.map(|(_, id)| id).chain(openid).map(str::to_owned).collect()
}

/// Starts the provider of this process and adds it to the functions' variables; none if they have an
/// OpenID provider already. It redirects to the callback of the API at `public_url` only.
pub async fn start(
    public_url: &str,
    variables: &mut BTreeMap<String, String>,
) -> Result<Option<TestProvider>> {
    if variables.contains_key(OIDC_CLIENT_ID) {
        return Ok(None);
    }
    let provider = TestProvider::start().await?;
    provider.add_redirect_uri(&format!("{public_url}/api/auth/callback/{DEV}"));
    let own = [
        (OIDC_PROVIDER_ID, DEV),
        ("OIDC_ISSUER", provider.url()),
        (OIDC_CLIENT_ID, provider.client_id()),
        ("OIDC_CLIENT_SECRET", provider.client_secret()),
        ("OIDC_SCOPES", "openid email profile"),
    ];
    variables.extend(own.map(|(name, value)| (name.to_owned(), value.to_owned())));
    Ok(Some(provider))
}

#[cfg(test)]
mod tests {
    use super::*;
    use harness::http::Client;

    #[tokio::test]
    async fn a_newcomer_may_be_anyone_at_the_provider_dev_and_its_page_says_so() {
        let mut variables = BTreeMap::new();
        let provider = start("http://localhost:9000", &mut variables).await.unwrap().unwrap();
        assert_eq!(variables["OIDC_PROVIDER_ID"], "dev");
        assert!(variables["OIDC_ISSUER"].starts_with("http://127.0.0.1:"));
        assert!(!variables["OIDC_CLIENT_SECRET"].is_empty());
        let status_and_text = |callback: &'static str| {
            let query = form_urlencoded::Serializer::new(String::new())
                .append_pair("response_type", "code")
                .append_pair("client_id", &variables["OIDC_CLIENT_ID"])
                .append_pair("redirect_uri", callback)
                .append_pair("code_challenge", &"a".repeat(43))
                .append_pair("code_challenge_method", "S256")
                .finish();
            let url = format!("{}/authorize?{query}", provider.url());
            async move {
                let request = hyper::Request::get(url).body("".into()).unwrap();
                let response = Client::default().send(request).await.unwrap();
                let text = String::from_utf8(response.body().to_vec()).unwrap();
                (response.status().as_u16(), text)
            }
        };
        let (status, page) = status_and_text("http://localhost:9000/api/auth/callback/dev").await;
        assert_eq!(status, 200);
        assert!(page.contains("This provider is for development") && page.contains("Continue as"));
        assert_eq!(status_and_text("http://localhost:9000/").await.0, 400);
    }

    #[tokio::test]
    async fn real_providers_of_the_environment_take_its_place() {
        let of = |given: &[(&str, &str)]| {
            chosen(|wanted| {
                let found = given.iter().find(|(name, _)| *name == wanted);
                found.map(|(_, value)| (*value).to_owned())
            })
        };
        assert_eq!(of(&[("GOOGLE_CLIENT_SECRET", "s"), ("OIDC_CLIENT_ID", "")]).len(), 0);
        let mut google = of(&[("GOOGLE_CLIENT_ID", "c"), ("GOOGLE_CLIENT_SECRET", "s")]);
        assert_eq!(google.len(), 2);
        assert_eq!(ids(&google), ["google", DEV]);
        assert!(start("http://localhost:9000", &mut google).await.unwrap().is_some());
        assert_eq!(google.len(), 7);
        let mut own = of(&[("OIDC_CLIENT_ID", "c"), ("OIDC_ISSUER", "https://a.example.com")]);
        assert!(start("http://localhost:9000", &mut own).await.unwrap().is_none());
        assert_eq!(own["OIDC_ISSUER"], "https://a.example.com");
    }
}
