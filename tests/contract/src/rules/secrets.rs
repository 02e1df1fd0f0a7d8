//! template.yaml: who may sign what. A function that signs can make a token for anyone, so each is named here.

use crate::finding::Finding;
use crate::project::Project;
use serde_json::{Value, json};
use template::Function;

const FILE: &str = "template.yaml";

/// What signing needs besides the keys.
const VARIABLES: [&str; 3] = ["AUTH_SECRET", "AUTH_SECRET_PREVIOUS", "KEY_ROTATION_DAYS"];

/// What changes an item.
const WRITES: [&str; 4] =
    ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem"];

/// Functions that sign with a ring, and the policy that keeps them from the others' sealed keys.
struct Group {
    policy: &'static str,
    /// The rings that the policy denies: to read their sealed keys, and to write their public ones,
    /// which every function trusts.
    rings: &'static [&'static str],
    members: &'static [&'static str],
}

/// Those that begin sessions.
const SESSIONS: Group = Group {
    policy: "NoSealedTokenKeys",
    rings: &["TOKEN_KEYS"],
    members: &["signup", "signin", "sign-up-email", "sign-in-email", "change-password"],
};

/// Those that make tokens for other services.
const TOKENS: Group = Group {
    policy: "NoSealedSessionKeys",
    rings: &["SIGNING_KEYS"],
    members: &["get-session", "token"],
};

/// Everyone else.
const NOTHING: Group =
    Group { policy: "NoSealedKeys", rings: &["SIGNING_KEYS", "TOKEN_KEYS"], members: &[] };

/// Checks who has the secrets, that each function is denied the keys that it does not sign with,
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
                    "{} {says} {policy}, but what it signs with asks for {} alone",
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
