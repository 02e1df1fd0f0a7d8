//! Node and its packages, which the official npm clients and the bench's peer need.

use crate::progress::step;
use anyhow::{Context, Result, bail, ensure};
use std::path::PathBuf;
use std::process::Stdio;
use template::root;
use tokio::process::Command;

/// The oldest major version that the packages run on.
const OLDEST: u32 = 20;

/// Fails, and says what to install, if Node or npm can't be started; returns Node's version.
pub async fn require() -> Result<String> {
    let node = version("node").await?;
    version("npm").await?;
    let major = node.trim_start_matches('v').split('.').next().and_then(|text| text.parse().ok());
    ensure!(
        major.is_some_and(|major: u32| major >= OLDEST),
        "Node {OLDEST} or newer is needed, and `node --version` says {node}"
    );
    Ok(node)
}

async fn version(program: &str) -> Result<String> {
    let output = Command::new(program).arg("--version").kill_on_drop(true).output().await;
    let output = match output {
        Ok(output) if output.status.success() => output,
        Ok(output) => bail!("`{program} --version` failed: {}", text(&output.stderr)),
        Err(error) => bail!(
            "{program} can't be started ({error}). Install Node {OLDEST} or newer with npm \
             (Debian: apt install nodejs npm)."
        ),
    };
    Ok(text(&output.stdout))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim().to_owned()
}

/// A folder of this repository with a package.json and its lockfile.
#[derive(Debug)]
pub struct Package {
    /// The whole path.
    pub folder: PathBuf,
    name: &'static str,
}

impl Package {
    /// Installs exactly what the lockfile of `folder` says, unless that was done before.
    pub async fn install(folder: &'static str) -> Result<Self> {
        let package = Self { folder: root().join(folder), name: folder };
        let lockfile = package.folder.join("package-lock.json");
        let wanted = std::fs::read(&lockfile);
        let wanted = wanted.with_context(|| format!("cannot read {}", lockfile.display()))?;
        // `npm ci` begins with removing the folder, so half an installation has no receipt.
        let receipt = package.folder.join("node_modules/.lockfile-of-this");
        if std::fs::read(&receipt).is_ok_and(|installed| installed == wanted) {
            return Ok(package);
        }
        step(&format!("Installing the npm packages of {folder}"));
        package.npm(&["ci"]).await?;
        std::fs::write(&receipt, wanted)
            .with_context(|| format!("cannot write {}", receipt.display()))?;
        Ok(package)
    }

    /// Runs npm here, with its output on the terminal.
    pub async fn npm(&self, words: &[&str]) -> Result<()> {
        self.npm_with(words, &[]).await
    }

    /// The same with these variables, and without those of our own environment that have no value here.
    pub async fn npm_with(&self, words: &[&str], variables: &[(&str, Option<&str>)]) -> Result<()> {
        let what = format!("npm {} in {}", words.join(" "), self.name);
        let mut command = Command::new("npm");
        for (name, value) in variables {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        let status = command
            .args(words)
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .status()
            .await
            .with_context(|| format!("cannot start {what}"))?;
        ensure!(status.success(), "{what} failed; see above");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WITH_BETTER_AUTH: [&str; 3] =
        ["tests/clients/better-auth", "examples/web", "tests/bench/better-auth"];
    const AI_SDK: &str = "tests/clients/ai-sdk";
    const ASSISTANT_UI: &str = "tests/clients/assistant-ui";
    const REAL_MODEL: &str = "tests/clients/real-model";
    const REFERENCE: &str = "docs/reference";

    fn locked(folder: &str, dependency: &str) -> String {
        let text = std::fs::read_to_string(root().join(folder).join("package-lock.json"));
        let lockfile: serde_json::Value = serde_json::from_str(&text.unwrap()).unwrap();
        let version = &lockfile["packages"][format!("node_modules/{dependency}")]["version"];
        version.as_str().unwrap().to_owned()
    }

    #[test]
    fn the_suites_and_the_bench_have_the_same_better_auth() {
        let [suite, page, peer] = WITH_BETTER_AUTH.map(|folder| locked(folder, "better-auth"));
        assert_eq!([&page, &peer], [&suite, &suite]);
    }

    #[test]
    fn the_page_has_the_newest_ai_sdk_of_the_suite() {
        for folder in ["examples/web", ASSISTANT_UI] {
            assert_eq!(locked(AI_SDK, "ai7"), locked(folder, "ai"), "{folder}");
        }
    }

    #[test]
    fn lockfiles_name_no_host() {
        for folder in
            WITH_BETTER_AUTH.into_iter().chain([AI_SDK, ASSISTANT_UI, REAL_MODEL, REFERENCE])
        {
            let text = std::fs::read_to_string(root().join(folder).join("package-lock.json"));
            assert!(!text.unwrap().contains("\"resolved\""), "{folder}");
        }
    }
}
