//! What a failed call means to the SDK, whose retries depend on it.

use std::error::Error;

use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::retry::ErrorKind;
use hyper_util::client::legacy;
use tokio::time::error::Elapsed;

/// Tells apart what timed out, what the network did, and what we did.
pub(super) fn classify(error: legacy::Error) -> ConnectorError {
    // The one time-out here is that of connecting.
    if cause::<Elapsed>(&error).is_some() {
        return ConnectorError::timeout(error.into());
    }
    let is_io = error.is_connect() || cause::<std::io::Error>(&error).is_some();
    let Some(http) = cause::<hyper::Error>(&error) else {
        return if is_io {
            ConnectorError::io(error.into())
        } else {
            ConnectorError::other(error.into(), None)
        };
    };
    if http.is_user() {
        ConnectorError::user(error.into())
    } else if is_io || http.is_closed() || http.is_canceled() {
        ConnectorError::io(error.into())
    } else if http.is_incomplete_message() {
        // The host closed the connection instead of a response.
        ConnectorError::other(error.into(), Some(ErrorKind::TransientError))
    } else {
        ConnectorError::other(error.into(), None)
    }
}

/// The first error of this type among the error and its causes.
fn cause<E: Error + 'static>(error: &legacy::Error) -> Option<&E> {
    let mut next: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        next = error.source();
    }
    None
}
