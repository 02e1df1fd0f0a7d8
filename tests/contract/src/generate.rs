//! The regions and files that follow from the others.

pub mod events;
pub mod example;
pub mod modules;
pub mod router;
pub mod routes;
