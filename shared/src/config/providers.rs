//! Providers that users sign in with. Only functions that talk to providers read this.

use secrecy::SecretString;

use super::{ConfigError, ca_bundle, optional};
use crate::text::{ProviderId, ServerUrl};

/// The providers that are on: those with a client id.
#[derive(Debug, Clone, Default)]
pub struct ProvidersConfig {
    /// In the order in which a page shows them.
    pub providers: Vec<ProviderConfig>,
    /// PEM certificates to trust instead of Mozilla's roots.
    pub ca_bundle: Option<Vec<u8>>,
}

/// A provider, and what it knows us by.
#[derive(Debug, Clone)]
pub struct ProviderConfig {
    /// Its name here.
    pub id: ProviderId,
    /// How one talks to it.
    pub kind: ProviderKind,
    /// Our id there.
    pub client_id: String,
    /// Other ids of ours there, such as that of an app for phones. An ID token of theirs is taken from an
    /// app.
    pub other_client_ids: Vec<String>,
    /// The secret that belongs to the id; a public client has none.
    pub client_secret: Option<SecretString>,
    /// What we always ask for.
    pub scopes: Vec<String>,
}

/// How one talks to a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProviderKind {
    /// By OpenID Connect, beginning with the metadata of its issuer.
    OpenId {
        /// Exactly as the provider writes it.
        issuer: ServerUrl,
        /// What its page for signing in gets besides what the standard says.
        parameters: &'static [(&'static str, &'static str)],
    },
    /// As GitHub wants it.
    GitHub {
        /// The site that users see.
        site: ServerUrl,
        /// The API.
        api: ServerUrl,
    },
}

/// Where settings come from: the environment, or a test.
type Variables<'a> = &'a dyn Fn(&'static str) -> Result<Option<String>, ConfigError>;

impl ProvidersConfig {
    /// Reads the environment of a function that gets tokens from providers.
    pub fn from_env() -> Result<Self, ConfigError> {
        let config = Self::without_secrets()?;
        config.providers.iter().try_for_each(require_secret)?;
        Ok(config)
    }

    /// Reads the environment of a function that gets none, and so needs no secrets.
    pub fn without_secrets() -> Result<Self, ConfigError> {
        let providers = providers(&optional)?;
        Ok(Self { providers, ca_bundle: ca_bundle("PROVIDER_CA_BUNDLE")? })
    }
}

/// Google and GitHub give no tokens to a client without a secret.
fn require_secret(provider: &ProviderConfig) -> Result<(), ConfigError> {
    let name = match provider.id.as_str() {
        "google" => "GOOGLE_CLIENT_SECRET",
        "github" => "GITHUB_CLIENT_SECRET",
        _ => return Ok(()),
    };
    if provider.client_secret.is_some() { Ok(()) } else { Err(ConfigError::Missing(name)) }
}

fn providers(variables: Variables<'_>) -> Result<Vec<ProviderConfig>, ConfigError> {
    let all = [google(variables)?, github(variables)?, openid(variables)?];
    Ok(all.into_iter().flatten().collect())
}

fn google(variables: Variables<'_>) -> Result<Option<ProviderConfig>, ConfigError> {
    let Some(ids) = variables("GOOGLE_CLIENT_ID")? else { return Ok(None) };
    let kind = ProviderKind::OpenId {
        issuer: issuer(variables, "GOOGLE_ISSUER", Some("https://accounts.google.com"))?,
        // A user who allowed more once needs not be asked again.
        parameters: &[("include_granted_scopes", "true")],
    };
    let mut google = client("GOOGLE_CLIENT_ID", &ids, provider_id("google")?, kind)?;
    google.client_secret = secret(variables, "GOOGLE_CLIENT_SECRET")?;
    google.scopes = words("email profile openid");
    Ok(Some(google))
}

fn github(variables: Variables<'_>) -> Result<Option<ProviderConfig>, ConfigError> {
    let Some(ids) = variables("GITHUB_CLIENT_ID")? else { return Ok(None) };
    let other = variables("GITHUB_URL")?;
    let url = |default: &str| {
        url("GITHUB_URL", other.as_deref().unwrap_or(default).trim_end_matches('/'))
    };
    let kind = ProviderKind::GitHub {
        site: url("https://github.com")?,
        api: url("https://api.github.com")?,
    };
    let mut github = client("GITHUB_CLIENT_ID", &ids, provider_id("github")?, kind)?;
    github.client_secret = secret(variables, "GITHUB_CLIENT_SECRET")?;
    github.scopes = words("read:user user:email");
    Ok(Some(github))
}

fn openid(variables: Variables<'_>) -> Result<Option<ProviderConfig>, ConfigError> {
    let Some(ids) = variables("OIDC_CLIENT_ID")? else { return Ok(None) };
    let id = variables("OIDC_PROVIDER_ID")?.ok_or(ConfigError::Missing("OIDC_PROVIDER_ID"))?;
    let id = provider_id(&id)?;
    if ["google", "github"].contains(&id.as_str()) {
        return Err(invalid("OIDC_PROVIDER_ID", "must not be google or github"));
    }
    let kind =
        ProviderKind::OpenId { issuer: issuer(variables, "OIDC_ISSUER", None)?, parameters: &[] };
    let mut openid = client("OIDC_CLIENT_ID", &ids, id, kind)?;
    openid.client_secret = secret(variables, "OIDC_CLIENT_SECRET")?;
    openid.scopes = scopes(variables("OIDC_SCOPES")?.as_deref())?;
    Ok(Some(openid))
}

/// A client without a secret and scopes yet.
fn client(
    name: &'static str,
    ids: &str,
    id: ProviderId,
    kind: ProviderKind,
) -> Result<ProviderConfig, ConfigError> {
    let mut ids = ids.split(',').map(|id| id.trim().to_owned());
    let client_id = ids.next().unwrap_or_default();
    let other_client_ids: Vec<String> = ids.collect();
    let is_plain = |id: &String| !id.is_empty() && id.bytes().all(|b| b.is_ascii_graphic());
    if !is_plain(&client_id) || !other_client_ids.iter().all(is_plain) {
        return Err(invalid(name, "must be ids without spaces, separated by commas"));
    }
    let (client_secret, scopes) = (None, Vec::new());
    Ok(ProviderConfig { id, kind, client_id, other_client_ids, client_secret, scopes })
}

fn provider_id(text: &str) -> Result<ProviderId, ConfigError> {
    text.parse().map_err(|_| invalid("OIDC_PROVIDER_ID", ProviderId::RULE))
}

fn issuer(
    variables: Variables<'_>,
    name: &'static str,
    default: Option<&str>,
) -> Result<ServerUrl, ConfigError> {
    let text = variables(name)?;
    let text = text.as_deref().or(default).ok_or(ConfigError::Missing(name))?;
    url(name, text)
}

/// A URL without a query, to which a path can be added.
fn url(name: &'static str, text: &str) -> Result<ServerUrl, ConfigError> {
    let url = text.parse().ok().filter(|_| !text.contains('?'));
    url.ok_or_else(|| invalid(name, "must be an https URL without a user, query and fragment"))
}

/// A copied line break would make it another one.
fn secret(
    variables: Variables<'_>,
    name: &'static str,
) -> Result<Option<SecretString>, ConfigError> {
    let Some(text) = variables(name)? else { return Ok(None) };
    if text.bytes().all(|b| b.is_ascii_graphic()) {
        return Ok(Some(text.into()));
    }
    Err(invalid(name, "must have no spaces and no line breaks"))
}

/// Without `openid` there would be no ID token (OpenID Connect Core 1.0, section 3.1.2.1).
fn scopes(text: Option<&str>) -> Result<Vec<String>, ConfigError> {
    let mut scopes = words(text.unwrap_or("openid email profile"));
    if !scopes.iter().flat_map(|scope| scope.bytes()).all(|b| b.is_ascii_graphic()) {
        return Err(invalid("OIDC_SCOPES", "must be words of ASCII, separated by spaces"));
    }
    if !scopes.iter().any(|scope| scope == "openid") {
        scopes.insert(0, "openid".to_owned());
    }
    Ok(scopes)
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

fn invalid(name: &'static str, rule: &str) -> ConfigError {
    ConfigError::Invalid { name, rule: rule.to_owned() }
}

#[cfg(test)]
mod tests;
