//! The budgets, read from `tests/bench/budgets.toml`.

use anyhow::{Context, Result};
use std::collections::{BTreeMap, BTreeSet};
use template::root;
use toml_edit::{DocumentMut, Item};

const FILE: &str = "tests/bench/budgets.toml";

/// What functions are held to.
#[derive(Debug)]
pub struct Budgets {
    /// Bytes of the stripped binary.
    pub size: u64,
    /// Instructions from the start to the first question for work.
    pub start_instructions: u64,
    /// TLS handshakes after INIT.
    pub handshakes_later: u64,
    handshakes_in_init: u64,
    handshakes_of_two: u64,
    two_connections: BTreeSet<String>,
    resident: u64,
    resident_hashing: u64,
    hashing: BTreeSet<String>,
    warm_instructions: BTreeMap<String, u64>,
    tolerance_percent: u64,
}

impl Budgets {
    /// Reads the file.
    pub fn load() -> Result<Self> {
        let text = std::fs::read_to_string(root().join(FILE))
            .with_context(|| format!("cannot read {FILE}"))?;
        Self::parse(&text).with_context(|| format!("in {FILE}"))
    }

    fn parse(text: &str) -> Result<Self> {
        let document: DocumentMut = text.parse()?;
        let find = |table: &str, name: &str| document.get(table)?.get(name);
        let number = |table: &str, name: &str| {
            let found = find(table, name).and_then(whole);
            found.with_context(|| format!("[{table}] has no whole number {name}"))
        };
        let functions = |table: &str| -> Result<BTreeSet<String>> {
            let list = find(table, "functions").and_then(Item::as_array);
            let list = list.with_context(|| format!("[{table}] has no list of functions"))?;
            Ok(list.iter().filter_map(|name| Some(name.as_str()?.to_owned())).collect())
        };
        let warm = document.get("warm_instructions").and_then(Item::as_table);
        let warm = warm.into_iter().flat_map(|table| table.iter());
        Ok(Self {
            size: number("every", "size_bytes")?,
            start_instructions: number("every", "start_instructions")?,
            handshakes_later: number("every", "handshakes_later")?,
            handshakes_in_init: number("every", "handshakes_in_init")?,
            handshakes_of_two: number("two_connections", "handshakes_in_init")?,
            two_connections: functions("two_connections")?,
            resident: number("every", "resident_bytes")?,
            resident_hashing: number("hashing", "resident_bytes")?,
            hashing: functions("hashing")?,
            warm_instructions: warm
                .filter_map(|(name, count)| Some((name.to_owned(), whole(count)?)))
                .collect(),
            tolerance_percent: number("every", "tolerance_percent")?,
        })
    }

    /// Whether a function hashes passwords.
    pub fn hashes(&self, function: &str) -> bool {
        self.hashing.contains(function)
    }

    /// TLS handshakes that a function may make in INIT.
    pub fn handshakes_in_init(&self, function: &str) -> u64 {
        let two = self.two_connections.contains(function);
        if two { self.handshakes_of_two } else { self.handshakes_in_init }
    }

    /// Bytes that may be resident after the first call.
    pub fn resident(&self, function: &str) -> u64 {
        if self.hashes(function) { self.resident_hashing } else { self.resident }
    }

    /// Instructions of a warm call, if they were measured before: that and the tolerance.
    pub fn warm_instructions(&self, function: &str) -> Option<u64> {
        let measured = self.warm_instructions.get(function)?;
        Some(measured + measured * self.tolerance_percent / 100)
    }
}

fn whole(item: &Item) -> Option<u64> {
    u64::try_from(item.as_integer()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_complete() {
        let budgets = Budgets::load().unwrap();
        assert!(budgets.hashes("signin") && !budgets.hashes("ok"));
        assert!(budgets.resident("signin") > budgets.resident("ok"));
    }

    #[test]
    fn a_warm_call_may_cost_what_was_measured_and_the_tolerance() {
        let text = std::fs::read_to_string(root().join(FILE)).unwrap();
        let mut document: DocumentMut = text.parse().unwrap();
        document["every"]["tolerance_percent"] = toml_edit::value(10);
        document["warm_instructions"]["made-up"] = toml_edit::value(1_000);
        let budgets = Budgets::parse(&document.to_string()).unwrap();
        assert_eq!(budgets.warm_instructions("made-up"), Some(1_100));
        assert_eq!(budgets.warm_instructions("unheard-of"), None);
    }
}
