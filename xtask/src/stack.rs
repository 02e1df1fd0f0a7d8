//! The local stack: the table in this process, the functions under `cargo lambda watch`, one port before them.

mod background;
pub mod environment;
mod leftover;
mod origins;
mod processes;
mod schedule;
mod table;
mod watch;

use crate::front::{self, Front};
use crate::ports;
use anyhow::{Context, Result, anyhow, bail};
use harness::engine::Engine;
use harness::http::Client;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use template::{Settings, Template};
use tokio::task::JoinHandle;
use watch::Watch;

/// The longest that the first function may take to answer.
const START: Duration = Duration::from_mins(3);

/// Where the stack runs and what it keeps.
#[derive(Debug)]
pub struct Options {
    /// The program to run the functions with.
    pub cargo_lambda: PathBuf,
    /// Holds the environment file, the secret and the place in the stream.
    pub folder: PathBuf,
    /// The table's file; none keeps it in memory.
    pub data: Option<PathBuf>,
    /// The API's port; 0 means any free one.
    pub port: u16,
    /// The table's port; 0 means any free one.
    pub table_port: u16,
    /// Copies of one function that may run at the same time.
    pub concurrency: u16,
    /// Parameters of the template, such as `TrustedOrigins`, over what the stack chooses itself.
    pub parameters: BTreeMap<String, String>,
    /// Variables of all functions, over the template's and the stack's own.
    pub variables: BTreeMap<String, String>,
    /// Where the functions' log goes; none shows it.
    pub log: Option<PathBuf>,
}

/// Everything that runs.
pub struct Stack {
    /// Where the API is, for programs of this machine.
    pub url: String,
    /// Where the API is, for browsers.
    pub public_url: String,
    /// The origins of the pages that may call it, separated by commas.
    pub trusted_origins: String,
    /// Where the table is.
    pub table_url: String,
    /// The table, to be looked at.
    pub engine: Arc<Engine>,
    watch: Watch,
    front: Front,
    background: Vec<JoinHandle<()>>,
}

impl Stack {
    /// Starts all parts; functions themselves start with their first request.
    pub async fn start(mut options: Options) -> Result<Self> {
        std::fs::create_dir_all(&options.folder)
            .with_context(|| format!("cannot make {}", options.folder.display()))?;
        let secret = environment::secret(&options.folder)?;
        let listener = front::listen(options.port).await?;
        let address = listener.local_addr()?;
        origins::complete(&mut options, address.port())?;
        let mut parameters = options.parameters;
        parameters.entry("AuthSecret".to_owned()).or_insert(secret);
        let parameter = |name: &str| parameters.get(name).cloned().unwrap_or_default();
        let (public_url, trusted_origins) = (parameter("PublicUrl"), parameter("TrustedOrigins"));
        let settings = Settings { parameters, ..Settings::default() };
        let template = Template::load_with(&settings)?;
        let engine = table::open(options.data.as_deref(), options.table_port, &template).await?;
        let table_url = engine.url().to_owned();
        let environment =
            environment::write(&options.folder, &template, &table_url, &options.variables)?;
        let watch_port = ports::free()?;
        let watch = Watch::start(
            &options.cargo_lambda,
            watch_port,
            &environment,
            options.concurrency,
            &options.folder,
            options.log.as_deref(),
        )?;
        watch.until_listening(watch_port).await?;
        let watch_url = format!("http://127.0.0.1:{watch_port}");
        let front = Front::start(listener, &watch_url, &template);
        let url = format!("http://{address}");
        let engine = Arc::new(engine);
        let mut background = background::start(
            &engine,
            &template,
            &watch_url,
            options.folder.join("stream-position"),
        );
        background.push(tokio::spawn(table::expire(Arc::clone(&engine))));
        Ok(Self { url, public_url, trusted_origins, table_url, engine, watch, front, background })
    }

    /// Waits until `GET /api/auth/ok` answers `{"ok":true}`.
    pub async fn until_ready(&self) -> Result<()> {
        let started = Instant::now();
        let client = Client::default();
        loop {
            if self.watch.has_ended() {
                return Err(self.failure().await);
            }
            let attempt = tokio::time::timeout(Duration::from_secs(10), self.is_ok(&client)).await;
            if matches!(attempt, Ok(Ok(true))) {
                return Ok(());
            }
            if started.elapsed() > START {
                bail!("GET {}/api/auth/ok does not answer {{\"ok\":true}}; see above", self.url);
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    async fn is_ok(&self, client: &Client) -> Result<bool> {
        let request =
            hyper::Request::get(format!("{}/api/auth/ok", self.url)).body(bytes::Bytes::new())?;
        let answer = client.send(request).await?;
        let body: serde_json::Value = serde_json::from_slice(answer.body())?;
        Ok(answer.status().is_success() && body == serde_json::json!({"ok": true}))
    }

    /// Returns when a part has ended by itself.
    pub async fn failure(&self) -> anyhow::Error {
        self.watch.ended().await;
        anyhow!("`cargo lambda watch` ended; its last lines are above")
    }

    /// Ends every process and task; asks first, and insists after some seconds.
    pub async fn stop(&self) {
        self.front.stop();
        for task in &self.background {
            task.abort();
        }
        self.watch.stop().await;
    }

    /// Ends every process at once.
    pub fn kill(&self) {
        self.watch.kill();
    }
}

/// Removes the data of earlier runs.
pub fn forget(folder: &Path) -> Result<()> {
    for name in ["dynamodb.db", "dynamodb.db-wal", "dynamodb.db-shm", "stream-position"] {
        match std::fs::remove_file(folder.join(name)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("cannot remove {name}"));
            }
            _ => {}
        }
    }
    Ok(())
}
