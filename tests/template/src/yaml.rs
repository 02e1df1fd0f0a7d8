//! YAML to JSON, with CloudFormation's short tags in their long form:
//! `!Ref X` becomes `{"Ref": "X"}` and `!Sub x` becomes `{"Fn::Sub": "x"}`.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use saphyr::{LoadableYamlNode as _, ScalarOwned, YamlOwned};
use serde_json::{Map, Value};

/// Reads the one document of a YAML file.
pub fn load(path: &Path) -> Result<Value> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    parse(&text).with_context(|| format!("in {}", path.display()))
}

/// Reads the one document of a YAML text.
pub fn parse(text: &str) -> Result<Value> {
    let documents = YamlOwned::load_from_str(text).context("not valid YAML")?;
    match documents.as_slice() {
        [document] => to_json(document),
        other => bail!("expected one YAML document, found {}", other.len()),
    }
}

fn to_json(node: &YamlOwned) -> Result<Value> {
    Ok(match node {
        YamlOwned::Value(scalar) => match scalar {
            ScalarOwned::Null => Value::Null,
            ScalarOwned::Boolean(value) => Value::Bool(*value),
            ScalarOwned::Integer(value) => Value::from(*value),
            ScalarOwned::FloatingPoint(value) => Value::from(value.into_inner()),
            ScalarOwned::String(value) => Value::from(value.as_str()),
        },
        YamlOwned::Sequence(nodes) => {
            Value::Array(nodes.iter().map(to_json).collect::<Result<_>>()?)
        }
        YamlOwned::Mapping(entries) => {
            let mut map = Map::new();
            for (key, value) in entries {
                map.insert(key_text(key)?, to_json(value)?);
            }
            Value::Object(map)
        }
        YamlOwned::Tagged(tag, node) => {
            let name = match tag.suffix.as_str() {
                "Ref" | "Condition" => tag.suffix.clone(),
                other => format!("Fn::{other}"),
            };
            Value::Object(Map::from_iter([(name, to_json(node)?)]))
        }
        YamlOwned::Representation(..) | YamlOwned::Alias(_) | YamlOwned::BadValue => {
            bail!("anchors and malformed scalars are not supported: {node:?}")
        }
    })
}

/// Keys of OpenAPI's `responses` may be written as bare numbers.
fn key_text(key: &YamlOwned) -> Result<String> {
    match to_json(key)? {
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        other => bail!("a mapping key must be a string, not {other}"),
    }
}
