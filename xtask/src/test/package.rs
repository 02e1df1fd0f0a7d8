//! `cargo xtask package` makes the same bytes of the same code: two functions are built again unchanged, and
//! then one of them with a change.

use super::run::{Counts, watch};
use anyhow::{Context, Result, ensure};
use std::fs::{self, File};
use std::path::PathBuf;
use std::time::SystemTime;
use template::root;
use tokio::process::Command;

/// Two small ones.
const FUNCTIONS: [&str; 2] = ["ok", "preflight"];
/// Stays in the program though nobody reads it.
const CHANGE: &str = "\n#[used]\nstatic CHANGED: [u8; 8] = *b\"changed!\";\n";

/// Builds them three times.
pub async fn run() -> Result<Counts> {
    let ok = root().join("functions/auth/ok/src/main.rs");
    let first = archives().await?;
    for source in [&ok, &root().join("functions/http/preflight/src/main.rs")] {
        // cargo builds again what is newer.
        File::options().append(true).open(source)?.set_modified(SystemTime::now())?;
    }
    let again = archives().await?;
    ensure!(first == again, "built twice: {first:?}, then {again:?}");
    let changed = Changed::new(ok)?;
    let [(_, ok), (_, preflight)] = archives().await?;
    drop(changed);
    let [(_, ok_before), (_, preflight_before)] = first;
    ensure!(ok != ok_before, "a function that was changed has the same archive");
    ensure!(preflight == preflight_before, "a function that was not changed has another archive");
    Ok(Counts { passed: 2, failed: 0 })
}

/// The archives' sums, of functions that are built now.
async fn archives() -> Result<[(&'static str, String); 2]> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["package", "--x86-64"]).current_dir(root());
    for function in FUNCTIONS {
        command.args(["--only", function]);
    }
    let (_, succeeded) = watch(command, "", |_| None).await?;
    ensure!(succeeded, "the functions can't be packaged; see above");
    let sums = fs::read_to_string(root().join("target/package/SHA256SUMS"))?;
    let sum = |function: &'static str| {
        let line = sums.lines().find_map(|line| line.strip_suffix(&format!("  {function}.zip")));
        Ok::<_, anyhow::Error>((function, line.context("SHA256SUMS lacks a function")?.to_owned()))
    };
    let [first, second] = FUNCTIONS.map(sum);
    Ok([first?, second?])
}

/// A source file with a change, which is taken back at the end.
struct Changed {
    file: PathBuf,
    before: String,
}

impl Changed {
    fn new(file: PathBuf) -> Result<Self> {
        let before = fs::read_to_string(&file)?;
        fs::write(&file, format!("{before}{CHANGE}"))?;
        Ok(Self { file, before })
    }
}

impl Drop for Changed {
    fn drop(&mut self) {
        if let Err(error) = fs::write(&self.file, &self.before) {
            eprintln!("{} has a change that is to be taken back: {error}", self.file.display());
        }
    }
}
