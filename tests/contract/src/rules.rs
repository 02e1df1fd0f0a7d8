//! Each rule compares the template with one of the other files.

mod access;
mod cargo;
mod event_formats;
mod events;
mod functions;
mod observed;
mod openapi;
mod rest;
mod routes;
mod secrets;
mod template;

use crate::finding::Finding;
use crate::project::Project;

pub use self::template::pascal_case;
pub use openapi::word;

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
        routes::check,
        observed::check,
    ]
    .into_iter()
    .flat_map(|rule| rule(project))
    .collect()
}
