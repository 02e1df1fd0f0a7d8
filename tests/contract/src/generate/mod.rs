//! The regions and files that follow from the others.

pub mod events;
pub mod example;
mod formats;
pub mod router;
pub mod routes;
