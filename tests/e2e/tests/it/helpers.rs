//! What several files of tests need.

pub mod accounts;
pub mod alike;
pub mod better_auth;
pub mod deaths;
pub mod erasure;
pub mod imports;
pub mod kinds;
pub mod mails;
pub mod quotas;
pub mod rows;
pub mod scene;
pub mod sessions;
pub mod tables;
pub mod tallies;
pub mod windows;
