//! Python packages in a virtual environment of their own.

use crate::progress;
use anyhow::{Context, Result, bail, ensure};
use std::path::PathBuf;
use template::root;
use tokio::process::Command;

/// Installs exactly `packages` into `.local/tools/<name>` and returns its folder of programs.
///
/// An environment that was finished before with the same packages is used as it is.
pub async fn with(name: &str, packages: &[&str], options: &[&str]) -> Result<PathBuf> {
    let folder = root().join(".local/tools").join(name);
    let programs = folder.join("bin");
    let receipt = folder.join("installed.txt");
    let wanted = packages.join("\n");
    if std::fs::read_to_string(&receipt).is_ok_and(|installed| installed == wanted) {
        return Ok(programs);
    }
    progress::step(&format!("Installing {} into .local/tools/{name}", packages.join(", ")));
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("cannot make {}", folder.display()))?;
    make(&folder).await?;
    let status = Command::new(programs.join("python"))
        .args(["-m", "pip", "install", "--disable-pip-version-check"])
        .args(options)
        .args(packages)
        .kill_on_drop(true)
        .status()
        .await
        .context("cannot start pip")?;
    ensure!(
        status.success(),
        "pip could not install {}; see above. Is the network there?",
        packages.join(", ")
    );
    std::fs::write(receipt, wanted).context("cannot write into .local/tools")?;
    Ok(programs)
}

async fn make(folder: &std::path::Path) -> Result<()> {
    let made =
        Command::new("python3").args(["-m", "venv"]).arg(folder).kill_on_drop(true).output().await;
    let output = match made {
        Ok(output) => output,
        Err(error) => bail!(
            "python3 can't be started ({error}). Install Python 3 with its venv module \
             (Debian: apt install python3-venv), or put the tool on the PATH yourself."
        ),
    };
    ensure!(
        output.status.success(),
        "python3 can't make a virtual environment: its venv module is missing or broken \
         (Debian: apt install python3-venv).\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}
