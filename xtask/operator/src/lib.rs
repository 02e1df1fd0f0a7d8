//! What an operator does for users, on the local table or on a deployed one. It is a program of its own,
//! so that the other commands need not wait for the AWS SDK to be compiled.

pub mod import;
mod table;
pub mod user;
