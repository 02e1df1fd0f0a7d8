//! The assistant and its deadlines. Only functions that use an assistant read this.

use std::str::FromStr;
use std::time::Duration;

use secrecy::SecretString;

use super::{ConfigError, CredentialsConfig, ca_bundle, is_true, number, optional, required};
use crate::text::Origin;

/// The configured assistant.
#[derive(Debug, Clone)]
pub struct AssistantConfig {
    /// Which assistant it is, with its settings.
    pub kind: AssistantKind,
    /// What the operator wants of every reply.
    pub instructions: Instructions,
    /// Whether it makes titles for conversations.
    pub titles: bool,
    /// How long a reply may take.
    pub deadlines: Deadlines,
}

/// What the operator wants of every reply. It comes first in the system prompt; it may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Instructions(String);

/// How long a reply may take.
#[derive(Debug, Clone, Copy)]
pub struct Deadlines {
    /// Until the first byte of a response, for all tries together.
    pub first_byte: Duration,
    /// Until the reply is complete, for all tries together.
    pub total: Duration,
}

/// An assistant, with its settings.
#[derive(Debug, Clone)]
pub enum AssistantKind {
    /// Repeats the question, offline.
    Echo {
        /// Whether certain words of the question make it slow, or make it fail.
        faults: bool,
    },
    /// An endpoint that speaks OpenAI's chat completions.
    OpenAi(OpenAiConfig),
    /// A model of Amazon Bedrock's.
    Bedrock(BedrockConfig),
}

/// An endpoint that speaks OpenAI's chat completions.
#[derive(Debug, Clone)]
pub struct OpenAiConfig {
    /// What comes before `/chat/completions`.
    pub base_url: String,
    /// The model's name there.
    pub model: String,
    /// Maximum tokens of a reply.
    pub max_tokens: u32,
    /// The API key; local servers need none.
    pub key: Option<SecretString>,
    /// PEM certificates to trust instead of Mozilla's roots.
    pub ca_bundle: Option<Vec<u8>>,
}

/// A model of Amazon Bedrock's.
#[derive(Debug, Clone)]
pub struct BedrockConfig {
    /// The id of a model or of an inference profile.
    pub model: String,
    /// The AWS region.
    pub region: String,
    /// An endpoint other than AWS's.
    pub endpoint: Option<String>,
    /// Maximum tokens of a reply.
    pub max_tokens: u32,
    /// The role's credentials, which Lambda puts into the environment.
    pub credentials: CredentialsConfig,
    /// PEM certificates to trust instead of Amazon's roots.
    pub ca_bundle: Option<Vec<u8>>,
}

impl AssistantConfig {
    /// Reads the environment. Without instructions there, `packaged` are those of the function's package.
    pub fn from_env(packaged: &str) -> Result<Self, ConfigError> {
        let instructions = optional("ASSISTANT_INSTRUCTIONS")?;
        Ok(Self {
            kind: AssistantKind::from_env()?,
            instructions: instructions.as_deref().unwrap_or(packaged).parse()?,
            titles: is_true("ASSISTANT_TITLES")?,
            deadlines: Deadlines {
                first_byte: Duration::from_secs(number("ASSISTANT_FIRST_BYTE_SECONDS", 30)?),
                total: Duration::from_secs(number("ASSISTANT_TOTAL_SECONDS", 120)?),
            },
        })
    }
}

impl Instructions {
    /// Maximum characters. Each question pays for them.
    pub const MAX_CHARACTERS: usize = 10_000;

    /// Whether a text has at most this many characters.
    pub const fn fit(text: &str) -> bool {
        let (mut bytes, mut characters) = (text.as_bytes(), 0);
        while let Some((first, rest)) = bytes.split_first() {
            // The other bytes of a character begin with 10 (RFC 3629).
            if *first & 0b1100_0000 != 0b1000_0000 {
                characters += 1;
            }
            bytes = rest;
        }
        characters <= Self::MAX_CHARACTERS
    }

    /// The text, without white space around it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Instructions {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, ConfigError> {
        let text = text.trim();
        if Self::fit(text) {
            return Ok(Self(text.to_owned()));
        }
        Err(ConfigError::Invalid {
            name: "ASSISTANT_INSTRUCTIONS",
            rule: format!("must have at most {} characters", Self::MAX_CHARACTERS),
        })
    }
}

impl AssistantKind {
    fn from_env() -> Result<Self, ConfigError> {
        match optional("ASSISTANT")?.as_deref() {
            None | Some("echo") => {
                Ok(Self::Echo { faults: optional("ECHO_FAULTS")?.as_deref() == Some("1") })
            }
            Some("bedrock") => BedrockConfig::from_env().map(Self::Bedrock),
            Some("openai") => OpenAiConfig::from_env().map(Self::OpenAi),
            Some(_) => Err(ConfigError::Invalid {
                name: "ASSISTANT",
                rule: "must be echo, openai or bedrock".to_owned(),
            }),
        }
    }
}

impl OpenAiConfig {
    fn from_env() -> Result<Self, ConfigError> {
        let url = optional("OPENAI_BASE_URL")?;
        Ok(Self {
            base_url: base_url(url.as_deref().unwrap_or("https://api.openai.com/v1"))?,
            model: required("ASSISTANT_MODEL")?,
            max_tokens: max_tokens()?,
            key: optional("OPENAI_API_KEY")?.map(key).transpose()?,
            ca_bundle: ca_bundle("AWS_CA_BUNDLE")?,
        })
    }
}

impl BedrockConfig {
    fn from_env() -> Result<Self, ConfigError> {
        Ok(Self {
            model: required("ASSISTANT_MODEL")?,
            region: required("AWS_REGION")?,
            endpoint: optional("AWS_ENDPOINT_URL_BEDROCK_RUNTIME")?,
            max_tokens: max_tokens()?,
            credentials: CredentialsConfig::from_env()?,
            ca_bundle: ca_bundle("AWS_CA_BUNDLE")?,
        })
    }
}

/// By default the tokens that 10,000 characters of English take.
fn max_tokens() -> Result<u32, ConfigError> {
    u32::try_from(number("ASSISTANT_MAX_TOKENS", 2_500)?).map_err(|_| ConfigError::Invalid {
        name: "ASSISTANT_MAX_TOKENS",
        rule: "is too large".to_owned(),
    })
}

fn base_url(text: &str) -> Result<String, ConfigError> {
    let text = text.trim_end_matches('/');
    let is_http = text.starts_with("https://") || text.starts_with("http://");
    let is_plain = text.bytes().all(|b| b.is_ascii_graphic()) && !text.contains(['?', '#']);
    if is_http && is_plain && Origin::of_url(text).is_some() {
        return Ok(text.to_owned());
    }
    Err(ConfigError::Invalid {
        name: "OPENAI_BASE_URL",
        rule: "must be a URL such as https://api.openai.com/v1, without a user or a query"
            .to_owned(),
    })
}

/// The key is sent in a header, which a copied line break would make invalid.
fn key(text: String) -> Result<SecretString, ConfigError> {
    if text.bytes().all(|b| b.is_ascii_graphic()) {
        return Ok(text.into());
    }
    Err(ConfigError::Invalid {
        name: "OPENAI_API_KEY",
        rule: "must have no spaces and no line breaks".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_urls() {
        let url = |text| base_url(text).ok();
        assert_eq!(url("https://api.openai.com/v1/").as_deref(), Some("https://api.openai.com/v1"));
        assert_eq!(url("http://127.0.0.1:8080").as_deref(), Some("http://127.0.0.1:8080"));
        for text in [
            "",
            "api.openai.com",
            "ftp://a.b",
            "https://u:p@a.b",
            "https://a.b?x",
            "https://a.b/ c",
        ] {
            assert_eq!(url(text), None, "{text}");
        }
    }

    #[test]
    fn instructions_may_be_empty_and_have_a_maximum() {
        let parsed = |text: &str| text.parse::<Instructions>().map(|parsed| parsed.0);
        assert_eq!(parsed(" \n").unwrap(), "");
        assert_eq!(parsed("Be brief.\n").unwrap(), "Be brief.");
        assert_eq!(parsed(&"é".repeat(10_000)).unwrap().len(), 20_000);
        let error = parsed(&"é".repeat(10_001)).unwrap_err().to_string();
        assert!(error.contains("ASSISTANT_INSTRUCTIONS") && error.contains("10000"), "{error}");
    }

    #[test]
    fn a_key_is_not_printed() {
        let key = key("sk-secret".to_owned()).unwrap();
        assert!(!format!("{key:?}").contains("secret"));
        let error = super::key("sk-secret\n".to_owned()).unwrap_err();
        assert!(!format!("{error:?} {error}").contains("secret"));
    }
}
