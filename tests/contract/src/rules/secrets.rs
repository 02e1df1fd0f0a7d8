//! template.yaml: which functions sign tokens, and which write credentials. One that signs can make a token
//! for any user, and one that writes credentials can set anybody's password, so each is listed here.

use serde_json::{Value, json};
use template::{Function, KEYS_TABLE};

use super::statements;
use crate::finding::Finding;
use crate::project::Project;

const FILE: &str = "template.yaml";

/// Settings that only signing needs, and whether what seals needs them as well.
const VARIABLES: [(&str, bool); 3] =
    [("AUTH_SECRET", true), ("AUTH_SECRET_PREVIOUS", true), ("KEY_ROTATION_DAYS", false)];

/// They create sessions.
const SESSIONS: [&str; 10] = [
    "signup",
    "signin",
    "sign-up-email",
    "sign-in-email",
    "change-password",
    "confirm-magic-link",
    "sign-in-email-otp",
    "verify-magic-link",
    "sign-in-social",
    "finish-social",
];

/// They make tokens for other services.
const TOKENS: [&str; 2] = ["get-session", "token"];

/// They make or compare the codes of mails, which are sealed with the secret. They may not read what else
/// is sealed with it.
const CODES: [&str; 4] =
    ["check-verification-otp", "reset-password-otp", "send-mail", "verify-email-otp"];

/// They talk to providers, and seal or open the tokens that these give.
const PROVIDERS: [&str; 6] = [
    "account-info",
    "finish-social",
    "get-access-token",
    "link-social",
    "refresh-token",
    "sign-in-social",
];

/// They get tokens from providers, which know them by a secret.
const GET_TOKENS: [&str; 4] =
    ["account-info", "finish-social", "get-access-token", "refresh-token"];

/// What providers know this application by.
const CLIENT_SECRETS: [&str; 3] =
    ["GITHUB_CLIENT_SECRET", "GOOGLE_CLIENT_SECRET", "OIDC_CLIENT_SECRET"];

/// They write into an address's partition, where its credential is.
const CREDENTIALS: [&str; 20] = [
    "change-password",
    "confirm-email",
    "confirm-magic-link",
    "delete-user",
    "finish-social",
    "note-bounce",
    "reset-password",
    "reset-password-otp",
    "revoke-other-sessions",
    "revoke-sessions",
    "sign-in-email",
    "sign-in-email-otp",
    "sign-in-social",
    "sign-up-email",
    "signin",
    "signup",
    "sweep",
    "unlink-account",
    "verify-email",
    "verify-magic-link",
];

/// Denies writes of credentials.
const WRITE_NO_CREDENTIALS: &str = "WriteNoCredentials";

/// Checks which functions have the secrets, which keys each may read and write, in which form this is
/// allowed, and that all but those listed are denied to write credentials.
pub fn check(project: &Project) -> Vec<Finding> {
    let mut findings = Vec::new();
    for function in &project.template.functions {
        variables(function, &mut findings);
        client_secrets(function, &mut findings);
        keys(function, &mut findings);
        credentials(function, &mut findings);
    }
    for statement in statements::of(&project.template.document) {
        bound(statement, &mut findings);
    }
    findings
}

fn variables(function: &Function, findings: &mut Vec<Finding>) {
    let signers = [SESSIONS.as_slice(), &TOKENS].concat();
    let signs = signers.contains(&function.name.as_str());
    let sealing = [CODES.as_slice(), &PROVIDERS].concat();
    let seals = sealing.contains(&function.name.as_str());
    for (name, for_sealing) in VARIABLES {
        if (signs || seals && for_sealing) != function.environment.contains_key(name) {
            let id = &function.logical_id;
            let known = [signers.as_slice(), &sealing].concat().join(", ");
            findings.push(Finding::new(
                FILE,
                format!("{id}: {name} is for the functions that sign or seal, and for no others"),
                format!("functions that sign or seal are listed in tests/contract: {known}"),
            ));
        }
    }
}

/// What a provider knows us by is for who gets tokens there.
fn client_secrets(function: &Function, findings: &mut Vec<Finding>) {
    let gets = GET_TOKENS.contains(&function.name.as_str());
    for name in CLIENT_SECRETS {
        if gets != function.environment.contains_key(name) {
            let id = &function.logical_id;
            findings.push(Finding::new(
                FILE,
                format!("{id}: {name} is for the functions that get tokens, and for no others"),
                format!("these are listed in tests/contract: {}", GET_TOKENS.join(", ")),
            ));
        }
    }
}

/// Whoever does not sign with a ring reads its public keys at most.
fn keys(function: &Function, findings: &mut Vec<Finding>) {
    let name = function.name.as_str();
    let rings = [("SIGNING_KEYS", SESSIONS.as_slice()), ("TOKEN_KEYS", TOKENS.as_slice())];
    for (action, partition) in &function.key_grants {
        let public_read = action == "dynamodb:Query" && partition.ends_with("#PUBLIC");
        let signs = rings.iter().any(|(ring, members)| {
            partition.split('#').next() == Some(*ring) && members.contains(&name)
        });
        if !public_read && !signs {
            findings.push(Finding::new(
                FILE,
                format!(
                    "{} may {action} {partition}, but does not sign with it",
                    function.logical_id
                ),
                "give it VerifySessions, or list it in tests/contract as one that signs",
            ));
        }
    }
}

fn credentials(function: &Function, findings: &mut Vec<Finding>) {
    const WRITES: [&str; 4] = [
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
        "dynamodb:DeleteItem",
        "dynamodb:BatchWriteItem",
    ];
    let writes = WRITES.iter().any(|action| function.actions.contains(*action));
    let wanted = writes && !CREDENTIALS.contains(&function.name.as_str());
    if wanted != function.managed_policies.contains(WRITE_NO_CREDENTIALS) {
        let (says, remedy) = if wanted { ("lacks", "add") } else { ("has", "remove") };
        findings.push(Finding::new(
            FILE,
            format!(
                "{} {says} {WRITE_NO_CREDENTIALS}, which is for functions that write, but no credentials",
                function.logical_id
            ),
            format!("{remedy} !Ref {WRITE_NO_CREDENTIALS} under Policies"),
        ));
    }
}

/// A statement on signing keys allows actions on named partitions, and no request that names none.
fn bound(statement: &Value, findings: &mut Vec<Finding>) {
    let resource = statement.get("Resource").unwrap_or(&Value::Null);
    if !resource.to_string().contains(KEYS_TABLE) {
        return;
    }
    let named = "/Condition/ForAllValues:StringEquals/dynamodb:LeadingKeys";
    let partitions = statement.pointer(named).unwrap_or(&Value::Null);
    let expected = json!({
        "Effect": "Allow",
        "Action": statement["Action"],
        "Resource": { "Fn::GetAtt": format!("{KEYS_TABLE}.Arn") },
        "Condition": {
            "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": partitions },
            "Null": { "dynamodb:LeadingKeys": "false" },
        },
    });
    if partitions.is_null() || *statement != expected {
        findings.push(Finding::new(
            FILE,
            format!("a permission on {KEYS_TABLE} is not bound to partitions: {statement}"),
            "write ForAllValues:StringEquals with dynamodb:LeadingKeys, and \"Null\" with \"false\"",
        ));
    }
}
