//! `template.yaml` as typed data: the functions with their routes, environment and grants, and the
//! tables as `CreateTable` requests. `router` and `event` do what API Gateway does with a request before
//! it calls a function. Nothing here opens a connection or starts a process.

pub mod event;
mod function;
mod resolve;
mod route;
pub mod router;
pub mod yaml;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use anyhow::{Context as _, Result};
use serde_json::{Map, Value, json};

pub use function::{Auth, Function, KeyGrant, Stream};
pub use resolve::Settings;
pub use route::{Api, Route, Transfer};

/// The logical id of the table.
pub const TABLE: &str = "Table";
/// The logical id of the parameter that has the name of the table in use: the stack's own, or one that was
/// restored from a backup.
pub const TABLE_IN_USE: &str = "TableInUse";
/// The logical id of the table of signing keys.
pub const KEYS_TABLE: &str = "KeysTable";

/// The template with its references resolved.
#[derive(Debug, Clone)]
pub struct Template {
    /// Every function, in the order of its logical id.
    pub functions: Vec<Function>,
    /// The body of a `CreateTable` request for the table in use.
    pub table: Value,
    /// The same for the table of signing keys.
    pub keys_table: Value,
    /// The attribute by which items expire.
    pub ttl_attribute: Option<String>,
    /// The whole document, with short tags in their long form.
    pub document: Value,
}

impl Template {
    /// Reads the repository's own template with the default settings.
    pub fn load() -> Result<Self> {
        Self::load_with(&Settings::default())
    }

    /// Reads the repository's own template.
    pub fn load_with(settings: &Settings) -> Result<Self> {
        // Every test starts a stack, but the file is read once.
        static DOCUMENT: OnceLock<Value> = OnceLock::new();
        let path = root().join("template.yaml");
        let document = match DOCUMENT.get() {
            Some(document) => document,
            None => DOCUMENT.get_or_init({
                let document = yaml::load(&path)?;
                || document
            }),
        };
        Self::from_document(document.clone(), settings)
            .with_context(|| format!("in {}", path.display()))
    }

    /// Reads a template from its text.
    pub fn parse(text: &str, settings: &Settings) -> Result<Self> {
        Self::from_document(yaml::parse(text)?, settings)
    }

    /// The function of this name (`get-profile`).
    pub fn function(&self, name: &str) -> Option<&Function> {
        self.functions.iter().find(|function| function.name == name)
    }

    /// A value of the template as text, with its references resolved.
    pub fn text(&self, value: &Value, settings: &Settings) -> Result<String> {
        resolve::Resolver::new(&self.document, settings).text(value)
    }

    /// The name that the table is created with.
    pub fn table_name(&self) -> &str {
        name_of(&self.table)
    }

    /// The name that the table of signing keys is created with.
    pub fn keys_table_name(&self) -> &str {
        name_of(&self.keys_table)
    }

    /// What the rules for parameters say of these settings. CloudFormation refuses a deployment that breaks
    /// one.
    pub fn broken_rules(&self, settings: &Settings) -> Result<Vec<String>> {
        resolve::Resolver::new(&self.document, settings).broken_rules()
    }

    fn from_document(document: Value, settings: &Settings) -> Result<Self> {
        let resources =
            document.get("Resources").and_then(Value::as_object).context("no Resources")?;
        let is_function = |resource: &Value| {
            resource.get("Type").and_then(Value::as_str) == Some("AWS::Serverless::Function")
        };
        let table = |id| {
            let properties = resources.get(id).and_then(|table| table.get("Properties"));
            properties.with_context(|| format!("there is no table {id} with Properties"))
        };
        let resolver = resolve::Resolver::new(&document, settings);
        let functions = resources
            .iter()
            .filter(|(_, resource)| is_function(resource))
            .map(|(id, resource)| {
                Function::read(id, resource, &document, &resolver)
                    .with_context(|| format!("in {id}"))
            })
            .collect::<Result<Vec<_>>>()?;
        let properties = table(TABLE)?;
        let table_name = match resources.get(TABLE_IN_USE) {
            Some(_) => resolver.text(&json!({ "Fn::GetAtt": format!("{TABLE_IN_USE}.Value") }))?,
            None => settings.table_name.clone(),
        };
        Ok(Self {
            functions,
            ttl_attribute: properties
                .pointer("/TimeToLiveSpecification/AttributeName")
                .and_then(Value::as_str)
                .map(str::to_owned),
            table: create_table(properties, &table_name),
            keys_table: create_table(table(KEYS_TABLE)?, &settings.keys_table_name()),
            document,
        })
    }
}

/// The repository's root directory.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .map_or_else(PathBuf::new, Path::to_path_buf)
}

fn name_of(table: &Value) -> &str {
    table.get("TableName").and_then(Value::as_str).unwrap_or_default()
}

/// Keeps the properties that `CreateTable` knows by the same name, and adds what differs.
fn create_table(properties: &Value, name: &str) -> Value {
    const SAME: [&str; 4] =
        ["AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode"];
    let mut request: Map<String, Value> = SAME
        .into_iter()
        .filter_map(|key| properties.get(key).map(|value| (key.to_owned(), value.clone())))
        .collect();
    request.insert("TableName".to_owned(), name.into());
    if let Some(view) = properties.pointer("/StreamSpecification/StreamViewType") {
        request.insert(
            "StreamSpecification".to_owned(),
            json!({"StreamEnabled": true, "StreamViewType": view}),
        );
    }
    Value::Object(request)
}
