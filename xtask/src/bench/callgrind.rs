//! Instructions, counted by valgrind.

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Fails, with the way to get it, when valgrind is not installed.
pub fn require() -> Result<()> {
    let status = Command::new("valgrind").arg("--version").stdout(Stdio::null()).status();
    if status.is_ok_and(|status| status.success()) {
        return Ok(());
    }
    bail!(
        "valgrind is missing: `apt-get install valgrind`, or leave instructions out with \
         --no-instructions"
    )
}

/// One run under callgrind.
#[derive(Debug)]
pub struct Run {
    file: PathBuf,
}

impl Run {
    /// Writes its profile into `directory`, under this name.
    pub fn new(directory: &Path, name: &str) -> Self {
        let file = directory.join(format!("callgrind.{name}"));
        // What is left of an earlier run must not be read as this one's.
        let _ = std::fs::remove_file(&file);
        Self { file }
    }

    /// The command that runs a program.
    pub fn wrapper(&self) -> Vec<String> {
        let file = format!("--callgrind-out-file={}", self.file.display());
        ["valgrind".to_owned(), "--quiet".to_owned(), "--tool=callgrind".to_owned(), file].into()
    }

    /// Its user instructions, once the program has ended.
    pub fn instructions(&self) -> Result<u64> {
        let text = std::fs::read_to_string(&self.file);
        let text = text.with_context(|| format!("valgrind left no {}", self.file.display()))?;
        total(&text).with_context(|| format!("{} has no total", self.file.display()))
    }
}

fn total(profile: &str) -> Option<u64> {
    let line = profile
        .lines()
        .find_map(|line| line.strip_prefix("summary:").or_else(|| line.strip_prefix("totals:")))?;
    line.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_total_is_read() {
        assert_eq!(total("version: 1\nevents: Ir\nsummary: 951234\n\nfn=(1)\n"), Some(951_234));
        assert_eq!(total("fn=(1)\n\ntotals: 7\n"), Some(7));
        assert_eq!(total("fn=(1)\n"), None);
    }
}
