//! template.yaml: what must be there, although neither SAM's translator nor the linter says so when it is
//! gone.

use serde_json::{Value, from_str};

use crate::finding::Finding;
use crate::project::Project;

const FILE: &str = "template.yaml";

/// Where it stands, what stands there, and what is lost without it.
const PROMISES: [(&str, &str, &str); 31] = [
    ("/Resources/Table/DeletionPolicy", r#""Retain""#, "a removed stack takes the data with it"),
    (
        "/Resources/Table/UpdateReplacePolicy",
        r#""Retain""#,
        "a changed key schema takes the data with it",
    ),
    ("/Resources/Table/Properties/BillingMode", r#""PAY_PER_REQUEST""#, "an idle table costs"),
    (
        "/Resources/Table/Properties/DeletionProtectionEnabled",
        "true",
        "one command deletes the data",
    ),
    (
        "/Resources/Table/Properties/PointInTimeRecoverySpecification",
        r#"{"PointInTimeRecoveryEnabled": true}"#,
        "there is no backup",
    ),
    (
        "/Resources/Table/Properties/TimeToLiveSpecification",
        r#"{"AttributeName": "ttl", "Enabled": true}"#,
        "nothing expires",
    ),
    (
        "/Resources/Table/Properties/StreamSpecification",
        r#"{"StreamViewType": "KEYS_ONLY"}"#,
        "deletions and mails wait a day, or the stream copies what users wrote",
    ),
    (
        "/Resources/KeysTable/DeletionPolicy",
        r#""Retain""#,
        "a removed stack takes the keys with it",
    ),
    (
        "/Resources/KeysTable/UpdateReplacePolicy",
        r#""Retain""#,
        "a changed key schema takes the keys with it",
    ),
    ("/Resources/KeysTable/Properties/BillingMode", r#""PAY_PER_REQUEST""#, "an idle table costs"),
    (
        "/Resources/KeysTable/Properties/DeletionProtectionEnabled",
        "true",
        "one command deletes the keys",
    ),
    (
        "/Resources/KeysTable/Properties/PointInTimeRecoverySpecification",
        r#"{"PointInTimeRecoveryEnabled": true}"#,
        "there is no backup",
    ),
    (
        "/Resources/WriteNoCredentials/Properties/PolicyDocument/Statement",
        r#"[{
            "Effect": "Deny",
            "Action": ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem"],
            "Resource": {"Fn::GetAtt": "TableInUseArn.Value"},
            "Condition": {"ForAnyValue:StringLike": {"dynamodb:LeadingKeys": ["EMAIL#*", "TALLY#*"]}}
        }]"#,
        "a function that writes no credentials could write one, or a tally",
    ),
    (
        "/Resources/HttpApi/Properties/DefaultRouteSettings/ThrottlingRateLimit",
        r#"{"Ref": "RequestsPerSecond"}"#,
        "one client can use up what the account may do",
    ),
    (
        "/Resources/HttpApi/Properties/DefaultRouteSettings/ThrottlingBurstLimit",
        r#"{"Ref": "RequestsAtOnce"}"#,
        "one client can use up what the account may do",
    ),
    (
        "/Resources/ChatApi/Properties/MethodSettings/0/ThrottlingRateLimit",
        r#"{"Ref": "RequestsPerSecond"}"#,
        "one client can use up what the account may do",
    ),
    (
        "/Resources/ChatApi/Properties/MethodSettings/0/ThrottlingBurstLimit",
        r#"{"Ref": "RequestsAtOnce"}"#,
        "one client can use up what the account may do",
    ),
    (
        "/Resources/HttpApi/Properties/DisableExecuteApiEndpoint",
        r#"{"Fn::If": ["HasDomain", true, false]}"#,
        "requests go around the domain",
    ),
    (
        "/Resources/ChatApi/Properties/DisableExecuteApiEndpoint",
        r#"{"Fn::If": ["HasDomain", true, false]}"#,
        "requests go around the domain",
    ),
    (
        "/Resources/ChatApi/Properties/Variables",
        r#"{"DomainName": {"Fn::If": ["HasDomain", {"Ref": "DomainName"}, "none"]}}"#,
        "a domain that is added later does not close the host of AWS",
    ),
    (
        "/Resources/Domain/Properties/DomainNameConfigurations",
        r#"[{"CertificateArn": {"Ref": "CertificateArn"}, "EndpointType": "REGIONAL", "SecurityPolicy": "TLS_1_2"}]"#,
        "AWS takes no mapping of several segments, or older TLS",
    ),
    (
        "/Resources/Chat/Properties/ReservedConcurrentExecutions",
        r#"{"Fn::If": ["BoundsChat", {"Ref": "ChatConcurrency"}, {"Ref": "AWS::NoValue"}]}"#,
        "replies can leave no function for signing in, or a new account can't deploy",
    ),
    (
        "/Resources/ChatStream/Properties/ReservedConcurrentExecutions",
        r#"{"Fn::If": ["BoundsChat", {"Ref": "ChatConcurrency"}, {"Ref": "AWS::NoValue"}]}"#,
        "joins can leave no function for signing in, or a new account can't deploy",
    ),
    ("/Globals/Function/Runtime", r#""provided.al2023""#, "the functions do not start"),
    ("/Globals/Function/Handler", r#""bootstrap""#, "the functions do not start"),
    ("/Globals/Function/Architectures", r#"["arm64"]"#, "the functions do not start"),
    (
        "/Globals/Function/LoggingConfig/LogGroup",
        r#"{"Ref": "Logs"}"#,
        "each function has a log group of its own, which is kept for ever",
    ),
    (
        "/Resources/Logs/Properties/RetentionInDays",
        r#"{"Ref": "LogRetentionDays"}"#,
        "the log is kept for ever",
    ),
    (
        "/Resources/Sweep/Properties/Events/Daily/Properties/Schedule",
        r#""rate(1 day)""#,
        "what the stream could not delete stays",
    ),
    (
        "/Resources/MailBounces/Properties/EventDestination/MatchingEventTypes",
        r#"["bounce", "complaint"]"#,
        "mails go on to addresses that refuse them",
    ),
    (
        "/Resources/SendMail/Properties/Events/Daily/Properties/Schedule",
        r#""rate(1 day)""#,
        "mails that the stream could not send are not sent",
    ),
];

/// Checks each promise.
pub fn check(project: &Project) -> Vec<Finding> {
    let document = &project.template.document;
    let broken = PROMISES.iter().filter(|(pointer, expected, _)| {
        let expected: Value = from_str(expected).unwrap_or_default();
        document.pointer(pointer) != Some(&expected)
    });
    broken
        .map(|(pointer, expected, loss)| {
            let found = document.pointer(pointer).unwrap_or(&Value::Null);
            Finding::new(
                FILE,
                format!("{pointer} is {found}: {loss}"),
                format!("write {expected} in YAML, or change tests/contract with the reason"),
            )
        })
        .collect()
}
