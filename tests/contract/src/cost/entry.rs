//! Values of a TOML file. One that is missing, or of another kind, is a finding.

use toml_edit::{DocumentMut, Item, TableLike, Value};

use crate::finding::Finding;

/// Parses a TOML text.
pub fn document(file: &str, text: &str) -> Result<DocumentMut, Finding> {
    text.parse().map_err(|error: toml_edit::TomlError| {
        Finding::new(file, format!("is not TOML: {}", error.message()), "correct it")
    })
}

/// A table of a file.
pub struct Entry<'a> {
    file: &'static str,
    path: String,
    table: &'a dyn TableLike,
}

impl<'a> Entry<'a> {
    /// The whole file.
    pub fn root(file: &'static str, document: &'a DocumentMut) -> Self {
        Self { file, path: String::new(), table: document.as_table() }
    }

    /// A finding about this table.
    pub fn finding(&self, says: &str) -> Finding {
        let at = if self.path.is_empty() { "the file" } else { &self.path };
        Finding::new(self.file, format!("{at} {says}"), "correct it")
    }

    fn lacks(&self, name: &str, kind: &str) -> Finding {
        self.finding(&format!("lacks {kind} `{name}`"))
    }

    fn inner(&self, name: &str, table: &'a dyn TableLike) -> Self {
        let path =
            if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) };
        Self { file: self.file, path, table }
    }

    /// A number that is not negative.
    pub fn number(&self, name: &str) -> Result<f64, Finding> {
        self.optional_number(name).ok_or_else(|| self.lacks(name, "the number"))
    }

    /// The same, if it is there.
    pub fn optional_number(&self, name: &str) -> Option<f64> {
        self.table.get(name).and_then(Item::as_value).and_then(number)
    }

    /// A text that is not empty.
    pub fn text(&self, name: &str) -> Result<String, Finding> {
        self.optional_text(name).ok_or_else(|| self.lacks(name, "the text"))
    }

    /// The same, if it is there.
    pub fn optional_text(&self, name: &str) -> Option<String> {
        let text = self.table.get(name).and_then(Item::as_str)?;
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// A list of texts.
    pub fn texts(&self, name: &str) -> Result<Vec<String>, Finding> {
        let list = self.table.get(name).and_then(Item::as_array);
        let list = list.ok_or_else(|| self.lacks(name, "the list"))?;
        list.iter()
            .map(|value| value.as_str().map(str::to_owned))
            .collect::<Option<Vec<String>>>()
            .ok_or_else(|| self.lacks(name, "a text in every place of"))
    }

    /// A table below this one.
    pub fn table(&self, name: &str) -> Result<Self, Finding> {
        let table = self.table.get(name).and_then(Item::as_table_like);
        table.map(|table| self.inner(name, table)).ok_or_else(|| self.lacks(name, "the table"))
    }

    /// Every table below this one, with its name, in the order of the file.
    pub fn named(&self) -> Vec<(String, Self)> {
        let tables = self.table.iter().filter_map(|(name, item)| {
            Some((name.to_owned(), self.inner(name, item.as_table_like()?)))
        });
        tables.collect()
    }

    /// Every number of this table, with its name, in the order of the file.
    pub fn numbers(&self) -> Result<Vec<(String, f64)>, Finding> {
        let names = self.table.iter().map(|(name, _)| name.to_owned());
        names.map(|name| self.number(&name).map(|number| (name, number))).collect()
    }

    /// A list of tables.
    pub fn list(&self, name: &str) -> Result<Vec<Self>, Finding> {
        let item = self.table.get(name).ok_or_else(|| self.lacks(name, "the list"))?;
        if let Some(tables) = item.as_array_of_tables() {
            return Ok(tables.iter().map(|table| self.inner(name, table)).collect());
        }
        let values = item.as_array().ok_or_else(|| self.lacks(name, "the list"))?;
        values
            .iter()
            .map(|value| Some(self.inner(name, value.as_inline_table()?)))
            .collect::<Option<Vec<Self>>>()
            .ok_or_else(|| self.lacks(name, "a table in every place of"))
    }
}

fn number(value: &Value) -> Option<f64> {
    let whole = || value.as_integer().and_then(|whole| u32::try_from(whole).ok()).map(f64::from);
    value.as_float().or_else(whole).filter(|number| number.is_finite() && *number >= 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_or_of_another_kind_is_named() {
        let document =
            document("a.toml", "[b]\none = 1\nhalf = 0.5\nless = -1\nname = \"c\"\nnone = \"\"\n");
        let document = document.unwrap();
        let root = Entry::root("a.toml", &document);
        let table = root.table("b").unwrap();
        assert!((table.number("one").unwrap() - 1.0).abs() < f64::EPSILON);
        assert!((table.number("half").unwrap() - 0.5).abs() < f64::EPSILON);
        assert_eq!(table.text("name").unwrap(), "c");
        for name in ["less", "name", "other"] {
            assert!(
                table
                    .number(name)
                    .unwrap_err()
                    .says
                    .contains(&format!("b lacks the number `{name}`"))
            );
        }
        assert!(table.text("none").is_err());
        assert!(root.table("c").is_err());
        assert!(super::document("a.toml", "[b").is_err());
    }
}
