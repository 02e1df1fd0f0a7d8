//! The DynamoDB engine behind the functions: dynoxide in this process, or one that runs already.

mod items;
mod stream;

pub use stream::StreamReader;

use crate::http::{self, Client, Method, Request, header};
use anyhow::{Context as _, Result, anyhow, bail};
use dynoxide::Database;
use serde_json::{Value, json};
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// Names an engine that runs already, as `http://127.0.0.1:8000`.
pub const ENGINE_VARIABLE: &str = "TESSERA_TEST_ENGINE";

/// Engines check only the form of a signature; DynamoDB Local also separates its tables
/// by this key id and region, so the functions get the same.
pub(crate) const ACCESS_KEY: &str = "local";
/// The region of everything that runs locally.
pub(crate) const REGION: &str = "us-east-1";

/// An engine with one table.
pub struct Engine {
    url: String,
    table: String,
    client: Client,
    /// Absent for an engine of another process.
    database: Option<Database>,
    server: Option<JoinHandle<()>>,
}

impl Drop for Engine {
    fn drop(&mut self) {
        if let Some(server) = &self.server {
            server.abort();
        }
    }
}

impl Engine {
    /// An engine in this process, in memory.
    pub async fn embedded() -> Result<Self> {
        Self::serve(None, http::bind(0).await?.0)
    }

    /// An engine in this process, in a new file; it stays fast with many writes.
    pub async fn in_file(file: &Path) -> Result<Self> {
        Self::serve(Some(file), http::bind(0).await?.0)
    }

    /// An engine in this process, in memory or kept in `file`, at an address that pages of a browser
    /// can't find out, since it responds to all of them. Where a machine has one loopback address
    /// only, the address is that one, with any free port.
    pub async fn hidden(file: Option<&Path>) -> Result<Self> {
        // Each one has other keys, which the system draws at random.
        let [a, b, c, ..] = RandomState::new().build_hasher().finish().to_ne_bytes();
        let address = Ipv4Addr::new(127, a, b, c.clamp(2, 254));
        let listener = match TcpListener::bind((address, 0)).await {
            Ok(listener) => listener,
            Err(_) => http::bind(0).await?.0,
        };
        Self::serve(file, listener)
    }

    fn serve(file: Option<&Path>, listener: TcpListener) -> Result<Self> {
        let database = match file {
            None => Database::memory(),
            Some(path) => Database::new(path.to_str().context("the path is not UTF-8")?),
        };
        let database = database.map_err(|error| anyhow!("cannot open the database: {error}"))?;
        if let Some(path) = file {
            index_stream(path).context("cannot give the table's stream an index")?;
        }
        let address = listener.local_addr()?;
        let served = database.clone();
        let server = tokio::spawn(async move {
            let _ = dynoxide::server::serve_with_shutdown(listener, served, std::future::pending())
                .await;
        });
        Ok(Self {
            url: format!("http://{address}"),
            table: String::new(),
            client: Client::default(),
            database: Some(database),
            server: Some(server),
        })
    }

    /// An engine of another process.
    pub fn external(url: &str) -> Self {
        Self {
            url: url.trim_end_matches('/').to_owned(),
            table: String::new(),
            client: Client::default(),
            database: None,
            server: None,
        }
    }

    /// The engine that [`ENGINE_VARIABLE`] names, else one in memory.
    pub async fn for_tests() -> Result<Self> {
        match std::env::var(ENGINE_VARIABLE) {
            Ok(url) if !url.is_empty() => Ok(Self::external(&url)),
            _ => Self::embedded().await,
        }
    }

    /// A table name that no other stack uses, so that stacks can share an engine.
    pub fn unique_table_name() -> String {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        format!("tessera-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
    }

    /// Where it listens.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The table's name.
    pub fn table(&self) -> &str {
        &self.table
    }

    /// Creates the table unless it exists, and turns its expiry on.
    pub async fn create_table(&mut self, request: &Value, ttl: Option<&str>) -> Result<()> {
        let name = request.get("TableName").and_then(Value::as_str).context("no TableName")?;
        name.clone_into(&mut self.table);
        match self.call("CreateTable", request.clone()).await {
            Err(error) if error.to_string().contains("ResourceInUseException") => return Ok(()),
            other => other?,
        };
        let started = Instant::now();
        loop {
            let table = self.call("DescribeTable", json!({})).await?;
            if table.pointer("/Table/TableStatus") == Some(&json!("ACTIVE")) {
                break;
            }
            if started.elapsed() > Duration::from_secs(10) {
                bail!("the table {name} does not become active");
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        if let Some(attribute) = ttl {
            let specification = json!({"AttributeName": attribute, "Enabled": true});
            self.call("UpdateTimeToLive", json!({"TimeToLiveSpecification": specification}))
                .await?;
        }
        Ok(())
    }

    /// Deletes expired items now and says how many. An external engine keeps its own time.
    pub fn sweep_ttl(&self) -> Result<usize> {
        self.database.as_ref().map_or(Ok(0), |database| {
            database.sweep_ttl().map_err(|error| anyhow!("cannot sweep: {error}"))
        })
    }

    /// Calls one operation of DynamoDB; `TableName` is added when the body has no table.
    /// An error's text contains its type and message.
    pub async fn call(&self, operation: &str, mut body: Value) -> Result<Value> {
        let names_table = ["TableName", "RequestItems", "TransactItems"];
        if let Some(fields) = body.as_object_mut()
            && !names_table.iter().any(|name| fields.contains_key(*name))
        {
            fields.insert("TableName".to_owned(), self.table.clone().into());
        }
        self.send(&format!("DynamoDB_20120810.{operation}"), &body).await
    }

    /// Sends a body to a target such as `DynamoDBStreams_20120810.GetRecords`.
    pub async fn send(&self, target: &str, body: &Value) -> Result<Value> {
        let request = request(&self.url, target, body)?;
        let response = self.client.send(request).await?;
        let value: Value = serde_json::from_slice(response.body())
            .with_context(|| format!("{target} responded {response:?}"))?;
        if !response.status().is_success() {
            bail!("{target} responded {}: {value}", response.status());
        }
        Ok(value)
    }
}

/// Dynoxide looks through all records of the stream for the number of the next one, which takes ten
/// milliseconds once there are a hundred thousand. With this index it finds it at once.
fn index_stream(file: &Path) -> Result<()> {
    let connection = rusqlite::Connection::open(file)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.execute_batch(
        "CREATE INDEX IF NOT EXISTS stream_by_number
         ON _stream_records (table_name, CAST(sequence_number AS INTEGER))",
    )?;
    Ok(())
}

/// A request that every engine accepts.
pub(crate) fn request(url: &str, target: &str, body: &Value) -> Result<Request> {
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential={ACCESS_KEY}/20260101/{REGION}/dynamodb/aws4_request, \
         SignedHeaders=host;x-amz-date, Signature=0"
    );
    Ok(hyper::Request::builder()
        .method(Method::POST)
        .uri(format!("{url}/"))
        .header(header::CONTENT_TYPE, "application/x-amz-json-1.0")
        .header("x-amz-target", target)
        .header("x-amz-date", "20260101T000000Z")
        .header(header::AUTHORIZATION, authorization)
        .body(body.to_string().into())?)
}
