//! Who may sign.

use contract::translated::roles;
use serde_json::{Value, json};
use template::{Settings, Template};

use super::sample::Sample;
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

#[test]
fn a_role_that_allows_more_or_less_than_the_template_is_found() {
    let text = Sample::agreeing("roles").read("template.yaml");
    let template = Template::parse(&text, &Settings::default()).expect("a template");
    let logs = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";
    let streams = "arn:aws:iam::aws:policy/service-role/AWSLambdaDynamoDBExecutionRole";
    let statement = json!({
        "Effect": "Allow",
        "Action": "dynamodb:PutItem",
        "Resource": { "Fn::GetAtt": ["TableInUseArn", "Value"] },
    });
    let own =
        [json!(logs), json!({ "Ref": "VerifySessions" }), json!({ "Ref": "WriteNoCredentials" })];
    let found = |attached: &[Value], statements: Value| {
        let translated = json!({ "Resources": {
            "SweepRole": { "Properties": { "ManagedPolicyArns": [logs, streams] } },
            "PutNoteRole": { "Properties": {
                "ManagedPolicyArns": attached,
                "Policies": [{ "PolicyName": "P", "PolicyDocument": { "Statement": statements } }],
            } },
        } });
        let findings = roles::check(&template, &translated);
        findings.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(found(&own, json!([statement])), Vec::<String>::new());
    let more = found(&[&own[..], &[json!(streams)]].concat(), json!([statement]));
    assert!(more.len() == 1 && more[0].contains("the role of PutNote has the attached policies"));
    assert_eq!(found(&own[..2], json!([statement])).len(), 1);
    let twice = found(&own, json!([statement, statement]));
    assert!(twice.len() == 1 && twice[0].contains("the role of PutNote has the statements"));
    let mut wide = statement.clone();
    wide["Resource"] = "*".into();
    assert_eq!(found(&own[..1], json!([wide])).len(), 2);
}
