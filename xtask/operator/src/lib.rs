//! What an operator does with the table, the local one or a deployed one. It is a program of its own, so
//! that the other commands need not wait for the AWS SDK to be compiled.

pub mod analytics;
pub mod import;
mod progress;
mod table;
pub mod user;
