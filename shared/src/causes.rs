//! An error and its causes.

use std::error::Error;
use std::iter::{once, successors};

/// The error, its cause, the cause of that, and so on.
pub(crate) fn each<'a>(
    error: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    successors(Some(error), |error| (*error).source())
}

/// The error and its causes on one line.
pub fn on_one_line(error: &dyn Error) -> String {
    let causes = error.source().into_iter().flat_map(each).map(ToString::to_string);
    once(error.to_string()).chain(causes).collect::<Vec<_>>().join(": ")
}
