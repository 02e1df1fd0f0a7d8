//! Bedrock's errors as ours.

use std::error::Error;
use std::fmt::Debug;

use aws_sdk_bedrockruntime::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_bedrockruntime::operation::converse_stream::ConverseStreamError;
use aws_sdk_bedrockruntime::types::error::ConverseStreamOutputError;

use crate::assistant::error::chain;
use crate::assistant::redact::redacted;
use crate::assistant::{AssistantError, Prompt};

/// An error before the reply began.
pub(super) fn before<R: Debug>(
    error: &SdkError<ConverseStreamError, R>,
    prompt: &Prompt,
) -> AssistantError {
    match error {
        SdkError::ServiceError(service) => meaning(service.err(), prompt, ""),
        SdkError::ConstructionFailure(_) => {
            AssistantError::Refused(format!("it can't be sent: {}", causes(error, prompt)))
        }
        SdkError::ResponseError(_) => AssistantError::Broken(causes(error, prompt)),
        _ => AssistantError::Unreachable(causes(error, prompt)),
    }
}

/// An error in the middle of the stream.
pub(super) fn during<R: Debug>(
    error: &SdkError<ConverseStreamOutputError, R>,
    prompt: &Prompt,
) -> AssistantError {
    match error {
        SdkError::ServiceError(service) => meaning(service.err(), prompt, "in mid-stream: "),
        _ => AssistantError::Broken(causes(error, prompt)),
    }
}

fn causes<E: Error + 'static, R: Debug>(error: &SdkError<E, R>, prompt: &Prompt) -> String {
    redacted(&chain(error), prompt)
}

fn meaning(error: &impl ProvideErrorMetadata, prompt: &Prompt, when: &str) -> AssistantError {
    let code = error.code().unwrap_or("without a code");
    let message = error.message().unwrap_or("no message");
    let text = format!("{when}{}", redacted(&format!("{code}: {message}"), prompt));
    match code {
        "ThrottlingException" | "ServiceUnavailableException" | "ModelNotReadyException" => {
            AssistantError::Busy(text)
        }
        "AccessDeniedException"
        | "ResourceNotFoundException"
        | "ValidationException"
        | "ServiceQuotaExceededException"
        | "ExpiredTokenException"
        | "UnrecognizedClientException"
        | "InvalidSignatureException"
        | "IncompleteSignature" => AssistantError::Refused(text),
        _ => AssistantError::Failed(text),
    }
}
