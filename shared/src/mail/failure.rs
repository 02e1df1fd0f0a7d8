use std::error::Error;
use std::io::{self, ErrorKind};

use aws_sdk_sesv2::config::http::HttpResponse;
use aws_sdk_sesv2::error::{ProvideErrorMetadata, SdkError};

use crate::causes;

/// Why a mail was not sent. The text contains no address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// SES has not taken it, but may take it later.
    #[error("SES has not taken the mail: {0}")]
    NotSent(String),
    /// SES may have taken it: its response was lost.
    #[error("SES may have taken the mail: {0}")]
    Unknown(String),
    /// SES does not take it until an operator does something.
    #[error("SES refuses the mail: {0}")]
    Refused(String),
}

/// Errors of SES that end by themselves.
const BUSY: [&str; 4] =
    ["TooManyRequestsException", "LimitExceededException", "ThrottlingException", "Throttling"];

pub(super) fn of<E>(error: &SdkError<E, HttpResponse>) -> SendError
where
    E: Error + ProvideErrorMetadata + 'static,
{
    let status = error.raw_response().map(|response| response.status().as_u16());
    match (error, status) {
        (SdkError::ServiceError(_), Some(status)) => {
            let code = error.code().unwrap_or("an unknown error");
            let text =
                format!("{code} ({status}): {}", cleaned(error.message().unwrap_or_default()));
            match status {
                _ if BUSY.contains(&code) => SendError::NotSent(text),
                429 | 503 => SendError::NotSent(text),
                400..=499 => SendError::Refused(text),
                _ => SendError::Unknown(text),
            }
        }
        (SdkError::ConstructionFailure(_), _) => SendError::Refused(cleaned_causes(error)),
        (SdkError::DispatchFailure(failure), _) if failure.is_timeout() || !was_cut(error) => {
            SendError::NotSent(cleaned_causes(error))
        }
        _ => SendError::Unknown(cleaned_causes(error)),
    }
}

/// What an established connection ends with.
const CUT: [ErrorKind; 4] = [
    ErrorKind::BrokenPipe,
    ErrorKind::ConnectionAborted,
    ErrorKind::ConnectionReset,
    ErrorKind::UnexpectedEof,
];

/// Whether the connection was there and was lost. A timeout of the connector is one of connecting.
fn was_cut<E, R>(error: &SdkError<E, R>) -> bool
where
    E: Error + 'static,
    R: std::fmt::Debug + 'static,
{
    let SdkError::DispatchFailure(failure) = error else { return true };
    let kinds = causes::each(error).filter_map(|cause| cause.downcast_ref::<io::Error>());
    !failure.is_io() || kinds.into_iter().any(|cause| CUT.contains(&cause.kind()))
}

fn cleaned_causes(error: &(dyn Error + 'static)) -> String {
    causes::each(error).map(|cause| cleaned(&cause.to_string())).collect::<Vec<_>>().join(": ")
}

/// A message of SES in one line and without addresses, which it likes to repeat.
fn cleaned(message: &str) -> String {
    let words = message.split_whitespace();
    let words = words.map(|word| if word.contains('@') { "(an address)" } else { word });
    words.collect::<Vec<_>>().join(" ")
}
