//! A response that is read as it comes.

use super::Response;
use crate::http::{self, Body, HeaderMap, Method};
use crate::openapi::OpenApi;
use anyhow::{Context as _, Result};
use bytes::Bytes;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Maximum time between two chunks; a longer silence means that the stream is broken.
const PATIENCE: Duration = Duration::from_mins(1);

/// A response whose head is there. Dropping it hangs up; the function does not learn of it.
pub struct StreamedResponse {
    /// The status code.
    pub status: u16,
    /// The headers, names in lower case.
    pub headers: HeaderMap,
    /// What has come so far, in order.
    pub chunks: Vec<Chunk>,
    body: Body,
    function: Option<String>,
    started: Instant,
    contract: Option<(Arc<OpenApi>, Method, String)>,
}

/// What came at once.
#[derive(Debug, Clone)]
pub struct Chunk {
    /// The bytes.
    pub bytes: Bytes,
    /// How long after the request was sent.
    pub after: Duration,
}

impl StreamedResponse {
    pub(super) fn new(
        response: http::StreamedResponse,
        function: Option<String>,
        started: Instant,
        contract: Option<(Arc<OpenApi>, Method, String)>,
    ) -> Self {
        let (parts, body) = response.into_parts();
        Self {
            status: parts.status.as_u16(),
            headers: parts.headers,
            chunks: Vec::new(),
            body,
            function,
            started,
            contract,
        }
    }

    /// The next chunk as it comes, none at the end; an error if the stream is cut off.
    pub async fn next(&mut self) -> Result<Option<Bytes>> {
        let next = tokio::time::timeout(PATIENCE, self.body.next()).await;
        let Some(bytes) = next.context("the stream says nothing")?.transpose()? else {
            return Ok(None);
        };
        let after = self.started.elapsed();
        self.chunks.push(Chunk { bytes: bytes.clone(), after });
        Ok(Some(bytes))
    }

    /// Reads until the text has come, and returns all that came so far; an error if the stream
    /// ends before.
    pub async fn until(&mut self, text: &str) -> Result<String> {
        while !self.text().contains(text) {
            let next = self.next().await?;
            next.with_context(|| format!("{text:?} has not come, but {:?}", self.text()))?;
        }
        Ok(self.text())
    }

    /// What has come so far.
    pub fn text(&self) -> String {
        let bytes: Vec<u8> = self.chunks.iter().flat_map(|chunk| chunk.bytes.to_vec()).collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// A header's first value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Reads to the end; an error if the stream is cut off, or the body breaks the contract.
    pub async fn collect(mut self) -> Result<Response> {
        while self.next().await?.is_some() {}
        let body: Vec<u8> = self.chunks.iter().flat_map(|chunk| chunk.bytes.to_vec()).collect();
        if let Some((contract, method, path)) = &self.contract {
            contract
                .check_response(method.as_str(), path, self.status, &self.headers, &body)
                .context("the response breaks openapi.yaml")?;
        }
        let (status, headers, function) = (self.status, self.headers, self.function);
        Ok(Response { function, status, headers, body: body.into() })
    }
}
