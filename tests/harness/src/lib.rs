//! Runs the function binaries as AWS Lambda does, on a real DynamoDB engine, behind a
//! proxy that records and injects faults. Everything it needs to know about the functions
//! and the table it reads from `template.yaml`.

pub mod engine;
pub mod http;
pub mod proxy;
pub mod template;
pub mod yaml;
