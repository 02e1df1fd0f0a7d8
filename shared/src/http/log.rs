//! The log line of a failure.

use crate::problem::Problem;

/// Writes one line for a failure, with all its causes: an error if the operator must act, a warning
/// if the table was busy, otherwise information.
pub(super) fn log(problem: &Problem, id: &str) {
    let (status, code, cause) = (problem.status(), problem.code(), problem.causes());
    match status {
        500 => tracing::error!(request_id = id, status, code, cause),
        503 => tracing::warn!(request_id = id, status, code, cause),
        _ => tracing::info!(request_id = id, status, code, cause),
    }
}
