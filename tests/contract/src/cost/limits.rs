//! What AWS allows.

use super::LIMITS;
use super::entry::{self, Entry};
use super::prices::Source;
use crate::finding::Finding;

/// One limit.
#[derive(Debug, Clone)]
pub struct Limit {
    /// Its key in the file.
    pub name: String,
    /// How much.
    pub value: f64,
    /// Of what.
    pub of: String,
    /// Whether AWS allows more.
    pub more: String,
    /// Where it was read.
    pub source: Source,
}

/// The file of limits, in its order.
#[derive(Debug, Clone)]
pub struct Limits(pub Vec<Limit>);

impl Limits {
    /// Reads the file's text.
    pub fn read(text: &str) -> Result<Self, Finding> {
        let document = entry::document(LIMITS, text)?;
        let named = Entry::root(LIMITS, &document).table("limit")?.named();
        named
            .into_iter()
            .map(|(name, entry)| limit(name, &entry))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// The value of the limit of this name.
    pub fn value(&self, name: &str) -> Result<f64, Finding> {
        self.0.iter().find(|limit| limit.name == name).map(|limit| limit.value).ok_or_else(|| {
            Finding::new(LIMITS, format!("lacks the limit `{name}`"), "add it, with its source")
        })
    }
}

fn limit(name: String, entry: &Entry<'_>) -> Result<Limit, Finding> {
    Ok(Limit {
        name,
        value: entry.number("value")?,
        of: entry.text("of")?,
        more: entry.text("more")?,
        source: Source::read(entry)?,
    })
}
