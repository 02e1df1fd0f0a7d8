//! References and conditions in the values that a running stack sees.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::{KEYS_TABLE, TABLE};

/// Choices of a deployment.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `AWS::StackName`.
    pub stack_name: String,
    /// The value of a reference to the table.
    pub table_name: String,
    /// Parameters by name, before their defaults.
    pub parameters: BTreeMap<String, String>,
}

impl Settings {
    /// The value of a reference to the table of signing keys.
    pub fn keys_table_name(&self) -> String {
        format!("{}-keys", self.table_name)
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            stack_name: "tessera".to_owned(),
            table_name: "tessera".to_owned(),
            parameters: BTreeMap::new(),
        }
    }
}

/// Turns a template's values into text.
#[derive(Debug)]
pub(crate) struct Resolver<'a> {
    document: &'a Value,
    settings: &'a Settings,
}

impl<'a> Resolver<'a> {
    pub(crate) fn new(document: &'a Value, settings: &'a Settings) -> Self {
        Self { document, settings }
    }

    /// The text of a scalar, or of a function that gives one. A parameter that has neither a setting
    /// nor a default, and a resource other than the tables, stay as `${Name}`.
    pub(crate) fn text(&self, value: &Value) -> Result<String> {
        match value {
            Value::String(text) => Ok(text.clone()),
            Value::Number(_) | Value::Bool(_) => Ok(value.to_string()),
            Value::Object(map) => match map.iter().next() {
                Some((key, Value::String(name))) if key == "Ref" => Ok(self.reference(name)),
                Some((key, Value::String(text))) if key == "Fn::Sub" => Ok(self.substitute(text)),
                Some((key, Value::Array(parts))) if key == "Fn::Sub" => self.with_names(parts),
                Some((key, Value::Array(parts))) if key == "Fn::Join" => self.joined(parts),
                Some((key, Value::String(name))) if key == "Fn::GetAtt" => self.attribute(name),
                Some((key, _)) if key == "Fn::If" => self.text(self.chosen(value)?),
                Some((key, Value::Array(parts))) if key == "Fn::Select" => self.selected(parts),
                _ => bail!("cannot resolve {value}"),
            },
            _ => bail!("cannot resolve {value}"),
        }
    }

    /// The value of a parameter that is a resource; any other attribute stays as `${Name}`.
    fn attribute(&self, name: &str) -> Result<String> {
        let parameter = name.strip_suffix(".Value");
        let value = parameter
            .and_then(|id| self.document.pointer(&format!("/Resources/{id}/Properties/Value")));
        value.map_or_else(|| Ok(format!("${{{name}}}")), |value| self.text(value))
    }

    /// A text with names that stand beside it.
    fn with_names(&self, parts: &[Value]) -> Result<String> {
        let [Value::String(text), Value::Object(names)] = parts else {
            bail!("Fn::Sub takes a text, or a text and its names")
        };
        let mut text = text.clone();
        for (name, value) in names {
            text = text.replace(&format!("${{{name}}}"), &self.text(value)?);
        }
        Ok(self.substitute(&text))
    }

    /// The values of a list, or of a parameter that is one, with a separator between them.
    fn joined(&self, parts: &[Value]) -> Result<String> {
        match parts {
            [Value::String(separator), Value::Array(values)] => {
                let texts = values.iter().map(|value| self.text(value));
                Ok(texts.collect::<Result<Vec<_>>>()?.join(separator))
            }
            [Value::String(separator), list] => Ok(self.text(list)?.replace(',', separator)),
            _ => bail!("Fn::Join takes a separator and a list"),
        }
    }

    /// One part of a text that `Fn::Split` divides.
    fn selected(&self, parts: &[Value]) -> Result<String> {
        let [Value::Number(index), list] = parts else {
            bail!("Fn::Select takes an index and a list")
        };
        let split = list.get("Fn::Split").and_then(Value::as_array).map(Vec::as_slice);
        let Some([Value::String(separator), text]) = split else {
            bail!("Fn::Select takes a Fn::Split")
        };
        let index = usize::try_from(index.as_u64().unwrap_or_default())?;
        let text = self.text(text)?;
        let part = text.split(separator).nth(index);
        part.map(str::to_owned).with_context(|| format!("{text} has no part {index}"))
    }

    /// The branch that a `Fn::If` takes; any other value unchanged.
    pub(crate) fn chosen<'v>(&self, value: &'v Value) -> Result<&'v Value> {
        let Some(choice) = value.get("Fn::If") else { return Ok(value) };
        let parts = choice.as_array().map(Vec::as_slice);
        let Some([Value::String(name), then, other]) = parts else {
            bail!("Fn::If takes a condition's name and two values");
        };
        let condition = self.document.pointer(&format!("/Conditions/{name}"));
        let condition = condition.with_context(|| format!("there is no condition {name}"))?;
        Ok(if self.is_true(condition)? { then } else { other })
    }

    /// The descriptions of the assertions that are wrong.
    pub(crate) fn broken_rules(&self) -> Result<Vec<String>> {
        let rules = self.document.get("Rules").and_then(Value::as_object);
        let mut broken = Vec::new();
        for rule in rules.into_iter().flatten().map(|(_, rule)| rule) {
            if let Some(condition) = rule.get("RuleCondition")
                && !self.is_true(condition)?
            {
                continue;
            }
            let assertions = rule.get("Assertions").and_then(Value::as_array);
            for assertion in assertions.into_iter().flatten() {
                if !self.is_true(assertion.get("Assert").context("no Assert")?)? {
                    let text = assertion.get("AssertDescription").and_then(Value::as_str);
                    broken.push(text.context("no AssertDescription")?.to_owned());
                }
            }
        }
        Ok(broken)
    }

    fn is_true(&self, condition: &Value) -> Result<bool> {
        let parts = |name: &str| condition.get(name).and_then(Value::as_array).map(Vec::as_slice);
        match (parts("Fn::Not"), parts("Fn::Equals")) {
            (Some([inner]), None) => Ok(!self.is_true(inner)?),
            (None, Some([one, other])) => Ok(self.text(one)? == self.text(other)?),
            _ => bail!("cannot decide {condition}"),
        }
    }

    fn reference(&self, name: &str) -> String {
        match name {
            "AWS::StackName" => return self.settings.stack_name.clone(),
            "AWS::Region" => return "us-east-1".to_owned(),
            TABLE => return self.settings.table_name.clone(),
            KEYS_TABLE => return self.settings.keys_table_name(),
            _ => {}
        }
        let default = || match self.document.get("Parameters")?.get(name)?.get("Default")? {
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        };
        self.settings
            .parameters
            .get(name)
            .cloned()
            .or_else(default)
            .unwrap_or_else(|| format!("${{{name}}}"))
    }

    fn substitute(&self, text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let Some((name, tail)) = after.split_once('}') else {
                break;
            };
            out.push_str(before);
            out.push_str(&self.reference(name));
            rest = tail;
        }
        out.push_str(rest);
        out
    }
}
