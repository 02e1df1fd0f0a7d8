//! openapi.yaml as the rules read it: operations, security, body schemas.

use serde_json::Value;
use template::Auth;

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// The document.
#[derive(Debug, Clone)]
pub struct OpenApi {
    document: Value,
}

/// One method of one path.
#[derive(Debug, Clone, Copy)]
pub struct Operation<'a> {
    /// As written, with `{name}` segments.
    pub path: &'a str,
    /// In lower case.
    pub method: &'a str,
    /// The path's entry, whose parameters all its methods share.
    item: &'a Value,
    value: &'a Value,
}

impl OpenApi {
    /// Takes the parsed document.
    pub fn new(document: Value) -> Self {
        Self { document }
    }

    /// Every operation of every path.
    pub fn operations(&self) -> Vec<Operation<'_>> {
        let paths = self.document.get("paths").and_then(Value::as_object);
        let mut operations = Vec::new();
        for (path, item) in paths.into_iter().flatten() {
            for method in METHODS {
                if let Some(value) = item.get(method) {
                    operations.push(Operation { path, method, item, value });
                }
            }
        }
        operations
    }

    /// The operation of a method (in capitals) and a path.
    pub fn operation(&self, method: &str, path: &str) -> Option<Operation<'_>> {
        let method = method.to_lowercase();
        self.operations()
            .into_iter()
            .find(|operation| operation.path == path && operation.method == method)
    }

    /// Who may call it, from `security`; the document's own counts where the operation has none.
    pub fn auth(&self, operation: Operation<'_>) -> Auth {
        let schemes = operation
            .value
            .get("security")
            .or_else(|| self.document.get("security"))
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        let without = |scheme: &Value| scheme.as_object().is_some_and(serde_json::Map::is_empty);
        if schemes.iter().all(without) {
            Auth::Public
        } else if schemes.iter().any(without) {
            Auth::Optional
        } else {
            Auth::Required
        }
    }

    /// The path's parameters that the operation declares, with their schemas.
    pub fn path_parameters<'a>(&'a self, operation: Operation<'a>) -> Vec<(&'a str, &'a Value)> {
        [operation.item, operation.value]
            .into_iter()
            .filter_map(|entry| entry.get("parameters")?.as_array())
            .flatten()
            .map(|parameter| self.resolve(parameter))
            .filter(|parameter| parameter.get("in").and_then(Value::as_str) == Some("path"))
            .filter_map(|parameter| Some((parameter.get("name")?.as_str()?, parameter)))
            .collect()
    }

    /// The JSON body's media type, if it takes one.
    pub fn body<'a>(&'a self, operation: Operation<'a>) -> Option<&'a Value> {
        self.resolve(operation.value.get("requestBody")?).get("content")?.get("application/json")
    }

    /// Whether a request without a body is rejected.
    pub fn body_is_required(&self, operation: Operation<'_>) -> bool {
        operation
            .value
            .get("requestBody")
            .and_then(|body| self.resolve(body).get("required"))
            .and_then(Value::as_bool)
            .unwrap_or(false)
    }

    /// Follows `$ref` within the document, a few steps at most.
    pub fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        let mut value = value;
        for _ in 0..8 {
            let target = value
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(|reference| self.document.pointer(reference.strip_prefix('#')?));
            match target {
                Some(found) => value = found,
                None => break,
            }
        }
        value
    }

    /// The fields that a schema requires, those of its `allOf` among them.
    pub fn required(&self, schema: &Value) -> Vec<String> {
        let schema = self.resolve(schema);
        let own = schema.get("required").and_then(Value::as_array);
        let mut names: Vec<String> =
            own.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
        for part in parts(schema) {
            names.extend(self.required(part));
        }
        names
    }

    /// The schema of a field, also when it is in one of `allOf`.
    pub fn property<'a>(&'a self, schema: &'a Value, name: &str) -> Option<&'a Value> {
        let schema = self.resolve(schema);
        schema
            .get("properties")
            .and_then(|properties| properties.get(name))
            .or_else(|| parts(schema).find_map(|part| self.property(part, name)))
    }
}

impl Operation<'_> {
    /// The operation's name, the function's.
    pub fn id(&self) -> Option<&str> {
        self.value.get("operationId").and_then(Value::as_str)
    }
}

fn parts(schema: &Value) -> impl Iterator<Item = &Value> {
    schema.get("allOf").and_then(Value::as_array).into_iter().flatten()
}
