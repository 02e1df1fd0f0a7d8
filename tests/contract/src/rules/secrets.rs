//! template.yaml: which functions sign tokens. One that signs can make a token for any user, so each is
//! listed here.

use serde_json::{Value, json};
use template::Function;

use crate::finding::Finding;
use crate::project::Project;

const FILE: &str = "template.yaml";

/// Settings that only signing needs.
const VARIABLES: [&str; 3] = ["AUTH_SECRET", "AUTH_SECRET_PREVIOUS", "KEY_ROTATION_DAYS"];

/// The actions that change an item.
const WRITES: [&str; 4] =
    ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem"];

/// Functions that sign with one ring of keys, and the policy that denies them the other rings.
struct Group {
    policy: &'static str,
    /// The policy denies reading the sealed keys of these rings and writing their public keys, which
    /// every function trusts.
    rings: &'static [&'static str],
    members: &'static [&'static str],
}

/// They create sessions.
const SESSIONS: Group = Group {
    policy: "NoSealedTokenKeys",
    rings: &["TOKEN_KEYS"],
    members: &["signup", "signin", "sign-up-email", "sign-in-email", "change-password"],
};

/// They make tokens for other services.
const TOKENS: Group = Group {
    policy: "NoSealedSessionKeys",
    rings: &["SIGNING_KEYS"],
    members: &["get-session", "token"],
};

/// All others.
const NOTHING: Group =
    Group { policy: "NoSealedKeys", rings: &["SIGNING_KEYS", "TOKEN_KEYS"], members: &[] };

/// Checks which functions have the secrets, that each is denied the keys that it does not sign with,
/// and that the policies deny them.
pub fn check(project: &Project) -> Vec<Finding> {
    let mut findings = Vec::new();
    for function in &project.template.functions {
        let own = &group(&function.name);
        variables(function, own, &mut findings);
        policies(function, own, &mut findings);
    }
    for group in [SESSIONS, TOKENS, NOTHING] {
        let attached = |function: &Function| function.managed_policies.contains(group.policy);
        if project.template.functions.iter().any(attached) {
            denial(project, &group, &mut findings);
        }
    }
    findings
}

fn group(function: &str) -> Group {
    [SESSIONS, TOKENS]
        .into_iter()
        .find(|group| group.members.contains(&function))
        .unwrap_or(NOTHING)
}

fn variables(function: &Function, own: &Group, findings: &mut Vec<Finding>) {
    let signs = !own.members.is_empty();
    for name in VARIABLES {
        if signs != function.environment.contains_key(name) {
            findings.push(Finding::new(
                FILE,
                format!(
                    "{}: {name} is for the functions that sign, and for no others",
                    function.logical_id
                ),
                format!(
                    "functions that sign are listed in tests/contract: {}",
                    [SESSIONS.members, TOKENS.members].concat().join(", ")
                ),
            ));
        }
    }
}

fn policies(function: &Function, own: &Group, findings: &mut Vec<Finding>) {
    if function.actions.is_empty() {
        return;
    }
    for policy in [SESSIONS.policy, TOKENS.policy, NOTHING.policy] {
        let wanted = policy == own.policy;
        if wanted != function.managed_policies.contains(policy) {
            let (says, remedy) = if wanted { ("lacks", "add") } else { ("has", "remove") };
            findings.push(Finding::new(
                FILE,
                format!(
                    "{} {says} {policy}, but a function that signs as it does needs {} alone",
                    function.logical_id, own.policy
                ),
                format!("{remedy} !Ref {policy} under Policies"),
            ));
        }
    }
}

fn denial(project: &Project, group: &Group, findings: &mut Vec<Finding>) {
    let partitions = |part: &str| -> Value {
        let names: Vec<String> = group.rings.iter().map(|ring| format!("{ring}#{part}")).collect();
        match names.as_slice() {
            [one] => json!(one),
            several => json!(several),
        }
    };
    let statement = |action: Value, part: &str| {
        json!({
            "Effect": "Deny",
            "Action": action,
            "Resource": { "Fn::GetAtt": "Table.Arn" },
            "Condition": { "ForAnyValue:StringEquals": { "dynamodb:LeadingKeys": partitions(part) } }
        })
    };
    let expected =
        json!([statement(json!("dynamodb:*"), "SEALED"), statement(json!(WRITES), "PUBLIC")]);
    let pointer = format!("/Resources/{}/Properties/PolicyDocument/Statement", group.policy);
    if project.template.document.pointer(&pointer) != Some(&expected) {
        findings.push(Finding::new(
            FILE,
            format!(
                "{} does not deny every call that names sealed keys, and every write of public ones, \
                 of {}",
                group.policy,
                group.rings.join(" and ")
            ),
            format!("write these statements, and no other: {expected}"),
        ));
    }
}
