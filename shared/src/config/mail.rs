use super::{ConfigError, is_true, number, optional};
use crate::text::Email;

/// Mails, and what they are needed for.
#[derive(Debug, Clone, Default)]
pub struct MailConfig {
    /// The address that mails come from; without it no mail can be sent, and the routes that need one
    /// say so.
    pub sender: Option<String>,
    /// What mails call the product.
    pub product_name: String,
    /// SES's configuration set, which reports bounces and complaints.
    pub configuration_set: Option<String>,
    /// An endpoint of SES other than AWS's, for local runs.
    pub endpoint: Option<String>,
    /// Whether users must prove their address before they can sign in.
    pub require_verified: bool,
    /// The page where a new password is chosen, if the request names none.
    pub reset_password_url: Option<String>,
    /// The page that follows the proof of an address, if the request names none.
    pub verify_email_url: Option<String>,
    /// Maximum mails that one network may ask for in ten minutes.
    pub mails_per_address: u64,
}

impl MailConfig {
    /// Whether a text is one of the pages that the operator has named.
    pub fn is_own_page(&self, url: &str) -> bool {
        let own = [&self.reset_password_url, &self.verify_email_url];
        own.into_iter().any(|page| page.as_deref() == Some(url))
    }

    pub(super) fn from_env() -> Result<Self, ConfigError> {
        Ok(Self {
            sender: sender()?,
            product_name: product_name()?,
            configuration_set: optional("MAIL_CONFIGURATION_SET")?,
            endpoint: optional("AWS_ENDPOINT_URL_SESV2")?,
            require_verified: is_true("REQUIRE_VERIFIED_EMAIL")?,
            reset_password_url: optional("RESET_PASSWORD_URL")?,
            verify_email_url: optional("VERIFY_EMAIL_URL")?,
            mails_per_address: number("MAILS_PER_ADDRESS", 30)?,
        })
    }
}

fn sender() -> Result<Option<String>, ConfigError> {
    const NAME: &str = "MAIL_SENDER";
    let Some(text) = optional(NAME)? else { return Ok(None) };
    let address = Email::try_from(text).map_err(|error| invalid(NAME, &error.to_string()))?;
    Ok(Some(address.as_str().to_owned()))
}

fn product_name() -> Result<String, ConfigError> {
    const NAME: &str = "PRODUCT_NAME";
    let name = optional(NAME)?.unwrap_or_else(|| "Tessera".to_owned());
    if name.chars().any(char::is_control) {
        return Err(invalid(NAME, "must be one line"));
    }
    Ok(name)
}

fn invalid(name: &'static str, rule: &str) -> ConfigError {
    ConfigError::Invalid { name, rule: rule.to_owned() }
}
