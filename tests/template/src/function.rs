//! One `AWS::Serverless::Function` of the template.

mod policy;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};

use crate::resolve::Resolver;
use crate::route::{Api, Route};

pub use policy::KeyGrant;

/// Who may call a function, from its metadata.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Auth {
    /// 401 without a valid session. The default.
    Required,
    /// Works with and without one.
    Optional,
    /// Never reads one.
    Public,
    /// Has no route.
    Background,
}

impl Auth {
    /// A function that says nothing requires a session, so that none is open by mistake.
    fn read(stated: Option<&Value>) -> Result<Self> {
        let Some(stated) = stated else { return Ok(Self::Required) };
        Ok(match stated.as_str() {
            Some("required") => Self::Required,
            Some("optional") => Self::Optional,
            Some("public") => Self::Public,
            Some("background") => Self::Background,
            _ => bail!(
                "Metadata.Auth must be required, optional, public or background, not {stated}"
            ),
        })
    }
}

/// A subscription to the table's stream.
#[derive(Debug, Clone, PartialEq)]
pub struct Stream {
    /// Maximum records of one call.
    pub batch_size: usize,
    /// A record must match one of these patterns; none means that all match.
    pub filters: Vec<Value>,
}

impl Stream {
    /// Whether the function wants this record (a JSON object with `eventName` and `dynamodb`).
    pub fn wants(&self, record: &Value) -> bool {
        self.filters.is_empty() || self.filters.iter().any(|pattern| matches(pattern, record))
    }
}

/// Lambda's event pattern, as far as [`understood`] goes: an object's fields all match, and a list matches
/// when one of its choices does.
fn matches(pattern: &Value, value: &Value) -> bool {
    match pattern {
        Value::Object(fields) => fields
            .iter()
            .all(|(name, inner)| value.get(name).is_some_and(|found| matches(inner, found))),
        Value::Array(choices) => choices.iter().any(|choice| match prefix(choice) {
            Some(prefix) => value.as_str().is_some_and(|text| text.starts_with(prefix)),
            None => choice == value,
        }),
        other => other == value,
    }
}

/// The text with which a value begins that this choice wants.
fn prefix(choice: &Value) -> Option<&str> {
    let rule = choice.as_object().filter(|rule| rule.len() == 1)?;
    rule.get("prefix")?.as_str()
}

/// Whether a pattern has nothing but fields, values and prefixes. Lambda knows more rules.
fn understood(pattern: &Value) -> bool {
    match pattern {
        Value::Object(fields) => fields.values().all(understood),
        Value::Array(choices) => {
            choices.iter().all(|choice| !choice.is_object() || prefix(choice).is_some())
        }
        _ => false,
    }
}

/// A function as the template describes it.
#[derive(Debug, Clone)]
pub struct Function {
    /// Also its directory, package, binary and operationId.
    pub name: String,
    /// Its key under `Resources`.
    pub logical_id: String,
    /// Who may call it.
    pub auth: Auth,
    /// Empty for background functions.
    pub routes: Vec<Route>,
    /// `OPTIONS` routes: functions respond to preflights themselves.
    pub preflights: Vec<Route>,
    /// Schedule expressions, as `rate(1 day)`.
    pub schedules: Vec<String>,
    /// Subscriptions to the table's stream.
    pub streams: Vec<Stream>,
    /// Logical ids of the SNS topics that start it.
    pub topics: Vec<String>,
    /// The globals' variables with its own over them, references resolved.
    pub environment: BTreeMap<String, String>,
    /// The actions that its policies allow, as `dynamodb:Query`, but for those on signing keys.
    pub actions: BTreeSet<String>,
    /// Names of the table's indexes among the resources of those policies.
    pub indexes: BTreeSet<String>,
    /// What it may do to signing keys.
    pub key_grants: BTreeSet<KeyGrant>,
    /// Logical ids of the managed policies that it attaches.
    pub managed_policies: BTreeSet<String>,
    /// In MB.
    pub memory: u64,
    /// In seconds.
    pub timeout: u64,
}

impl Function {
    /// Its route; that of preflights, if it does nothing but respond to them.
    pub fn main_route(&self) -> Option<&Route> {
        self.routes.first().or_else(|| self.preflights.first())
    }

    pub(crate) fn read(
        id: &str,
        resource: &Value,
        document: &Value,
        resolver: &Resolver<'_>,
    ) -> Result<Self> {
        let own = resource.get("Properties").context("no Properties")?;
        let globals = document.pointer("/Globals/Function");
        let property = |name: &str| own.get(name).or_else(|| globals?.get(name));
        let code = own.get("CodeUri").and_then(Value::as_str).context("no CodeUri")?;
        let mut function = Self {
            name: code.rsplit('/').next().unwrap_or(code).to_owned(),
            logical_id: id.to_owned(),
            auth: Auth::read(resource.pointer("/Metadata/Auth"))?,
            routes: Vec::new(),
            preflights: Vec::new(),
            schedules: Vec::new(),
            streams: Vec::new(),
            topics: Vec::new(),
            environment: BTreeMap::new(),
            actions: BTreeSet::new(),
            indexes: BTreeSet::new(),
            key_grants: BTreeSet::new(),
            managed_policies: BTreeSet::new(),
            memory: property("MemorySize").and_then(Value::as_u64).unwrap_or(128),
            timeout: property("Timeout").and_then(Value::as_u64).unwrap_or(3),
        };
        for source in [globals, Some(own)].into_iter().flatten() {
            for (name, value) in fields(source.pointer("/Environment/Variables")) {
                let text = resolver.text(value).with_context(|| format!("variable {name}"))?;
                function.environment.insert(name.clone(), text);
            }
        }
        for (name, event) in fields(own.get("Events")) {
            function
                .add_event(event, document, resolver)
                .with_context(|| format!("event {name}"))?;
        }
        for policy in list(own.get("Policies")) {
            function.add_policy(policy, document, resolver)?;
        }
        Ok(function)
    }

    fn add_event(
        &mut self,
        event: &Value,
        document: &Value,
        resolver: &Resolver<'_>,
    ) -> Result<()> {
        let text = |name: &str| {
            let value = event.get("Properties").and_then(|properties| properties.get(name));
            value.and_then(Value::as_str).with_context(|| format!("no {name}"))
        };
        match event.get("Type").and_then(Value::as_str).unwrap_or_default() {
            kind @ ("HttpApi" | "Api") => {
                let api = if kind == "Api" { Api::Rest } else { Api::Http };
                let properties = event.get("Properties").context("no Properties")?;
                let route = Route::read(api, properties, document)?;
                let preflight = route.method == "OPTIONS";
                if preflight { &mut self.preflights } else { &mut self.routes }.push(route);
            }
            "Schedule" => self.schedules.push(text("Schedule")?.to_owned()),
            "ScheduleV2" => self.schedules.push(text("ScheduleExpression")?.to_owned()),
            "DynamoDB" => {
                let size =
                    event.pointer("/Properties/BatchSize").and_then(Value::as_u64).unwrap_or(100);
                let mut filters = Vec::new();
                for filter in list(event.pointer("/Properties/FilterCriteria/Filters")) {
                    filters.extend(filter_pattern(resolver.chosen(filter)?)?);
                }
                self.streams.push(Stream { batch_size: usize::try_from(size)?, filters });
            }
            "SNS" => {
                let topic = event.pointer("/Properties/Topic/Ref").and_then(Value::as_str);
                self.topics.push(topic.context("Topic is no !Ref of a topic")?.to_owned());
            }
            other => bail!("unknown event type {other:?}"),
        }
        Ok(())
    }
}

/// The pattern of a filter; none of `AWS::NoValue`, with which a condition leaves a filter out.
fn filter_pattern(filter: &Value) -> Result<Option<Value>> {
    let Some(pattern) = filter.get("Pattern").and_then(Value::as_str) else {
        ensure!(filter == &json!({ "Ref": "AWS::NoValue" }), "a filter has no pattern: {filter}");
        return Ok(None);
    };
    let pattern = serde_json::from_str(pattern).context("a filter pattern is not JSON")?;
    ensure!(understood(&pattern), "a filter pattern has a rule that is not known here: {pattern}");
    Ok(Some(pattern))
}

fn fields(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value.and_then(Value::as_object).into_iter().flatten()
}

/// CloudFormation takes one value where a list of one is meant.
fn list(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    match value {
        Some(Value::Array(values)) => values.iter().collect::<Vec<_>>(),
        Some(single) => vec![single],
        None => Vec::new(),
    }
    .into_iter()
}
