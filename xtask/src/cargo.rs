//! Cargo as a child, free of what the outer `cargo run` put into the environment.

use anyhow::{Context, Result, ensure};
use std::process::Command;
use template::root;

/// What cargo sets for the program that it runs. Some build scripts watch these variables, so a
/// child that inherited them would compile again what a plain `cargo build` has built already.
const OF_CARGO_RUN: [&str; 6] = [
    "CARGO",
    "CARGO_BIN_NAME",
    "CARGO_CRATE_NAME",
    "CARGO_MANIFEST_DIR",
    "CARGO_MANIFEST_PATH",
    "OUT_DIR",
];

/// Cargo in the repository's root.
pub fn cargo() -> Command {
    at_root("cargo")
}

/// Any program in the repository's root that will call cargo.
pub fn at_root(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root());
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || OF_CARGO_RUN.contains(&text.as_ref()) {
            command.env_remove(&name);
        }
    }
    command
}

/// Builds these packages, or every function if none is named, with cargo's progress on the terminal.
pub async fn build(flags: &[&str], packages: &[&str]) -> Result<()> {
    let mut command = cargo();
    command.arg("build").args(flags);
    for package in packages {
        command.args(["--package", package]);
    }
    let what = words(&command);
    let status = tokio::process::Command::from(command).kill_on_drop(true).status().await;
    let status = status.with_context(|| format!("cannot start `{what}`"))?;
    ensure!(status.success(), "`{what}` failed; see above");
    Ok(())
}

/// The words of a command, for messages.
pub fn words(command: &Command) -> String {
    let program = command.get_program().to_string_lossy();
    let arguments = command.get_args().map(|word| word.to_string_lossy());
    std::iter::once(program).chain(arguments).collect::<Vec<_>>().join(" ")
}

/// Where cargo puts what it builds here.
pub fn target_directory() -> Result<std::path::PathBuf> {
    let mut command: Command = cargo();
    command.args(["metadata", "--format-version", "1", "--no-deps", "--offline"]);
    let output = command.output().context("cannot start cargo")?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let directory = metadata.get("target_directory").and_then(serde_json::Value::as_str);
    Ok(std::path::PathBuf::from(directory.context("cargo metadata names no target_directory")?))
}
