//! The local stack: the table in this process, the functions under `cargo lambda watch`, and the
//! gateway before them.

mod background;
pub mod environment;
mod origins;
mod pages;
pub mod providers;
mod schedule;
mod table;
mod watch;

use crate::ports;
use crate::site::Site;
use anyhow::{Context, Result, anyhow, bail};
use futures_util::future::join_all;
use harness::engine::Engine;
use harness::gateway::{self, Gateway};
use harness::http::{Client, Server, bind_loopback};
use harness::outbox::Outbox;
use harness::provider::TestProvider;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use template::{Settings, Template};
use tokio::task::JoinHandle;
use watch::Watch;

/// Maximum time until the first function responds.
const START: Duration = Duration::from_mins(3);

/// Where the stack runs and what it keeps.
#[derive(Debug)]
pub struct Options {
    /// The program to run the functions with.
    pub cargo_lambda: PathBuf,
    /// Contains the environment file, the secret and the position in the stream.
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
    /// Files that the API's port serves, too.
    pub site: Site,
}

/// Everything that runs.
pub struct Stack {
    /// Where the API is, for programs of this machine.
    pub url: String,
    /// Where the API is, for browsers.
    pub public_url: String,
    /// Whether the example application is there, too.
    pub has_application: bool,
    /// The origins of the pages that may call it, separated by commas.
    pub trusted_origins: String,
    /// Where the table is.
    pub table_url: String,
    /// The provider to sign in with; none if the functions have a real OpenID provider.
    pub provider: Option<TestProvider>,
    /// The table, to be looked at.
    pub engine: Arc<Engine>,
    _table: Server,
    _outbox: Outbox,
    watch: Watch,
    gateway: Gateway,
    functions: gateway::Watch,
    names: Vec<String>,
    ipv6: bool,
    background: Vec<JoinHandle<()>>,
}

impl Stack {
    /// Starts all parts; functions themselves start with their first request.
    pub async fn start(mut options: Options) -> Result<Self> {
        std::fs::create_dir_all(&options.folder)
            .with_context(|| format!("cannot make {}", options.folder.display()))?;
        let secret = environment::secret(&options.folder)?;
        let listeners = bind_loopback(options.port).await;
        let listeners =
            listeners.with_context(|| format!("cannot listen on port {}", options.port))?;
        let ipv6 = listeners.len() > 1;
        let port = listeners.first().context("no listener")?.local_addr()?.port();
        origins::complete(&mut options, port)?;
        let mut parameters = options.parameters;
        parameters.entry("AuthSecret".to_owned()).or_insert(secret);
        parameters.entry("MailSender".to_owned()).or_insert("mail@example.com".to_owned());
        let parameter = |name: &str| parameters.get(name).cloned().unwrap_or_default();
        let (public_url, trusted_origins) = (parameter("PublicUrl"), parameter("TrustedOrigins"));
        let settings = Settings { parameters, ..Settings::default() };
        let template = Template::load_with(&settings)?;
        let engine = table::open(options.data.as_deref(), &template).await?;
        let table = table::guard::start(options.table_port, engine.url()).await?;
        let outbox = Outbox::start(0).await?;
        let ses = "AWS_ENDPOINT_URL_SESV2".to_owned();
        options.variables.entry(ses).or_insert_with(|| outbox.url());
        let provider = providers::start(&public_url, &mut options.variables).await?;
        let environment =
            environment::write(&options.folder, &template, engine.url(), &options.variables)?;
        let watch_port = ports::free()?;
        let watch = Watch::start(
            &options.cargo_lambda,
            watch_port,
            &environment,
            options.concurrency,
            options.log.as_deref(),
        )?;
        watch.until_listening(watch_port).await?;
        let has_application = options.site.has("/");
        let functions = gateway::Watch::new(&format!("http://127.0.0.1:{watch_port}"));
        let gateway = Gateway::serve(
            listeners,
            &template,
            functions.clone(),
            pages::with(&outbox, options.site),
        )?;
        let url = format!("http://{}", gateway.address());
        let engine = Arc::new(engine);
        let mut background = background::start(
            &engine,
            &template,
            &functions,
            options.folder.join("stream-position"),
        );
        background.push(tokio::spawn(table::expire(Arc::clone(&engine))));
        Ok(Self {
            url,
            public_url,
            has_application,
            trusted_origins,
            table_url: format!("http://{}", table.address),
            _table: table,
            _outbox: outbox,
            provider,
            engine,
            watch,
            gateway,
            functions,
            names: template.functions.iter().map(|function| function.name.clone()).collect(),
            ipv6,
            background,
        })
    }

    /// The API's port.
    pub fn port(&self) -> u16 {
        self.gateway.address().port()
    }

    /// Whether the API has an address of IPv6, too.
    pub fn listens_on_ipv6(&self) -> bool {
        self.ipv6
    }

    /// Waits until the response to `GET /api/auth/ok` is `{"ok":true}`.
    pub async fn until_ready(&self) -> Result<()> {
        let started = Instant::now();
        let client = Client::default();
        loop {
            if self.watch.has_ended() {
                return Err(self.failure().await);
            }
            let found = tokio::time::timeout(Duration::from_secs(10), self.is_ok(&client)).await;
            if matches!(found, Ok(Ok(true))) {
                return Ok(());
            }
            if started.elapsed() > START {
                bail!("GET {}/api/auth/ok does not return {{\"ok\":true}}; see above", self.url);
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// Starts every function, so that no first call takes its time later. They reject the event, and
    /// one that is built again meanwhile never responds.
    pub async fn warm(&self) {
        let calls = self.names.iter().map(|name| self.functions.invoke(name, "{}".into()));
        let calls = calls.map(|call| tokio::time::timeout(gateway::BUILD, call));
        join_all(calls).await;
    }

    async fn is_ok(&self, client: &Client) -> Result<bool> {
        let request =
            hyper::Request::get(format!("{}/api/auth/ok", self.url)).body(bytes::Bytes::new())?;
        let response = client.send(request).await?;
        let body: serde_json::Value = serde_json::from_slice(response.body())?;
        Ok(response.status().is_success() && body == serde_json::json!({"ok": true}))
    }

    /// Returns when a part has ended by itself.
    pub async fn failure(&self) -> anyhow::Error {
        self.watch.ended().await;
        anyhow!("`cargo lambda watch` ended; its last lines are above")
    }

    /// Ends every process and task.
    pub async fn stop(&mut self) {
        self.gateway.stop();
        for task in &self.background {
            task.abort();
        }
        self.watch.stop().await;
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
