//! The settings of a stack.

mod provider;

pub use provider::TEST_PROVIDER;

use super::{Client, Stack, logs::ShownOnPanic};
use crate::engine::Engine;
use crate::gateway::Gateway;
use crate::openapi::OpenApi;
use crate::outbox::Outbox;
use crate::provider::{ProviderClient, TestProvider};
use crate::proxy::Proxy;
use crate::runtime::{Launch, Runtime};
use crate::tls::TlsEndpoint;
use anyhow::{Context as _, Result, anyhow};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use template::{Function, Settings, Template};

/// `AUTH_SECRET` in tests. It protects nothing.
pub const TEST_SECRET: &str = "test-only-secret-test-only-secret-test-only-secret";

/// Names the directory of the functions' binaries.
pub const BINARIES_VARIABLE: &str = "TESSERA_FUNCTIONS_DIR";

/// How to start a stack.
pub struct StackBuilder {
    parameters: BTreeMap<String, String>,
    environment: BTreeMap<String, String>,
    own_environment: Vec<(String, String, String)>,
    template: Option<String>,
    engine: Option<Engine>,
    binaries: Option<PathBuf>,
    wrapper: Vec<String>,
    concurrency: usize,
    frozen: bool,
    port: u16,
    tls: bool,
    delay: Duration,
    time_limits: BTreeMap<String, Duration>,
    strict: bool,
    provider_client: Option<Arc<ProviderClient>>,
}

impl Default for StackBuilder {
    fn default() -> Self {
        let parameters = [
            ("AuthSecret", TEST_SECRET),
            ("Assistant", "echo"),
            ("SignInFloorMilliseconds", "0"),
            // All tests call from one address.
            ("AttemptsPerAddress", "1000000"),
            ("SignUpsPerAddress", "1000000"),
            ("MailsPerAddress", "1000000"),
            ("MailSender", "mail@example.com"),
        ];
        Self {
            parameters: parameters.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            environment: BTreeMap::new(),
            own_environment: Vec::new(),
            template: None,
            engine: None,
            binaries: None,
            wrapper: Vec::new(),
            concurrency: 8,
            frozen: false,
            port: 0,
            tls: false,
            delay: Duration::ZERO,
            time_limits: BTreeMap::new(),
            strict: true,
            provider_client: None,
        }
    }
}

impl StackBuilder {
    /// A parameter of the template, such as `ProfileRetentionDays`; lists as `a,b`.
    #[must_use]
    pub fn parameter(mut self, name: &str, value: &str) -> Self {
        self.parameters.insert(name.to_owned(), value.to_owned());
        self
    }

    /// A variable of every function, over the template's.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    /// A variable of one function, over all others.
    #[must_use]
    pub fn function_env(mut self, function: &str, name: &str, value: &str) -> Self {
        self.own_environment.push((function.to_owned(), name.to_owned(), value.to_owned()));
        self
    }

    /// Another text than the repository's `template.yaml`.
    #[must_use]
    pub fn template(mut self, text: &str) -> Self {
        self.template = Some(text.to_owned());
        self
    }

    /// An engine that was started already; the stack creates the table.
    #[must_use]
    pub fn engine(mut self, engine: Engine) -> Self {
        self.engine = Some(engine);
        self
    }

    /// The directory of the functions' binaries.
    #[must_use]
    pub fn binaries(mut self, directory: impl Into<PathBuf>) -> Self {
        self.binaries = Some(directory.into());
        self
    }

    /// A command that runs the binaries, such as `valgrind`.
    #[must_use]
    pub fn wrapper(mut self, words: &[&str]) -> Self {
        self.wrapper = words.iter().map(|word| (*word).to_owned()).collect();
        self
    }

    /// Maximum processes of one function at once (by default 8).
    #[must_use]
    pub fn concurrency(mut self, count: usize) -> Self {
        self.concurrency = count.max(1);
        self
    }

    /// Functions stand still between a response and their next request, as Lambda freezes them:
    /// what they have not done by then is not done.
    #[must_use]
    pub fn frozen(mut self) -> Self {
        self.frozen = true;
        self
    }

    /// The gateway's port (by default any free one).
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// The time until the deadline that a function gets, instead of the template's `Timeout`.
    #[must_use]
    pub fn time_limit(mut self, function: &str, limit: Duration) -> Self {
        self.time_limits.insert(function.to_owned(), limit);
        self
    }

    /// Functions reach the table through a TLS end-point.
    #[must_use]
    pub fn tls(mut self) -> Self {
        self.tls = true;
        self
    }

    /// Delays the engine's responses by 100 ms, so that round trips are counted exactly, also on a
    /// busy machine that lets a function wait between two calls that leave together.
    #[must_use]
    pub fn exact(mut self) -> Self {
        self.delay = Duration::from_millis(100);
        self
    }

    /// Whether requests are rejected that DynamoDB rejects and dynoxide accepts.
    #[must_use]
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// Starts it.
    pub async fn start(mut self) -> Result<Stack> {
        let mut provider = None;
        if self.provider_client.is_none() && self.template.is_none() {
            let own = TestProvider::start().await?;
            self = self.provider(&own);
            provider = Some(own);
        }
        let (mut engine, table_name) = match self.engine.take() {
            Some(engine) => (engine, "tessera".to_owned()),
            None => (Engine::for_tests().await?, Engine::unique_table_name()),
        };
        let parameters = self.parameters.clone();
        let settings = Settings { table_name, parameters, ..Settings::default() };
        let template = match &self.template {
            Some(text) => Template::parse(text, &settings)?,
            None => Template::load_with(&settings)?,
        };
        engine.create_table(&template.table, template.ttl_attribute.as_deref()).await?;
        let mut keys = Engine::external(engine.url());
        keys.create_table(&template.keys_table, None).await?;
        let proxy = Proxy::start(engine.url()).await?;
        proxy.recorder.set_delay(self.delay);
        proxy.set_strict(self.strict);
        let mut tls = None;
        if self.tls {
            tls = Some(TlsEndpoint::start(proxy.address(), &std::env::temp_dir()).await?);
        }
        let binaries = match self.binaries.take() {
            Some(directory) => directory,
            None => default_binaries()?,
        };
        let outbox = Outbox::start(0).await?;
        self.environment.entry("AWS_ENDPOINT_URL_SESV2".to_owned()).or_insert_with(|| outbox.url());
        let launch = |function| self.launch(function, &binaries, &proxy, tls.as_ref());
        let launches = template.functions.iter().map(launch).collect();
        let runtime = Arc::new(Runtime::start(launches).await?);
        let gateway = Gateway::start(&template, Arc::clone(&runtime), self.port);
        let gateway = Arc::new(gateway.await?);
        self.register_callbacks(gateway.address());
        let functions = template.functions.iter().map(|function| function.name.clone()).collect();
        Ok(Stack {
            recorder: Arc::clone(&proxy.recorder),
            client: Client { gateway: Arc::clone(&gateway), openapi: contract()? },
            gateway,
            outbox,
            provider,
            _logs: ShownOnPanic { runtime: Arc::clone(&runtime), functions },
            stream: tokio::sync::Mutex::default(),
            engine,
            keys,
            proxy,
            runtime,
            template,
            _tls: tls,
        })
    }

    fn launch(
        &self,
        function: &Function,
        binaries: &std::path::Path,
        proxy: &Proxy,
        tls: Option<&TlsEndpoint>,
    ) -> Launch {
        let mut environment = function.environment.clone();
        let name = &function.name;
        let endpoint = match tls {
            None => proxy.url(name),
            Some(tls) => {
                let bundle = tls.ca_bundle.display().to_string();
                environment.insert("AWS_CA_BUNDLE".to_owned(), bundle);
                format!("{}/{name}", tls.url())
            }
        };
        environment.insert("AWS_ENDPOINT_URL_DYNAMODB".to_owned(), endpoint);
        environment.extend(self.environment.clone());
        let own = self.own_environment.iter().filter(|(function, ..)| function == name);
        environment.extend(own.map(|(_, name, value)| (name.clone(), value.clone())));
        let limit = self.time_limits.get(name).copied();
        Launch {
            name: name.clone(),
            program: binaries.join(name),
            wrapper: self.wrapper.clone(),
            environment,
            memory: function.memory,
            timeout: limit.unwrap_or(Duration::from_secs(function.timeout)),
            concurrency: self.concurrency,
            frozen: self.frozen,
        }
    }
}

/// Where cargo puts the functions: beside this program, or above it for a test in `deps`.
fn default_binaries() -> Result<PathBuf> {
    if let Some(directory) = std::env::var_os(BINARIES_VARIABLE) {
        return Ok(directory.into());
    }
    let program = std::env::current_exe()?;
    let directory = program.parent().context("the program has no directory")?;
    let above = directory.ends_with("deps").then(|| directory.parent()).flatten();
    Ok(above.unwrap_or(directory).to_owned())
}

/// The contract is read once a process.
fn contract() -> Result<Option<Arc<OpenApi>>> {
    static CONTRACT: OnceLock<Result<Option<Arc<OpenApi>>, String>> = OnceLock::new();
    let load = || match OpenApi::load() {
        Ok(contract) => Ok(contract.map(Arc::new)),
        Err(error) => Err(format!("{error:#}")),
    };
    CONTRACT.get_or_init(load).clone().map_err(|error| anyhow!(error))
}
