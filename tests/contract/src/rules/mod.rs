//! Each rule compares the template with one of the other files.

mod access;
mod cargo;
mod event_formats;
mod events;
mod functions;
mod openapi;
mod readme;
mod rest;
mod secrets;
mod template;

pub use openapi::{placeholders, word};
pub use template::pascal_case;

use crate::finding::Finding;
use crate::project::Project;

/// Runs every rule.
pub fn check(project: &Project) -> Vec<Finding> {
    [
        template::check,
        rest::check,
        secrets::check,
        functions::check,
        access::check,
        openapi::check,
        cargo::check,
        events::check,
        readme::check,
    ]
    .into_iter()
    .flat_map(|rule| rule(project))
    .collect()
}
