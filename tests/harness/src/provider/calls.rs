//! What the provider was asked.

use super::parameters::Parameters;
use crate::http::lock;
use std::collections::BTreeMap;
use std::sync::Mutex;

/// A request that the provider got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderCall {
    /// Such as `GET`.
    pub method: String,
    /// Such as `/token`.
    pub path: String,
    /// What the query and a form say. The values of codes, verifiers, tokens and secrets are `hidden`.
    pub parameters: BTreeMap<String, String>,
}

#[derive(Default)]
pub(super) struct Calls(Mutex<Vec<ProviderCall>>);

impl Calls {
    pub(super) fn add(&self, method: &str, path: &str, query: &str, form: &[u8]) {
        let read = |text: &[u8]| Parameters::parse(text).unwrap_or_default().without_secrets();
        let mut parameters = read(query.as_bytes());
        parameters.extend(read(form));
        let (method, path) = (method.to_owned(), path.to_owned());
        lock(&self.0).push(ProviderCall { method, path, parameters });
    }

    pub(super) fn of(&self, path: &str) -> Vec<ProviderCall> {
        lock(&self.0).iter().filter(|call| call.path == path).cloned().collect()
    }

    pub(super) fn forget(&self) {
        lock(&self.0).clear();
    }
}
