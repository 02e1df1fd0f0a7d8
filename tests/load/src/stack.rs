//! What the users work against.

use crate::Arguments;
use crate::assistant::Breaking;
use anyhow::{Context as _, Result};
use harness::Stack;
use harness::engine::Engine;
use std::path::PathBuf;
use tokio::runtime::Handle;

/// The file of the table, which goes with this.
#[derive(Debug)]
pub struct TableFile(PathBuf);

impl TableFile {
    /// A new one for this process.
    pub fn new() -> Self {
        Self(std::env::temp_dir().join(format!("tessera-load-{}.db", std::process::id())))
    }
}

impl Drop for TableFile {
    fn drop(&mut self) {
        for end in ["", "-wal", "-shm"] {
            // A run that failed early has none.
            let _ = std::fs::remove_file(format!("{}{end}", self.0.display()));
        }
    }
}

/// Starts the table, the functions and the gateway, each part on the threads that have its name.
pub async fn start(
    arguments: &Arguments,
    file: &TableFile,
    assistant: Option<&Breaking>,
    gateway: &Handle,
    table: &Handle,
) -> Result<Stack> {
    let path = file.0.clone();
    let engine = table.spawn(async move { Engine::in_file(&path).await }).await??;
    let mut builder = Stack::builder()
        .engine(engine)
        .concurrency(arguments.copies.into())
        .frozen()
        .env("ECHO_FAULTS", "1")
        .parameter("QuotaMessagesPerDay", "1000000")
        .parameter("QuotaTokensPerDay", "1000000000")
        .parameter("QuotaStackTokensPerDay", "1000000000000")
        .parameter("QuotaStackUnverifiedPercent", "100");
    if let Some(directory) = &arguments.binaries {
        builder = builder.binaries(directory);
    }
    if let Some(assistant) = assistant {
        builder = builder
            .parameter("Assistant", "openai")
            .parameter("AssistantModel", "a-model")
            .parameter("OpenAiBaseUrl", &assistant.url())
            .parameter("OpenAiApiKey", "not-a-key")
            .env("ASSISTANT_FIRST_BYTE_SECONDS", "3");
    }
    gateway.spawn(builder.start()).await?.context("the stack does not start")
}
