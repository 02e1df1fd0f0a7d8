//! Amazon Bedrock's models, by ConverseStream.

mod failure;

use std::time::Duration;

use aws_sdk_bedrockruntime::Client;
use aws_sdk_bedrockruntime::config::retry::RetryConfig;
use aws_sdk_bedrockruntime::config::{BehaviorVersion, Region, StalledStreamProtectionConfig};
use aws_sdk_bedrockruntime::error::BuildError;
use aws_sdk_bedrockruntime::operation::converse_stream::ConverseStreamOutput as Response;
use aws_sdk_bedrockruntime::types::{
    ContentBlock, ContentBlockDelta, ConversationRole, ConverseStreamOutput as Event,
    InferenceConfiguration, Message, StopReason, SystemContentBlock, TokenUsage,
};
use tokio::sync::mpsc::Sender;
use tokio::time::timeout;

use super::{Assistant, AssistantError, Ending, Finish, Prompt, PromptMessage, ReplyFuture, Usage};
use crate::config::BedrockConfig;
use crate::connection::{aws_client, credentials};
use crate::model::Role;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// How long we wait for the token counts, which come after the end of the reply.
const USAGE_TIMEOUT: Duration = Duration::from_secs(1);

/// A model of Bedrock.
#[derive(Debug)]
pub(super) struct Bedrock {
    client: Client,
    model: String,
    max_tokens: i32,
}

impl Assistant for Bedrock {
    fn reply<'a>(&'a self, prompt: &'a Prompt, deltas: Sender<String>) -> ReplyFuture<'a> {
        Box::pin(async move {
            let response = self.call(prompt).await?;
            receive(response, prompt, deltas).await
        })
    }
}

impl Bedrock {
    /// Connects to nothing yet.
    pub(super) fn new(config: &BedrockConfig) -> Self {
        let mut builder = aws_sdk_bedrockruntime::Config::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new(config.region.clone()))
            .credentials_provider(credentials(&config.credentials))
            .http_client(aws_client(config.ca_bundle.clone(), CONNECT_TIMEOUT))
            // `Timed` has the deadlines and retries of all assistants.
            .retry_config(RetryConfig::disabled())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
        builder.set_endpoint_url(config.endpoint.clone());
        Self {
            client: Client::from_conf(builder.build()),
            model: config.model.clone(),
            max_tokens: i32::try_from(config.max_tokens).unwrap_or(i32::MAX),
        }
    }

    async fn call(&self, prompt: &Prompt) -> Result<Response, AssistantError> {
        let messages: Vec<Message> = prompt
            .messages
            .iter()
            .map(message)
            .collect::<Result<_, BuildError>>()
            .map_err(|error| AssistantError::Refused(format!("it can't be sent: {error}")))?;
        self.client
            .converse_stream()
            .model_id(&self.model)
            .set_messages(Some(messages))
            .system(SystemContentBlock::Text(prompt.system.clone()))
            .inference_config(InferenceConfiguration::builder().max_tokens(self.max_tokens).build())
            .send()
            .await
            .map_err(|error| failure::before(&error, prompt))
    }
}

fn message(message: &PromptMessage) -> Result<Message, BuildError> {
    let role = match message.role {
        Role::User => ConversationRole::User,
        Role::Assistant => ConversationRole::Assistant,
    };
    Message::builder().role(role).content(ContentBlock::Text(message.content.clone())).build()
}

/// Passes the reply on. It is complete with its finish reason; the token counts may follow.
async fn receive(
    mut response: Response,
    prompt: &Prompt,
    deltas: Sender<String>,
) -> Result<Ending, AssistantError> {
    let mut characters = 0;
    let mut is_alive = false;
    let mut finish = None;
    let mut usage = None;
    while usage.is_none() {
        let next = response.stream.recv();
        let event = match finish {
            None => next.await.map_err(|error| failure::during(&error, prompt))?,
            // The reply is complete.
            Some(_) => timeout(USAGE_TIMEOUT, next).await.ok().and_then(Result::ok).flatten(),
        };
        let Some(event) = event else { break };
        let delta = match event {
            Event::MessageStop(stop) => {
                finish = Some(finish_reason(stop.stop_reason())?);
                continue;
            }
            Event::Metadata(metadata) => {
                usage = metadata.usage().and_then(token_counts);
                continue;
            }
            Event::ContentBlockDelta(event) => text(event.delta),
            _ => String::new(),
        };
        if delta.is_empty() && is_alive {
            continue;
        }
        is_alive = true;
        characters += delta.chars().count();
        if deltas.send(delta).await.is_err() {
            finish = Some(Finish::Other);
            break;
        }
    }
    let finish = finish
        .ok_or_else(|| AssistantError::Broken("the stream ended before the reply".to_owned()))?;
    Ok(Ending { finish, usage: usage.unwrap_or_else(|| Usage::estimate(prompt, characters)) })
}

fn text(delta: Option<ContentBlockDelta>) -> String {
    match delta {
        Some(ContentBlockDelta::Text(text)) => text,
        _ => String::new(),
    }
}

fn finish_reason(reason: &StopReason) -> Result<Finish, AssistantError> {
    match reason {
        StopReason::EndTurn | StopReason::StopSequence => Ok(Finish::Stop),
        StopReason::MaxTokens | StopReason::ModelContextWindowExceeded => Ok(Finish::Length),
        StopReason::GuardrailIntervened | StopReason::ContentFiltered => Ok(Finish::ContentFilter),
        StopReason::MalformedModelOutput | StopReason::MalformedToolUse => {
            Err(AssistantError::Broken(format!("the model ended with {}", reason.as_str())))
        }
        _ => Ok(Finish::Other),
    }
}

fn token_counts(usage: &TokenUsage) -> Option<Usage> {
    // Tokens that the provider read from or wrote to its cache count as well.
    let input = [
        Some(usage.input_tokens()),
        usage.cache_read_input_tokens(),
        usage.cache_write_input_tokens(),
    ];
    let input: i64 = input.into_iter().flatten().map(i64::from).sum();
    Some(Usage {
        input_tokens: u64::try_from(input).ok()?,
        output_tokens: u64::try_from(usage.output_tokens()).ok()?,
        estimated: false,
    })
}

#[cfg(test)]
mod tests;
