//! Each rule compares the template with one of the other files.

mod access;
mod cargo;
mod configuration;
mod event_formats;
mod events;
mod functions;
mod grants;
mod mappings;
mod observed;
mod openapi;
mod parameters;
mod promises;
mod rest;
mod routes;
mod runbooks;
mod secrets;
mod statements;
mod template;
mod tree;

use crate::finding::Finding;
use crate::project::Project;

pub use self::template::pascal_case;
pub use openapi::word;
pub use promises::check as promises;

/// Runs every rule.
pub fn check(project: &Project) -> Vec<Finding> {
    [
        template::check,
        rest::check,
        mappings::check,
        secrets::check,
        grants::check,
        parameters::check,
        configuration::check,
        functions::check,
        access::check,
        openapi::check,
        cargo::check,
        events::check,
        routes::check,
        observed::check,
        runbooks::check,
    ]
    .into_iter()
    .flat_map(|rule| rule(project))
    .collect()
}
