//! The budgets, read from `tests/bench/budgets.toml`.

use anyhow::{Context, Result};
use std::collections::{BTreeMap, BTreeSet};
use template::root;
use toml_edit::{DocumentMut, Item};

const FILE: &str = "tests/bench/budgets.toml";

/// The limits that functions are checked against.
#[derive(Debug)]
pub struct Budgets {
    size: u64,
    larger: BTreeMap<String, u64>,
    /// Instructions from the start to the first request for work.
    pub start_instructions: u64,
    /// TLS handshakes after INIT.
    pub handshakes_later: u64,
    handshakes_in_init: u64,
    handshakes_of_two: u64,
    two_connections: BTreeSet<String>,
    resident: u64,
    resident_hashing: u64,
    hashing: BTreeSet<String>,
    reads: BTreeSet<String>,
    read_new_token: u64,
    read_known_token: u64,
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
        let by_function = |table: &str| -> BTreeMap<String, u64> {
            let entries = document.get(table).and_then(Item::as_table);
            let entries = entries.into_iter().flat_map(|table| table.iter());
            entries.filter_map(|(name, count)| Some((name.to_owned(), whole(count)?))).collect()
        };
        Ok(Self {
            size: number("every", "size_bytes")?,
            larger: by_function("larger"),
            start_instructions: number("every", "start_instructions")?,
            handshakes_later: number("every", "handshakes_later")?,
            handshakes_in_init: number("every", "handshakes_in_init")?,
            handshakes_of_two: number("two_connections", "handshakes_in_init")?,
            two_connections: functions("two_connections")?,
            resident: number("every", "resident_bytes")?,
            resident_hashing: number("hashing", "resident_bytes")?,
            hashing: functions("hashing")?,
            reads: functions("reads")?,
            read_new_token: number("reads", "new_token_instructions")?,
            read_known_token: number("reads", "known_token_instructions")?,
            warm_instructions: by_function("warm_instructions"),
            tolerance_percent: number("every", "tolerance_percent")?,
        })
    }

    /// Bytes of the stripped binary.
    pub fn size(&self, function: &str) -> u64 {
        self.larger.get(function).copied().unwrap_or(self.size)
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

    /// Instructions of a warm call with a token that the instance has not seen, for the functions
    /// where it is measured.
    pub fn new_token_instructions(&self, function: &str) -> Option<u64> {
        self.reads.contains(function).then_some(self.read_new_token)
    }

    /// Instructions of a warm call, if it has a budget: what was measured before and the tolerance,
    /// or the budget of a read whose token the instance has seen.
    pub fn warm_instructions(&self, function: &str) -> Option<u64> {
        if self.reads.contains(function) {
            return Some(self.read_known_token);
        }
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
        assert!(budgets.size("chat") > budgets.size("ok"));
        let read = budgets.new_token_instructions("get-profile");
        assert!(read > budgets.warm_instructions("get-profile"));
        assert_eq!(budgets.new_token_instructions("ok"), None);
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
