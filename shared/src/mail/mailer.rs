use std::time::Duration;

use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::config::retry::RetryConfig;
use aws_sdk_sesv2::config::timeout::TimeoutConfig;
use aws_sdk_sesv2::config::{BehaviorVersion, Region, StalledStreamProtectionConfig};
use aws_sdk_sesv2::error::BuildError;
use aws_sdk_sesv2::operation::send_email::builders::SendEmailFluentBuilder;
use aws_sdk_sesv2::types::{Body, Content, Destination, EmailContent, Message, MessageTag};

use super::failure::{self, SendError};
use super::{Mail, sender};
use crate::config::Config;
use crate::connection::{aws_client, credentials};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// SES responds within half a second. A mail whose response does not come may have been sent.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);

/// Sends mails with Amazon SES.
#[derive(Debug)]
pub struct Mailer {
    client: Client,
    from: String,
    /// What tells us of bounces and complaints.
    configuration_set: Option<String>,
}

impl Mailer {
    /// Connects to nothing yet. `None` if no sender is configured.
    pub fn new(config: &Config) -> Option<Self> {
        let (mail, table) = (&config.mail, &config.table);
        let sender = mail.sender.as_ref()?;
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .operation_attempt_timeout(SEND_TIMEOUT)
            .build();
        let mut builder = aws_sdk_sesv2::Config::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new(table.region.clone()))
            .credentials_provider(credentials(&table.credentials))
            .http_client(aws_client(table.ca_bundle.clone(), CONNECT_TIMEOUT))
            // The caller counts the tries, so that no mail is sent again and again.
            .retry_config(RetryConfig::disabled())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .timeout_config(timeouts);
        builder.set_endpoint_url(mail.endpoint.clone());
        Some(Self {
            client: Client::from_conf(builder.build()),
            from: sender::from(&mail.product_name, sender),
            configuration_set: mail.configuration_set.clone(),
        })
    }

    /// Sends a mail, once.
    pub async fn send(&self, mail: &Mail) -> Result<(), SendError> {
        let request = self.request(mail);
        let request = request.map_err(|error| SendError::Refused(error.to_string()))?;
        request.send().await.map(drop).map_err(|error| failure::of(&error))
    }

    fn request(&self, mail: &Mail) -> Result<SendEmailFluentBuilder, BuildError> {
        let content = |data: &str| Content::builder().data(data).charset("UTF-8").build();
        let body = Body::builder().text(content(&mail.text)?).html(content(&mail.html)?).build();
        let message = Message::builder().subject(content(&mail.subject)?).body(body).build();
        let tag = MessageTag::builder().name("type").value(mail.tag).build()?;
        Ok(self
            .client
            .send_email()
            .from_email_address(&self.from)
            .destination(Destination::builder().to_addresses(mail.to.as_str()).build())
            .content(EmailContent::builder().simple(message).build())
            .email_tags(tag)
            .set_configuration_set_name(self.configuration_set.clone()))
    }
}
