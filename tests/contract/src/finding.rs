//! A finding of a rule.

use std::fmt;

/// Something that is missing or differs: where, what, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The file to look at, relative to the repository.
    pub file: String,
    /// The difference, as the end of a sentence about the file.
    pub says: String,
    /// What to do about it.
    pub remedy: String,
}

impl Finding {
    /// Takes the file, what is wrong there, and what to do.
    pub fn new(
        file: impl Into<String>,
        says: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self { file: file.into(), says: says.into(), remedy: remedy.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}\n    to do: {}", self.file, self.says, self.remedy)
    }
}
