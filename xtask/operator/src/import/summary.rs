//! What came of an import, for people and as JSON lines.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Write as _};

use serde_json::json;

use super::candidate::{LeftOut, Reason};

/// Maximum ids that the summary shows of those with the same reason.
const MAX_IDS: usize = 10;
/// Maximum characters that are shown of an id, which may be any text.
const MAX_ID: usize = 64;

/// Whether an import writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// It writes.
    Import,
    /// It says what it would do.
    Foresee,
}

/// What came of each user.
#[derive(Debug)]
pub struct Summary {
    /// Whether the import wrote.
    pub mode: Mode,
    /// How many users the file has.
    pub total: usize,
    /// How many of them have been imported.
    pub imported: usize,
    /// How many were there already.
    pub already_there: usize,
    /// Those who were imported without something: their ids.
    pub left_out: BTreeMap<LeftOut, Vec<String>>,
    /// Those who were not imported: their ids.
    pub skipped: BTreeMap<Reason, Vec<String>>,
}

impl Summary {
    pub(super) fn new(mode: Mode, total: usize) -> Self {
        let (left_out, skipped) = (BTreeMap::new(), BTreeMap::new());
        Self { mode, total, imported: 0, already_there: 0, left_out, skipped }
    }

    /// How many users have an outcome.
    pub fn done(&self) -> usize {
        self.imported + self.already_there + self.number_skipped()
    }

    fn number_skipped(&self) -> usize {
        self.skipped.values().map(Vec::len).sum()
    }

    /// A JSON line for each user who is not imported just as the file has it, and for each part of one
    /// that is left out.
    pub fn report(&self) -> String {
        let left_out = self.left_out.iter().map(|(part, ids)| ("imported", part.to_string(), ids));
        let skipped = self.skipped.iter().map(|(reason, ids)| ("skipped", reason.to_string(), ids));
        let mut lines = String::new();
        for (outcome, text, ids) in left_out.chain(skipped) {
            for id in ids {
                let line = json!({ "id": id, "outcome": outcome, "reason": text });
                // Writing to a string does not fail.
                let _ = writeln!(lines, "{line}");
            }
        }
        lines
    }
}

impl Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let imported = match self.mode {
            Mode::Import => "imported",
            Mode::Foresee => "to import",
        };
        writeln!(f, "{imported:<16}{}", self.imported)?;
        list(f, &self.left_out)?;
        writeln!(f, "already there   {}", self.already_there)?;
        writeln!(f, "skipped         {}", self.number_skipped())?;
        list(f, &self.skipped)?;
        let left = self.total.saturating_sub(self.done());
        if left > 0 {
            writeln!(f, "not reached     {left}")?;
        }
        if self.mode == Mode::Foresee {
            writeln!(f, "Nothing has been changed. --yes imports the users.")?;
        }
        Ok(())
    }
}

fn list<T: Display>(f: &mut fmt::Formatter<'_>, groups: &BTreeMap<T, Vec<String>>) -> fmt::Result {
    for (text, ids) in groups {
        writeln!(f, "  {} {text}", ids.len())?;
        for id in ids.iter().take(MAX_IDS) {
            writeln!(f, "    {id}")?;
        }
        if ids.len() > MAX_IDS {
            writeln!(f, "    … and {} more; --report FILE has them all", ids.len() - MAX_IDS)?;
        }
    }
    Ok(())
}

/// An id as it is shown: any text, without what a terminal would obey.
pub(super) fn shown(id: &serde_json::Value) -> String {
    let text = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
    let short: String = text.chars().take(MAX_ID).collect();
    if short.is_empty() { "(no id)".to_owned() } else { short.escape_debug().to_string() }
}
