//! The repository's own template, broken in one place after another: each time a rule must say so. What the
//! rules leave to SAM's translator and to the linter is broken in `cargo xtask check --sam`.

#![allow(clippy::expect_used, reason = "helpers of tests may fail loudly")]

use contract::{Project, promises, rules_of};
use template::root;

/// What is replaced, once; by what; and what a finding then says.
const BROKEN: [(&str, &str, &str); 43] = [
    // Who may call what.
    ("CodeUri: target/lambda/update-user\n", "CodeUri: target/lambda/updateuser\n", "updateuser"),
    (
        "    Metadata:\n      Auth: public\n    Properties:\n      CodeUri: target/lambda/signin\n",
        "    Properties:\n      CodeUri: target/lambda/signin\n",
        "template.yaml says Auth: required",
    ),
    (
        "    Metadata:\n      Auth: background\n    Properties:\n      CodeUri: target/lambda/sweep\n",
        "    Metadata:\n      Auth: public\n    Properties:\n      CodeUri: target/lambda/sweep\n",
        "Sweep has 0 routes",
    ),
    (
        "Method: GET, Path: \"/api/auth/list-accounts\"",
        "Method: GET, Path: \"/api/auth/token\"",
        "GET /api/auth/token is served by",
    ),
    (
        "Method: DELETE, Path: \"/api/user/profile\"",
        "Method: POST, Path: \"/api/user/profile\"",
        "POST /api/user/profile is missing",
    ),
    (
        "          Type: HttpApi\n          Properties: { ApiId: !Ref HttpApi, Method: GET, Path: \"/api/auth/ok\" }",
        "          Type: Http\n          Properties: { ApiId: !Ref HttpApi, Method: GET, Path: \"/api/auth/ok\" }",
        "unknown event type \"Http\"",
    ),
    // What a function may do.
    (
        "          SESSION_TOKEN_READABLE: !Ref SessionTokenReadable\n      Policies:\n        - !Ref VerifySessions\n        - Statement",
        "          SESSION_TOKEN_READABLE: !Ref SessionTokenReadable\n      Policies:\n        - !Ref SignSessions\n        - Statement",
        "ListSessions may dynamodb:PutItem SIGNING_KEYS#PUBLIC, but does not sign with it",
    ),
    (
        "          SESSION_TOKEN_READABLE: !Ref SessionTokenReadable\n      Policies:\n        - !Ref VerifySessions\n        - Statement",
        "          SESSION_TOKEN_READABLE: !Ref SessionTokenReadable\n          AUTH_SECRET: !Ref AuthSecret\n      Policies:\n        - !Ref VerifySessions\n        - Statement",
        "ListSessions: AUTH_SECRET is for the functions that sign",
    ),
    (
        "              Action: [dynamodb:BatchGetItem, dynamodb:DeleteItem]\n",
        "              Action: dynamodb:*\n",
        "a statement does not name its actions",
    ),
    (
        "              Action: [dynamodb:BatchGetItem, dynamodb:DeleteItem]\n              Resource: !GetAtt TableInUseArn.Value\n",
        "              Action: [dynamodb:BatchGetItem, dynamodb:DeleteItem]\n              Resource: \"*\"\n",
        "a statement does not name its resources",
    ),
    (
        "              Action: [dynamodb:BatchGetItem, dynamodb:DeleteItem]\n              Resource: !GetAtt TableInUseArn.Value\n",
        "              NotAction: dynamodb:Scan\n              Resource: !GetAtt TableInUseArn.Value\n",
        "a statement does not name its actions",
    ),
    (
        "              Action: [dynamodb:BatchGetItem, dynamodb:DeleteItem]\n              Resource: !GetAtt TableInUseArn.Value\n",
        "              Action: [dynamodb:BatchGetItem, dynamodb:DeleteItem]\n              Resource: !GetAtt Table.Arn\n",
        "SignOut names the stack's own table",
    ),
    (
        "                dynamodb:LeadingKeys: SIGNING_KEYS#SEALED\n              \"Null\":\n                dynamodb:LeadingKeys: \"false\"\n",
        "                dynamodb:LeadingKeys: SIGNING_KEYS#SEALED\n",
        "a permission on KeysTable is not bound to partitions",
    ),
    (
        "                dynamodb:LeadingKeys: [EMAIL#*, TALLY#*]\n",
        "                dynamodb:LeadingKeys: [MAIL#*, TALLY#*]\n",
        "a function that writes no credentials could write one",
    ),
    (
        "                dynamodb:LeadingKeys: [EMAIL#*, TALLY#*]\n",
        "                dynamodb:LeadingKeys: EMAIL#*\n",
        "a function that writes no credentials could write one, or a tally",
    ),
    (
        "        - !Ref VerifySessions\n        - !Ref WriteNoCredentials\n",
        "        - !Ref VerifySessions\n",
        "lacks WriteNoCredentials",
    ),
    // Secrets.
    (
        "  AuthSecret:\n    Type: String\n    NoEcho: true\n",
        "  AuthSecret:\n    Type: String\n",
        "AUTH_SECRET has its value from {\"Ref\":\"AuthSecret\"}, which is shown",
    ),
    (
        "OPENAI_API_KEY: !Ref OpenAiApiKey",
        "OPENAI_API_KEY: a-key",
        "OPENAI_API_KEY has its value from \"a-key\", which is shown",
    ),
    // The tables.
    ("    DeletionPolicy: Retain\n", "", "/Resources/Table/DeletionPolicy is null"),
    (
        "      DeletionProtectionEnabled: true\n",
        "      DeletionProtectionEnabled: false\n",
        "one command deletes the data",
    ),
    ("PointInTimeRecoveryEnabled: true", "PointInTimeRecoveryEnabled: false", "there is no backup"),
    ("        AttributeName: ttl\n", "        AttributeName: expires_at\n", "nothing expires"),
    (
        "StreamViewType: KEYS_ONLY",
        "StreamViewType: NEW_IMAGE",
        "the stream copies what users wrote",
    ),
    ("BillingMode: PAY_PER_REQUEST", "BillingMode: PROVISIONED", "an idle table costs"),
    (
        "            Stream: !If [IsRestored, !Ref RestoredTableStream, !GetAtt Table.StreamArn]\n",
        "            Stream: !GetAtt Table.StreamArn\n",
        "Sweep names the stack's own table",
    ),
    ("            Schedule: rate(1 day)\n", "            Schedule: rate(7 days)\n", "stays"),
    // Both APIs.
    (
        "          ThrottlingRateLimit: !Ref RequestsPerSecond\n",
        "",
        "/Resources/ChatApi/Properties/MethodSettings/0/ThrottlingRateLimit is null",
    ),
    (
        "        ThrottlingBurstLimit: !Ref RequestsAtOnce\n",
        "",
        "/Resources/HttpApi/Properties/DefaultRouteSettings/ThrottlingBurstLimit is null",
    ),
    (
        "Method: POST, Path: \"/\", ResponseTransferMode: RESPONSE_STREAM",
        "Method: POST, Path: \"/\", ResponseTransferMode: STREAM",
        "ResponseTransferMode STREAM",
    ),
    (
        "TimeoutInMillis: 150000",
        "TimeoutInMillis: 600000",
        "Chat ends before the gateway ends POST /api/chat",
    ),
    // One origin.
    (
        "Method: GET, Path: \"/api/user/export\"",
        "Method: GET, Path: \"/api/chatter\"",
        "GET /api/chatter goes to the API of the mapping api/chat",
    ),
    (
        "      ApiMappingKey: api/chat\n",
        "      ApiMappingKey: chat\n",
        "POST /chat/{chat_id}/stop is missing",
    ),
    ("      ApiId: !Ref ChatApi\n", "      ApiId: !Ref HttpApi\n", "ChatApi has no API mapping"),
    (
        "      Stage: !Ref ChatApi.Stage\n",
        "      Stage: live\n",
        "ChatMapping does not name the stage of its API",
    ),
    (
        "      DisableExecuteApiEndpoint: !If [HasDomain, true, false]\n      # A REST API",
        "      # A REST API",
        "/Resources/ChatApi/Properties/DisableExecuteApiEndpoint is null",
    ),
    ("SecurityPolicy: TLS_1_2", "SecurityPolicy: TLS_1_0", "or older TLS"),
    // Bounds, and what the functions run on.
    ("!If [BoundsChat, !Ref ChatConcurrency, !Ref AWS::NoValue]", "!Ref ChatConcurrency", "deploy"),
    ("    Runtime: provided.al2023\n", "    Runtime: provided.al2\n", "the functions do not start"),
    ("    Architectures: [arm64]\n", "", "/Globals/Function/Architectures is null"),
    ("      RetentionInDays: !Ref LogRetentionDays\n", "", "the log is kept for ever"),
    ("      - Assert: !Not", "      - Asserts: !Not", "the rule ModelIsNamed checks nothing"),
    (
        "MatchingEventTypes: [bounce, complaint]",
        "MatchingEventTypes: [bounces]",
        "mails go on to addresses that refuse them",
    ),
    // What the operator reads.
    (
        "    Default: 500000\n",
        "    Default: 5000000\n",
        "docs/deploying.md: the default of QuotaTokensPerDay is not \"500000\"",
    ),
];

#[test]
fn a_template_that_is_broken_in_one_place_is_found() {
    let whole = std::fs::read_to_string(root().join("template.yaml")).expect("it can be read");
    let project = Project::read(&root()).expect("it can be read").expect("it can be parsed");
    let mut unseen = Vec::new();
    for (from, to, expected) in BROKEN {
        assert!(whole.contains(from), "template.yaml has no {from}");
        let findings = match project.with_template(&whole.replacen(from, to, 1)) {
            Ok(broken) => [rules_of(&broken), promises(&broken)].concat(),
            Err(unreadable) => vec![unreadable],
        };
        let findings: Vec<String> = findings.iter().map(ToString::to_string).collect();
        if !findings.iter().any(|finding| finding.contains(expected)) {
            unseen.push(format!("{from} → {to}: no \"{expected}\" in {findings:#?}"));
        }
    }
    assert!(unseen.is_empty(), "{}", unseen.join("\n\n"));
}
