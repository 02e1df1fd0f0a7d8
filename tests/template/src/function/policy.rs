//! What the policies of a function allow.

use anyhow::Result;
use serde_json::Value;

use super::{Function, list};
use crate::KEYS_TABLE;
use crate::resolve::Resolver;

/// An action on signing keys, as `dynamodb:Query`, and the partition to which it is bound.
pub type KeyGrant = (String, String);

impl Function {
    pub(super) fn add_policy(
        &mut self,
        policy: &Value,
        document: &Value,
        resolver: &Resolver<'_>,
    ) -> Result<()> {
        let mut statements = policy.get("Statement");
        if let Some(id) = policy.get("Ref").and_then(Value::as_str) {
            self.managed_policies.insert(id.to_owned());
            let pointer = format!("/Resources/{id}/Properties/PolicyDocument/Statement");
            statements = document.pointer(&pointer);
        }
        for statement in list(statements) {
            let statement = resolver.chosen(statement)?;
            if statement.get("Effect").and_then(Value::as_str) == Some("Allow") {
                self.add_grant(statement);
            }
        }
        Ok(())
    }

    fn add_grant(&mut self, statement: &Value) {
        let actions = list(statement.get("Action")).filter_map(Value::as_str).map(str::to_owned);
        let resources: Vec<&Value> = list(statement.get("Resource")).collect();
        let arn = format!("{KEYS_TABLE}.Arn");
        let of_keys = |resource: &&Value| {
            resource.get("Fn::GetAtt").and_then(Value::as_str) == Some(arn.as_str())
        };
        if resources.iter().any(of_keys) {
            let named = "/Condition/ForAllValues:StringEquals/dynamodb:LeadingKeys";
            let partitions: Vec<&str> =
                list(statement.pointer(named)).filter_map(Value::as_str).collect();
            for action in actions {
                let grant = |partition: &&str| (action.clone(), (*partition).to_owned());
                self.key_grants.extend(partitions.iter().map(grant));
            }
            return;
        }
        self.actions.extend(actions);
        let resources =
            resources.into_iter().filter_map(|resource| resource.get("Fn::Sub")?.as_str());
        self.indexes
            .extend(resources.filter_map(|arn| Some(arn.split_once("/index/")?.1.to_owned())));
    }
}
