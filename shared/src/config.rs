//! The environment of a function. It is read once, in INIT, and only by this module.

mod assistant;
mod clients;
mod mail;
mod providers;
mod quota;

use std::env::{self, VarError};
use std::fs;
use std::time::Duration;

use secrecy::SecretString;

use crate::auth::{AuthSecret, Issuer};
use crate::log::Level;
use crate::text::Origin;

pub use assistant::{
    AssistantConfig, AssistantKind, BedrockConfig, Deadlines, Instructions, OpenAiConfig,
};
pub use clients::ClientsConfig;
pub use mail::MailConfig;
pub use providers::{ProviderConfig, ProviderKind, ProvidersConfig};
pub use quota::{QuotaConfig, QuotaLimits};

/// The settings of a function.
#[derive(Debug, Clone)]
pub struct Config {
    /// The table.
    pub table: TableConfig,
    /// The issuer of tokens.
    pub issuer: Issuer,
    /// The secrets that decrypt private keys, newest first; empty in functions that don't sign.
    pub secrets: Vec<AuthSecret>,
    /// Minimum time from the start of a sign-in to the response that it has failed.
    pub sign_in_floor: Duration,
    /// How long an archived profile stays stored.
    pub profile_retention: Duration,
    /// The origin of this API as browsers see it; by default that of the gateway's host name.
    pub public_url: Option<Origin>,
    /// What pages of other origins may do, and what clients and other services get to know.
    pub clients: ClientsConfig,
    /// Mails, and what they are needed for.
    pub mail: MailConfig,
    /// Maximum failures to sign in of one network in ten minutes.
    pub attempts_per_address: u64,
    /// Maximum sign-ups of one network in ten minutes.
    pub sign_ups_per_address: u64,
    /// The age at which a signing key gets a successor.
    pub key_rotation: Duration,
    /// What users may use of the assistant on a day.
    pub quota: QuotaConfig,
    /// Whether INIT reads the signing keys, which also opens the connection to the table.
    pub init_read: bool,
    /// The level of the least important log lines that are written.
    pub log_level: Level,
}

/// The table, and how to reach it.
#[derive(Debug, Clone)]
pub struct TableConfig {
    /// The table's name.
    pub name: String,
    /// The name of the table of signing keys.
    pub keys_name: String,
    /// The AWS region.
    pub region: String,
    /// An endpoint other than AWS's, for local engines.
    pub endpoint: Option<String>,
    /// The role's credentials, which Lambda puts into the environment.
    pub credentials: CredentialsConfig,
    /// PEM certificates to trust instead of Amazon's roots.
    pub ca_bundle: Option<Vec<u8>>,
}

/// AWS credentials.
#[derive(Debug, Clone)]
pub struct CredentialsConfig {
    /// `AWS_ACCESS_KEY_ID`.
    pub access_key_id: String,
    /// `AWS_SECRET_ACCESS_KEY`.
    pub secret_access_key: SecretString,
    /// `AWS_SESSION_TOKEN`.
    pub session_token: Option<SecretString>,
}

/// A variable that is missing or wrong: the function can't start.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Nothing is set under this name.
    #[error("the environment variable {0} is not set")]
    Missing(&'static str),
    /// The value breaks a rule.
    #[error("the environment variable {name} {rule}")]
    Invalid {
        /// The variable's name.
        name: &'static str,
        /// The rule, such as `must be UTF-8`.
        rule: String,
    },
}

impl Config {
    /// Reads the environment.
    pub fn from_env() -> Result<Self, ConfigError> {
        Ok(Self {
            table: TableConfig::from_env()?,
            issuer: Issuer(required("TOKEN_ISSUER")?),
            secrets: secrets()?,
            sign_in_floor: Duration::from_millis(number("SIGN_IN_FLOOR_MS", 500)?),
            profile_retention: Duration::from_hours(number("PROFILE_RETENTION_DAYS", 30)? * 24),
            public_url: optional("PUBLIC_URL")?
                .map(|text| origin("PUBLIC_URL", &text))
                .transpose()?,
            clients: ClientsConfig::from_env()?,
            mail: MailConfig::from_env()?,
            attempts_per_address: number("ATTEMPTS_PER_ADDRESS", 100)?,
            sign_ups_per_address: number("SIGN_UPS_PER_ADDRESS", 50)?,
            key_rotation: Duration::from_hours(number("KEY_ROTATION_DAYS", 90)? * 24),
            quota: QuotaConfig::from_env()?,
            init_read: optional("INIT_READ")?.as_deref() != Some("off"),
            log_level: log_level(optional("AWS_LAMBDA_LOG_LEVEL")?.as_deref()),
        })
    }
}

impl TableConfig {
    fn from_env() -> Result<Self, ConfigError> {
        Ok(Self {
            name: required("TABLE_NAME")?,
            keys_name: required("KEYS_TABLE_NAME")?,
            region: required("AWS_REGION")?,
            endpoint: optional("AWS_ENDPOINT_URL_DYNAMODB")?,
            credentials: CredentialsConfig::from_env()?,
            ca_bundle: ca_bundle("AWS_CA_BUNDLE")?,
        })
    }
}

impl CredentialsConfig {
    fn from_env() -> Result<Self, ConfigError> {
        Ok(Self {
            access_key_id: required("AWS_ACCESS_KEY_ID")?,
            secret_access_key: required("AWS_SECRET_ACCESS_KEY")?.into(),
            session_token: optional("AWS_SESSION_TOKEN")?.map(SecretString::from),
        })
    }
}

fn ca_bundle(name: &'static str) -> Result<Option<Vec<u8>>, ConfigError> {
    let file = optional(name)?;
    file.map(fs::read).transpose().map_err(|error| ConfigError::Invalid {
        name,
        rule: format!("must name a readable file: {error}"),
    })
}

fn secrets() -> Result<Vec<AuthSecret>, ConfigError> {
    let mut secrets = Vec::new();
    for name in ["AUTH_SECRET", "AUTH_SECRET_PREVIOUS"] {
        if let Some(text) = optional(name)? {
            let secret = AuthSecret::try_from(text);
            secrets.push(secret.map_err(|e| ConfigError::Invalid { name, rule: e.to_string() })?);
        }
    }
    Ok(secrets)
}

/// Lambda sets it to one of its own words. A word that we don't know must not keep a function from
/// starting.
fn log_level(word: Option<&str>) -> Level {
    match word {
        Some("FATAL") => Level::ERROR,
        Some(word) => word.parse().unwrap_or(Level::INFO),
        None => Level::INFO,
    }
}

fn required(name: &'static str) -> Result<String, ConfigError> {
    optional(name)?.ok_or(ConfigError::Missing(name))
}

/// An empty variable counts as not set, since a template can't leave out a variable.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
fn optional(name: &'static str) -> Result<Option<String>, ConfigError> {
    match env::var(name) {
        Ok(text) => Ok((!text.is_empty()).then_some(text)),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => {
            Err(ConfigError::Invalid { name, rule: "must be UTF-8".to_owned() })
        }
    }
}

fn is_true(name: &'static str) -> Result<bool, ConfigError> {
    match optional(name)?.as_deref() {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(ConfigError::Invalid { name, rule: "must be true or false".to_owned() }),
    }
}

fn origin(name: &'static str, text: &str) -> Result<Origin, ConfigError> {
    Origin::try_from(text).map_err(|error| ConfigError::Invalid { name, rule: error.to_string() })
}

fn number(name: &'static str, default: u64) -> Result<u64, ConfigError> {
    optional(name)?.map_or(Ok(default), |text| {
        text.parse()
            .map_err(|_| ConfigError::Invalid { name, rule: "must be a whole number".to_owned() })
    })
}
