//! Who may sign.

use super::{planted, replaced};

#[test]
fn only_functions_that_sign_reach_secrets_and_sealed_keys() {
    let template = "template.yaml";
    let variable = |name: &str| {
        let with = format!(
            "CodeUri: target/lambda/put-note\n      Environment: {{ Variables: {{ {name}: x }} }}\n"
        );
        let says = format!("PutNote: {name} is for the functions that sign");
        let change = |text: &str| text.replace("CodeUri: target/lambda/put-note\n", &with);
        planted(&format!("variable-{name}"), template, change, &[&says]);
    };
    for name in ["AUTH_SECRET", "AUTH_SECRET_PREVIOUS", "KEY_ROTATION_DAYS"] {
        variable(name);
    }
    planted(
        "no-denial",
        template,
        replaced("        - !Ref WriteNoCredentials\n", ""),
        &["PutNote lacks WriteNoCredentials", "add !Ref WriteNoCredentials under Policies"],
    );
    planted(
        "sealed-keys",
        template,
        replaced("LeadingKeys: SIGNING_KEYS#PUBLIC", "LeadingKeys: SIGNING_KEYS#SEALED"),
        &["PutNote may dynamodb:Query SIGNING_KEYS#SEALED, but does not sign with it"],
    );
    planted(
        "public-keys-are-written",
        template,
        replaced("Action: dynamodb:Query", "Action: dynamodb:PutItem"),
        &["PutNote may dynamodb:PutItem SIGNING_KEYS#PUBLIC, but does not sign with it"],
    );
    let unbound = "a permission on KeysTable is not bound to partitions";
    for (name, from, to) in [
        ("no-partitions", "ForAllValues:StringEquals", "ForAllValues:StringLike"),
        ("may-name-none", "\"Null\": { dynamodb:LeadingKeys: \"false\" }", ""),
        ("any-value", "ForAllValues:StringEquals", "ForAnyValue:StringEquals"),
        (
            "denied",
            "- Effect: Allow\n            Action: dynamodb:Query",
            "- Effect: Deny\n            Action: dynamodb:Query",
        ),
        (
            "every-table",
            "Resource: !GetAtt KeysTable.Arn",
            "Resource: [!GetAtt KeysTable.Arn, !GetAtt Table.Arn]",
        ),
    ] {
        planted(name, template, replaced(from, to), &[unbound]);
    }
    for name in [
        "signup",
        "signin",
        "sign-up-email",
        "sign-in-email",
        "change-password",
        "get-session",
        "token",
    ] {
        let pascal = contract::pascal_case(name);
        let change = |text: &str| text.replace("put-note", name).replace("PutNote", &pascal);
        let says = format!("{pascal}: AUTH_SECRET is for the functions that sign");
        planted(&format!("signer-{name}"), template, change, &[&says]);
    }
    let change = |text: &str| text.replace("put-note", "signin").replace("PutNote", "Signin");
    planted("needless-denial", template, change, &["Signin has WriteNoCredentials"]);
}
