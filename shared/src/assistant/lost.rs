//! Calls that failed before a response came: whether the provider can have worked on them.

use std::pin::pin;
use std::time::Duration;

use aws_smithy_runtime_api::client::result::ConnectorError;
use tokio::time::timeout;

use crate::causes;

/// A connection that breaks this soon was closed while it was idle: no model has begun.
const AT_ONCE: Duration = Duration::from_secs(1);

/// Waits for a call, and says whether it ended at once.
pub(super) async fn at_once<T>(call: impl Future<Output = T>) -> (T, bool) {
    let mut call = pin!(call);
    match timeout(AT_ONCE, call.as_mut()).await {
        Ok(result) => (result, true),
        Err(_) => (call.await, false),
    }
}

/// Whether the request was never sent. The only time-out of our connections is that of connecting.
pub(super) fn never_connected(error: &ConnectorError) -> bool {
    error.is_timeout() || causes::on_one_line(error).contains("(Connect)")
}
