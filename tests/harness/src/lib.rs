//! Runs the function binaries as AWS Lambda does, on a real DynamoDB engine, behind a
//! proxy that records and injects faults. Everything it needs to know about the functions
//! and the table it reads from `template.yaml`.
//!
//! `stack` puts the parts together; each also works alone.

pub mod engine;
mod faults;
pub mod gateway;
mod html;
pub mod http;
pub mod meter;
pub mod node;
pub mod openapi;
pub mod outbox;
pub mod provider;
pub mod proxy;
pub mod runtime;
pub mod stack;
pub mod tls;

pub use hyper::Method;
pub use stack::{Response, Stack};
