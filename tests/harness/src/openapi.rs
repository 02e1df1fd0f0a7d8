//! Checks requests and responses against `openapi.yaml`.

use crate::http::{HeaderMap, header, lock};
use anyhow::{Context as _, Result, bail, ensure};
use jsonschema::{Draft, Validator};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::Value;
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use template::router::parameters;

const NOT_IN_FRAGMENT: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'`')
    .add(b'{')
    .add(b'}');

/// The contract, with the validators that were needed so far.
pub struct OpenApi {
    document: Value,
    validators: Mutex<HashMap<String, Arc<Validator>>>,
}

impl OpenApi {
    /// Reads the repository's `openapi.yaml`; none when there is no such file yet.
    pub fn load() -> Result<Option<Self>> {
        let path = template::root().join("openapi.yaml");
        path.exists().then(|| Self::read(&path)).transpose()
    }

    /// Reads a contract.
    pub fn read(path: &Path) -> Result<Self> {
        Ok(Self::new(template::yaml::load(path)?))
    }

    /// A contract that was read already.
    pub fn new(document: Value) -> Self {
        Self { document, validators: Mutex::default() }
    }

    /// Checks a response to `method` on the concrete `path`: its status, its content type and its
    /// body must be documented, and each documented header as its schema says.
    pub fn check_response(
        &self,
        method: &str,
        path: &str,
        status: u16,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<()> {
        self.check_head(method, path, status, headers)?;
        let response = self.response(method, path, status)?;
        self.check_content(&response, content_type(headers), body)
            .with_context(|| format!("in the response {status}"))
    }

    /// Checks a response whose body is still on its way.
    pub fn check_head(
        &self,
        method: &str,
        path: &str,
        status: u16,
        headers: &HeaderMap,
    ) -> Result<()> {
        let response = self.response(method, path, status)?;
        for (name, wanted) in self.fields(&format!("{response}/headers")) {
            let wanted = self.resolve(wanted).with_context(|| format!("the header {name}"))?;
            self.check_header(&name, &wanted, headers)
                .with_context(|| format!("status {status}"))?;
        }
        if !self.fields(&format!("{response}/content")).is_empty() {
            self.media(&response, content_type(headers))
                .with_context(|| format!("in the response {status}"))?;
        }
        Ok(())
    }

    /// Checks a request's body.
    pub fn check_request(
        &self,
        method: &str,
        path: &str,
        kind: Option<&str>,
        body: &[u8],
    ) -> Result<()> {
        let operation = self.operation(method, path)?;
        match self.resolve(format!("{operation}/requestBody")) {
            Some(request) => self.check_content(&request, kind, body).context("in the request"),
            None if body.is_empty() => Ok(()),
            None => bail!("the request has a body that is not documented"),
        }
    }

    /// Every value of a header, which may be missing unless it is required.
    fn check_header(&self, name: &str, wanted: &str, headers: &HeaderMap) -> Result<()> {
        let required = self.at(&format!("{wanted}/required")) == Some(&Value::Bool(true));
        ensure!(!required || headers.contains_key(name), "lacks the header {name}");
        let Some(schema) = self.resolve(format!("{wanted}/schema")) else { return Ok(()) };
        let number = self.at(&format!("{schema}/type")).is_some_and(|kind| kind == "integer");
        for value in headers.get_all(name) {
            let text = value.to_str().with_context(|| format!("the header {name}"))?;
            let number = if number { text.parse::<u64>().ok() } else { None };
            let value = number.map_or_else(|| Value::from(text), Value::from);
            let valid = self.validator(&schema)?.is_valid(&value);
            ensure!(valid, "the header {name} must not be {text:?}");
        }
        Ok(())
    }

    /// `owner` is the pointer of an object that may have `content`.
    fn check_content(&self, owner: &str, kind: Option<&str>, body: &[u8]) -> Result<()> {
        let content = format!("{owner}/content");
        if self.fields(&content).is_empty() {
            ensure!(body.is_empty(), "there is a body where none is documented");
            return Ok(());
        }
        let optional = owner.contains("requestBod")
            && self.at(&format!("{owner}/required")) != Some(&Value::Bool(true));
        if body.is_empty() && optional {
            return Ok(());
        }
        let media = self.media(owner, kind)?;
        let schema = format!("{media}/schema");
        if !media.ends_with("json") || self.at(&schema).is_none() {
            return Ok(());
        }
        let body: Value = serde_json::from_slice(body).context("the body is not JSON")?;
        let validator = self.validator(&schema)?;
        let errors: Vec<String> = validator
            .iter_errors(&body)
            .map(|error| format!("{} at {:?}", error, error.instance_path().to_string()))
            .collect();
        ensure!(errors.is_empty(), "{}; the body is {body}", errors.join("; "));
        Ok(())
    }

    /// The pointer of what `owner` says of a content type.
    fn media(&self, owner: &str, kind: Option<&str>) -> Result<String> {
        let kind = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim();
        // The case of a media type does not matter (RFC 9110 §8.3.1).
        let kind = kind.to_ascii_lowercase();
        let media = format!("{owner}/content/{}", escape(&kind));
        ensure!(self.at(&media).is_some(), "the content type {kind:?} is not documented");
        Ok(media)
    }

    /// The whole document stays around the schema, so that its references lead somewhere.
    fn validator(&self, pointer: &str) -> Result<Arc<Validator>> {
        if let Some(found) = lock(&self.validators).get(pointer) {
            return Ok(Arc::clone(found));
        }
        let mut schema = self.document.clone();
        let root = schema.as_object_mut().context("the contract is no object")?;
        root.insert(
            "$ref".to_owned(),
            format!("#{}", utf8_percent_encode(pointer, NOT_IN_FRAGMENT)).into(),
        );
        let built = jsonschema::options()
            .with_draft(Draft::Draft202012)
            .should_validate_formats(true)
            .build(&schema)
            .with_context(|| format!("the schema at {pointer}"))?;
        let built = Arc::new(built);
        lock(&self.validators).insert(pointer.to_owned(), Arc::clone(&built));
        Ok(built)
    }

    /// The pointer of what an operation says of responses with this status.
    fn response(&self, method: &str, path: &str, status: u16) -> Result<String> {
        let operation = self.operation(method, path)?;
        let text = status.to_string();
        [text.clone(), format!("{}XX", &text.chars().take(1).collect::<String>())]
            .into_iter()
            .find_map(|status| self.resolve(format!("{operation}/responses/{status}")))
            .with_context(|| format!("status {status} is not documented"))
    }

    /// The pointer of an operation.
    fn operation(&self, method: &str, path: &str) -> Result<String> {
        let mut patterns: Vec<String> =
            self.fields("/paths").into_iter().map(|(name, _)| name).collect();
        patterns.sort_by_key(|pattern| pattern.matches('{').count());
        patterns
            .into_iter()
            .filter(|pattern| parameters(pattern, path).is_some())
            .map(|pattern| format!("/paths/{}/{}", escape(&pattern), method.to_lowercase()))
            .find(|pointer| self.at(pointer).is_some())
            .with_context(|| format!("openapi.yaml has no {method} {path}"))
    }

    /// Follows references until there is something else at the pointer.
    fn resolve(&self, mut pointer: String) -> Option<String> {
        while let Some(target) = self.at(&pointer)?.get("$ref").and_then(Value::as_str) {
            pointer = target.strip_prefix('#')?.to_owned();
        }
        Some(pointer)
    }

    /// The names in an object and the pointers of their values.
    fn fields(&self, pointer: &str) -> Vec<(String, String)> {
        let names = self.at(pointer).and_then(Value::as_object).into_iter().flatten();
        names.map(|(name, _)| (name.clone(), format!("{pointer}/{}", escape(name)))).collect()
    }

    fn at(&self, pointer: &str) -> Option<&Value> {
        self.document.pointer(pointer)
    }
}

fn content_type(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok())
}

fn escape(segment: &str) -> String {
    segment.replace('~', "~0").replace('/', "~1")
}
