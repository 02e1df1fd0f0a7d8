//! One method of one path, and the API that serves it.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

/// Which of API Gateway's two kinds serves a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Api {
    /// HTTP API, payload format 2.0.
    Http,
    /// REST API, payload format 1.0.
    Rest,
}

/// How a function's response reaches the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transfer {
    /// As a whole.
    Buffered,
    /// In chunks, as the function writes them.
    Streamed,
}

/// One method of one path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// In capitals.
    pub method: String,
    /// Below the domain name, with `{name}` segments.
    pub path: String,
    /// The path as its API has it, which is what remains after the mapping.
    pub resource: String,
    /// The key of the API mapping that leads to its API: empty for every path that no other one takes.
    /// `None` without a mapping.
    pub mapping: Option<String>,
    /// Decides the event's format.
    pub api: Api,
    /// The logical id of its API, if it names one.
    pub api_id: Option<String>,
    /// The stage that its API is deployed to.
    pub stage: String,
    /// Only a REST API streams.
    pub transfer: Transfer,
    /// The gateway's limit for the whole exchange.
    pub timeout: Duration,
}

impl Route {
    pub(crate) fn read(api: Api, properties: &Value, document: &Value) -> Result<Self> {
        let text = |name: &str| properties.get(name).and_then(Value::as_str);
        let (id, stage, usual) = match api {
            Api::Http => ("ApiId", "$default", 30_000),
            Api::Rest => ("RestApiId", "Prod", 29_000),
        };
        let api_id = properties.pointer(&format!("/{id}/Ref")).and_then(Value::as_str);
        let stated = api_id.and_then(|id| {
            document.pointer(&format!("/Resources/{id}/Properties/StageName"))?.as_str()
        });
        let milliseconds = properties.get("TimeoutInMillis").and_then(Value::as_u64);
        let resource = text("Path").context("no Path")?.to_owned();
        let mapping = api_id.and_then(|id| mapping(document, id));
        Ok(Self {
            method: text("Method").context("no Method")?.to_uppercase(),
            path: path_of(mapping.as_deref().unwrap_or_default(), &resource),
            resource,
            mapping,
            api,
            api_id: api_id.map(str::to_owned),
            stage: stated.unwrap_or(stage).to_owned(),
            transfer: match text("ResponseTransferMode") {
                None | Some("BUFFERED") => Transfer::Buffered,
                Some("RESPONSE_STREAM") if api == Api::Rest => Transfer::Streamed,
                Some(other) => bail!(
                    "ResponseTransferMode {other}: a route of a REST API streams with RESPONSE_STREAM; \
                     anything else is buffered silently"
                ),
            },
            timeout: Duration::from_millis(milliseconds.unwrap_or(usual)),
        })
    }

    /// The key of its mapping, empty without one.
    pub fn mapping_key(&self) -> &str {
        self.mapping.as_deref().unwrap_or_default()
    }

    /// The path as the API has it, of a request to the API's own host, where the stage begins it.
    pub(crate) fn without_stage<'a>(&self, path: &'a str) -> Option<&'a str> {
        if self.stage == "$default" {
            return Some(path);
        }
        own_path(path.strip_prefix('/')?.strip_prefix(&self.stage)?)
    }

    /// The path below the domain name of a request to the API's own host.
    pub fn public_path(&self, path: &str) -> Option<String> {
        Some(path_of(self.mapping_key(), self.without_stage(path)?))
    }
}

/// A path of an API, below the domain name.
fn path_of(mapping: &str, own: &str) -> String {
    match mapping {
        "" => own.to_owned(),
        key if own == "/" => format!("/{key}"),
        key => format!("/{key}{own}"),
    }
}

/// What remains of a path as the API has it: nothing is its root. `None` if the cut went through a segment.
pub(crate) fn own_path(rest: &str) -> Option<&str> {
    match rest {
        "" => Some("/"),
        rest => rest.starts_with('/').then_some(rest),
    }
}

/// The key of the mapping that leads to this API.
fn mapping(document: &Value, api_id: &str) -> Option<String> {
    let resources = document.get("Resources")?.as_object()?;
    let found = resources.values().find(|resource| {
        let text = |pointer| resource.pointer(pointer).and_then(Value::as_str);
        text("/Type") == Some("AWS::ApiGatewayV2::ApiMapping")
            && text("/Properties/ApiId/Ref") == Some(api_id)
    })?;
    let key = found.pointer("/Properties/ApiMappingKey").and_then(Value::as_str);
    Some(key.unwrap_or_default().to_owned())
}
