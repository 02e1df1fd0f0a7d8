//! Bedrock's errors as ours.

use std::error::Error;
use std::fmt::Debug;

use aws_sdk_bedrockruntime::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_bedrockruntime::operation::converse_stream::ConverseStreamError;
use aws_sdk_bedrockruntime::types::error::ConverseStreamOutputError;

use crate::assistant::lost::never_connected;
use crate::assistant::redact::redacted;
use crate::assistant::{AssistantError, Prompt};
use crate::causes;

/// An error before the reply began.
pub(super) fn before<R: Debug>(
    error: &SdkError<ConverseStreamError, R>,
    prompt: &Prompt,
) -> AssistantError {
    match error {
        SdkError::ServiceError(service) => {
            let code = service.err().code().unwrap_or("without a code");
            meaning(service.err(), code, prompt, "")
        }
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
        SdkError::ServiceError(service) => {
            let error = service.err();
            let code = error.code().unwrap_or_else(|| name(error));
            meaning(error, code, prompt, "in mid-stream: ")
        }
        _ => AssistantError::Broken(causes(error, prompt)),
    }
}

/// What Bedrock says about a request.
pub(super) fn words<R: Debug>(error: &SdkError<ConverseStreamError, R>) -> String {
    error.as_service_error().and_then(|error| error.message()).unwrap_or_default().to_owned()
}

/// Whether a request was refused before a model worked on it.
pub(super) fn was_refused<R: Debug>(
    error: &SdkError<ConverseStreamError, R>,
    was_at_once: bool,
) -> bool {
    match error {
        SdkError::ServiceError(service) => !service.err().is_model_timeout_exception(),
        SdkError::ConstructionFailure(_) => true,
        SdkError::DispatchFailure(failure) => {
            was_at_once || failure.as_connector_error().is_some_and(never_connected)
        }
        _ => false,
    }
}

/// Whether Bedrock itself reports the error, as opposed to a connection that breaks.
pub(super) fn is_reported<R>(error: &SdkError<ConverseStreamOutputError, R>) -> bool {
    matches!(error, SdkError::ServiceError(_))
}

fn causes<E: Error + 'static, R: Debug>(error: &SdkError<E, R>, prompt: &Prompt) -> String {
    redacted(&causes::on_one_line(error), prompt)
}

/// The SDK does not keep the names of exceptions in the stream.
fn name(error: &ConverseStreamOutputError) -> &'static str {
    use ConverseStreamOutputError as Error;
    match error {
        Error::ThrottlingException(_) => "ThrottlingException",
        Error::ServiceUnavailableException(_) => "ServiceUnavailableException",
        Error::ValidationException(_) => "ValidationException",
        Error::InternalServerException(_) => "InternalServerException",
        Error::ModelStreamErrorException(_) => "ModelStreamErrorException",
        _ => "without a code",
    }
}

fn meaning(
    error: &impl ProvideErrorMetadata,
    code: &str,
    prompt: &Prompt,
    when: &str,
) -> AssistantError {
    let message = error.message().unwrap_or("no message");
    let text = format!("{when}{}", redacted(&format!("{code}: {message}"), prompt));
    match code {
        "ThrottlingException" | "ServiceUnavailableException" | "ModelNotReadyException" => {
            AssistantError::Busy { cause: text, retry_after: None }
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
