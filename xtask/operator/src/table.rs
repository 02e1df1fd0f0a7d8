//! Which table, and how to reach it.

use std::env;

use anyhow::{Context, Result};
use clap::Args;
use shared::clock::Clock;
use shared::config::{CredentialsConfig, TableConfig};
use shared::store::{Store, StoreError};

/// The table of `cargo xtask dev`, and where it is unless a variable moves its port.
const LOCAL_TABLE: &str = "tessera";
/// No command reads signing keys.
const NO_KEYS: &str = "";
const LOCAL_PORT: &str = "8000";

/// Which table a command works on.
#[derive(Debug, Args)]
pub struct Location {
    /// A deployed table: the output TableName of its stack.
    #[arg(long)]
    table: Option<String>,
    /// Where the table is, if not at AWS; without --table, by default the port of `cargo xtask dev`.
    #[arg(long)]
    endpoint: Option<String>,
}

/// The table with this name at AWS, or the local one; at another endpoint, if there is one.
pub fn open(location: &Location) -> Result<Store> {
    let (table, endpoint) = (location.table.as_deref(), location.endpoint.as_deref());
    let local = || {
        let port = env::var("TESSERA_DYNAMODB_PORT").unwrap_or_else(|_| LOCAL_PORT.to_owned());
        format!("http://127.0.0.1:{port}")
    };
    let config = match table {
        None => TableConfig {
            name: LOCAL_TABLE.to_owned(),
            keys_name: NO_KEYS.to_owned(),
            region: "us-east-1".to_owned(),
            endpoint: Some(endpoint.map_or_else(local, str::to_owned)),
            credentials: CredentialsConfig {
                access_key_id: "local".to_owned(),
                secret_access_key: "local".to_owned().into(),
                session_token: None,
            },
            ca_bundle: None,
        },
        Some(table) => TableConfig {
            name: table.to_owned(),
            keys_name: NO_KEYS.to_owned(),
            region: variable("AWS_REGION")
                .or_else(|missing| variable("AWS_DEFAULT_REGION").map_err(|_| missing))?,
            endpoint: endpoint.map(str::to_owned),
            credentials: CredentialsConfig {
                access_key_id: variable("AWS_ACCESS_KEY_ID")?,
                secret_access_key: variable("AWS_SECRET_ACCESS_KEY")?.into(),
                session_token: variable("AWS_SESSION_TOKEN").ok().map(Into::into),
            },
            ca_bundle: None,
        },
    };
    Ok(Store::new(&config, Clock::System))
}

fn variable(name: &str) -> Result<String> {
    let value = env::var(name).ok().filter(|value| !value.is_empty());
    value.with_context(|| {
        format!(
            "{name} is not set. `eval \"$(aws configure export-credentials --format env)\"` sets \
             the credentials; AWS_REGION is the region of the stack"
        )
    })
}

/// What to do about an error, before its causes.
pub fn explain(error: StoreError) -> anyhow::Error {
    let todo = match &error {
        StoreError::NotFound => "the address has a credential, but there is no account",
        StoreError::Unavailable(_) => {
            "try again; the local table needs `cargo xtask dev` in another terminal, and --endpoint \
             says where it is"
        }
        StoreError::Rejected(_) => {
            "look at --table, at the region, and at the permissions of the credentials"
        }
        _ => "try again",
    };
    anyhow::Error::new(error).context(todo)
}
