//! SHA-256 sums of archives, in the form of `sha256sum`.

use crate::hex;
use ring::digest::{SHA256, digest};
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

/// The sums by the archives' names.
#[derive(Debug, Default)]
pub struct Sums(BTreeMap<String, String>);

impl Sums {
    /// Those of the last time; none if there was none.
    pub fn read(file: &Path) -> Self {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        let pairs = text.lines().filter_map(|line| line.split_once("  "));
        Self(pairs.map(|(sum, name)| (name.to_owned(), sum.to_owned())).collect())
    }

    /// The sum of an archive, and whether it differs from the last time's.
    pub fn note(&mut self, name: &str, archive: &[u8]) -> (String, &'static str) {
        let sum = hex::of(digest(&SHA256, archive).as_ref());
        let change = match self.0.insert(name.to_owned(), sum.clone()) {
            None => "new",
            Some(last) if last == sum => "as before",
            Some(_) => "changed",
        };
        (sum, change)
    }
}

impl fmt::Display for Sums {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|(name, sum)| writeln!(formatter, "{sum}  {name}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_is_new_as_before_or_changed() {
        let mut sums = Sums::default();
        // The SHA-256 of nothing (NIST's example vectors).
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(sums.note("ok.zip", b""), (empty.to_owned(), "new"));
        assert_eq!(sums.note("ok.zip", b"").1, "as before");
        assert_eq!(sums.note("ok.zip", b"!").1, "changed");
        assert_eq!(sums.note("ok.zip", b"").1, "changed");
        assert_eq!(sums.to_string(), format!("{empty}  ok.zip\n"));
    }
}
