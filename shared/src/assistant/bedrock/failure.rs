//! What Bedrock's errors mean.

use std::error::Error;
use std::fmt::Debug;

use aws_sdk_bedrockruntime::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_bedrockruntime::operation::converse_stream::ConverseStreamError;
use aws_sdk_bedrockruntime::types::error::ConverseStreamOutputError;

use crate::assistant::error::chain;
use crate::assistant::redact::told;
use crate::assistant::{AssistantError, Prompt};

/// An error instead of an answer.
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

/// An error within the stream.
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
    told(&chain(error), prompt)
}

fn meaning(error: &impl ProvideErrorMetadata, prompt: &Prompt, when: &str) -> AssistantError {
    let code = error.code().unwrap_or("without a code");
    let message = error.message().unwrap_or("no message");
    let said = format!("{when}{}", told(&format!("{code}: {message}"), prompt));
    match code {
        "ThrottlingException" | "ServiceUnavailableException" | "ModelNotReadyException" => {
            AssistantError::Busy(said)
        }
        "AccessDeniedException"
        | "ResourceNotFoundException"
        | "ValidationException"
        | "ServiceQuotaExceededException"
        | "ExpiredTokenException"
        | "UnrecognizedClientException"
        | "InvalidSignatureException"
        | "IncompleteSignature" => AssistantError::Refused(said),
        _ => AssistantError::Failed(said),
    }
}
