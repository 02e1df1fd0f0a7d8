//! Amazon Bedrock's models, by ConverseStream.

mod failure;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use aws_sdk_bedrockruntime::Client;
use aws_sdk_bedrockruntime::config::retry::RetryConfig;
use aws_sdk_bedrockruntime::config::{BehaviorVersion, Region, StalledStreamProtectionConfig};
use aws_sdk_bedrockruntime::error::BuildError;
use aws_sdk_bedrockruntime::operation::converse_stream::ConverseStreamOutput as Response;
use aws_sdk_bedrockruntime::operation::converse_stream::builders::ConverseStreamFluentBuilder;
use aws_sdk_bedrockruntime::types::{
    ContentBlock, ContentBlockDelta, ConversationRole, ConverseStreamOutput as Event,
    InferenceConfiguration, Message, ReasoningContentBlockDelta, StopReason, SystemContentBlock,
    TokenUsage,
};
use tokio::time::timeout;

use super::lost::at_once;
use super::meter::Counts;
use super::sink::NoReceiver;
use super::wording::{self, NO_SYSTEM_ROLE};
use super::{
    Assistant, AssistantError, Finish, Prompt, PromptMessage, ReplyFuture, Sink, retry_after,
};
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
    /// Whether the model takes no system prompt, as it said.
    refuses_system: AtomicBool,
}

impl Assistant for Bedrock {
    fn reply<'a>(&'a self, prompt: &'a Prompt, sink: Sink<'a>) -> ReplyFuture<'a> {
        Box::pin(async move {
            let response = self.call(prompt, &sink).await?;
            sink.responds();
            receive(response, prompt, &sink).await
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
            refuses_system: AtomicBool::new(false),
        }
    }

    /// Sends the prompt. For a model that takes no system prompt, it is sent again without one.
    async fn call(&self, prompt: &Prompt, sink: &Sink<'_>) -> Result<Response, AssistantError> {
        loop {
            let takes_system = !self.refuses_system.load(Ordering::Relaxed);
            let request = self.request(prompt, takes_system).map_err(|error| {
                sink.refused();
                AssistantError::Refused(format!("it can't be sent: {error}"))
            })?;
            let (result, was_at_once) = at_once(request.send()).await;
            let error = match result {
                Ok(response) => return Ok(response),
                Err(error) => error,
            };
            if takes_system && wording::says(&failure::words(&error), &NO_SYSTEM_ROLE, prompt) {
                self.refuses_system.store(true, Ordering::Relaxed);
                continue;
            }
            if failure::was_refused(&error, was_at_once) {
                sink.refused();
            }
            let wait =
                error.raw_response().and_then(|response| retry_after::of(response.headers()));
            return Err(failure::before(&error, prompt).with_retry_after(wait));
        }
    }

    fn request(
        &self,
        prompt: &Prompt,
        takes_system: bool,
    ) -> Result<ConverseStreamFluentBuilder, BuildError> {
        let limit = InferenceConfiguration::builder().max_tokens(self.max_tokens).build();
        let mut messages = prompt.messages.clone();
        let mut request =
            self.client.converse_stream().model_id(&self.model).inference_config(limit);
        match messages.first_mut() {
            Some(first) if !takes_system => first.content = prompt.with_system(&first.content),
            _ => request = request.system(SystemContentBlock::Text(prompt.system.clone())),
        }
        let messages = messages.iter().map(message).collect::<Result<_, BuildError>>()?;
        Ok(request.set_messages(Some(messages)))
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
    sink: &Sink<'_>,
) -> Result<Finish, AssistantError> {
    let mut has_begun = false;
    let mut finish = None;
    loop {
        let next = response.stream.recv();
        let event = match finish {
            None => next.await.map_err(|error| {
                if !has_begun && failure::is_reported(&error) {
                    sink.refused();
                }
                failure::during(&error, prompt)
            })?,
            // The reply is complete.
            Some(_) => timeout(USAGE_TIMEOUT, next).await.ok().and_then(Result::ok).flatten(),
        };
        match event {
            None => break,
            Some(Event::MessageStop(stop)) => finish = Some(finish_reason(stop.stop_reason())?),
            Some(Event::Metadata(metadata)) => {
                if let Some(usage) = metadata.usage() {
                    sink.counted(counts(usage));
                    break;
                }
            }
            Some(Event::ContentBlockDelta(event)) => {
                has_begun = true;
                if pass_on(event.delta, sink).await.is_err() {
                    return Ok(Finish::Other);
                }
            }
            Some(_) => {}
        }
    }
    finish.ok_or_else(|| AssistantError::Broken("the stream ended before the reply".to_owned()))
}

async fn pass_on(delta: Option<ContentBlockDelta>, sink: &Sink<'_>) -> Result<(), NoReceiver> {
    match delta {
        Some(ContentBlockDelta::Text(text)) => sink.text(text).await,
        Some(ContentBlockDelta::ReasoningContent(ReasoningContentBlockDelta::Text(text))) => {
            sink.hidden(&text);
            Ok(())
        }
        _ => Ok(()),
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

fn counts(usage: &TokenUsage) -> Counts {
    // Tokens that the provider read from or wrote to its cache count as well.
    let input = [
        Some(usage.input_tokens()),
        usage.cache_read_input_tokens(),
        usage.cache_write_input_tokens(),
    ];
    let input: i64 = input.into_iter().flatten().map(i64::from).sum();
    Counts { input: u64::try_from(input).ok(), output: u64::try_from(usage.output_tokens()).ok() }
}

#[cfg(test)]
mod tests;
