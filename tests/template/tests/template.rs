//! Reads the repository's own template.

use serde_json::{Value, json};
use template::{Api, Auth, Function, Settings, Template};

#[test]
fn the_functions_have_their_routes_environment_and_grants() {
    let mut settings = Settings::default();
    settings.parameters.insert("AuthSecret".to_owned(), "a secret".to_owned());
    let template = Template::load_with(&settings).unwrap();

    let signin = template.function("signin").unwrap();
    assert_eq!(
        (signin.logical_id.as_str(), signin.auth, signin.memory, signin.timeout),
        ("Signin", Auth::Public, 1024, 15)
    );
    assert_eq!(signin.environment["TABLE_NAME"], "tessera");
    assert_eq!(signin.environment["TOKEN_ISSUER"], "tessera");
    assert_eq!(signin.environment["AUTH_SECRET"], "a secret");
    assert_eq!(signin.environment["AUTH_SECRET_PREVIOUS"], "");
    assert_eq!(signin.environment["SIGN_IN_FLOOR_MS"], "500");

    let messages = template.function("list-messages").unwrap();
    let route = &messages.routes[0];
    assert_eq!((route.method.as_str(), route.api), ("GET", Api::Http));
    assert_eq!(route.path, "/api/conversations/{conversation_id}/messages");
    // Neither is stated: access has a default, memory stands in the globals.
    assert_eq!((messages.auth, messages.memory), (Auth::Required, 256));
    assert!(messages.actions.contains("dynamodb:Query"));
    assert!(messages.indexes.contains("gsi1"));
    assert!(messages.managed_policies.contains("VerifySessions"));
    let grant = ("dynamodb:Query".to_owned(), "SIGNING_KEYS#PUBLIC".to_owned());
    assert_eq!(messages.key_grants.iter().collect::<Vec<_>>(), [&grant]);
}

#[test]
fn a_background_function_has_its_stream_and_schedule() {
    let template = Template::load().unwrap();
    let sweep = template.function("sweep").unwrap();
    assert_eq!((sweep.auth, sweep.routes.len(), sweep.timeout), (Auth::Background, 0, 900));
    assert_eq!(sweep.schedules, ["rate(1 day)"]);
    assert_eq!(sweep.streams.len(), 1, "a stream has two readers at most");
    assert_eq!(wanted_records(sweep), [[true, false, false], [true, true, false]]);
}

/// Whether a function wants a job and an interaction that is new, that is changed, that is gone. Nothing
/// else of a user is wanted.
fn wanted_records(function: &Function) -> [[bool; 3]; 2] {
    let wants = |event: &str, pk: &str, sk: &str| {
        let keys = json!({"pk": {"S": pk}, "sk": {"S": sk}});
        let record = json!({"eventName": event, "dynamodb": {"Keys": keys}});
        function.streams.iter().any(|stream| stream.wants(&record))
    };
    for sk in ["ACCOUNT", "INTERACTION", "interaction#x", "XINTERACTION#x"] {
        assert!(!wants("MODIFY", "USER#x", sk), "{sk}");
    }
    [("SWEEPS", "x"), ("USER#x", "INTERACTION#x")]
        .map(|(pk, sk)| ["INSERT", "MODIFY", "REMOVE"].map(|event| wants(event, pk, sk)))
}

#[test]
fn without_analytics_interactions_are_not_given_to_anyone() {
    let template = Template::load_with(&with(&[("Analytics", "off")])).unwrap();
    let wanted = wanted_records(template.function("sweep").unwrap());
    assert_eq!(wanted, [[true, false, false], [false, false, false]]);
}

#[test]
fn a_filter_whose_rule_is_not_known_is_refused() {
    let text = std::fs::read_to_string(template::root().join("template.yaml")).unwrap();
    let known = r#"{"prefix":"INTERACTION#"}"#;
    for unknown in [r#"{"suffix":"x"}"#, r#"{"prefix":1}"#, r#"{"prefix":"a","suffix":"b"}"#] {
        let text = text.replace(known, unknown);
        let error = Template::parse(&text, &Settings::default()).unwrap_err();
        assert!(format!("{error:#}").contains("a rule that is not known"), "{error:#}");
    }
}

#[test]
fn a_function_that_a_topic_starts_names_it() {
    let template = Template::load().unwrap();
    let bounces = template.function("note-bounce").unwrap();
    assert_eq!(
        (bounces.auth, bounces.topics.as_slice()),
        (Auth::Background, &["MailEvents".to_owned()][..])
    );
    let topic = &template.document["Resources"]["MailEvents"];
    assert_eq!(topic["Type"], "AWS::SNS::Topic");
}

#[test]
fn the_table_is_a_create_table_request() {
    let template = Template::load().unwrap();
    assert_eq!(template.table_name(), "tessera");
    assert_eq!(template.ttl_attribute.as_deref(), Some("ttl"));
    assert_eq!(template.table["BillingMode"], "PAY_PER_REQUEST");
    assert_eq!(template.table["GlobalSecondaryIndexes"][0]["IndexName"], "gsi1");
    assert_eq!(
        template.table["StreamSpecification"],
        json!({"StreamEnabled": true, "StreamViewType": "KEYS_ONLY"})
    );
    assert!(template.table.get("TimeToLiveSpecification").is_none());
}

#[test]
fn one_function_responds_to_the_preflights_of_the_http_api() {
    let template = Template::load().unwrap();
    assert_eq!(template.document.pointer("/Resources/HttpApi/Properties/CorsConfiguration"), None);
    let preflight = template.function("preflight").unwrap();
    let route = preflight.main_route().unwrap();
    assert_eq!((route.method.as_str(), route.path.as_str()), ("OPTIONS", "/{proxy+}"));
    assert_eq!((preflight.routes.len(), preflight.auth), (0, Auth::Public));
    assert!(preflight.actions.is_empty() && preflight.managed_policies.is_empty());
    assert!(preflight.environment["CORS_ALLOWED_HEADERS"].contains("traceparent"));
}

const CERTIFICATE: &str = "arn:aws:acm:eu-central-1:123456789012:certificate/0a1b2c3d";

fn with(parameters: &[(&str, &str)]) -> Settings {
    let parameters =
        parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Settings { parameters: parameters.collect(), ..Settings::default() }
}

#[test]
fn a_domain_has_a_certificate_and_is_the_public_url() {
    let template = Template::load().unwrap();
    let broken = |parameters: &[_]| template.broken_rules(&with(parameters)).unwrap().join(" ");
    let domain = ("DomainName", "api.example.com");
    let certificate = ("CertificateArn", CERTIFICATE);
    let zone = ("HostedZoneId", "Z0123456789ABCDEFGHIJ");
    let url = ("PublicUrl", "https://api.example.com");
    for allowed in [&[] as &[_], &[url], &[domain, certificate], &[domain, certificate, zone]] {
        assert_eq!(broken(allowed), "", "{allowed:?}");
    }
    for (refused, word) in [
        (&[domain] as &[_], "CertificateArn is needed"),
        (&[domain, zone], "CertificateArn is needed"),
        (&[domain, certificate, url], "PublicUrl must be empty"),
        (&[zone], "HostedZoneId is for a DomainName"),
        (&[certificate], "CertificateArn is for a DomainName"),
    ] {
        assert!(broken(refused).starts_with(word), "{refused:?}: {}", broken(refused));
    }
    assert!(broken(&[("Assistant", "bedrock")]).contains("AssistantModel is needed"));
}

#[test]
fn functions_know_the_domain_as_their_origin() {
    for (parameters, url) in [
        (&[] as &[_], ""),
        (&[("PublicUrl", "http://localhost:9000")], "http://localhost:9000"),
        (
            &[("DomainName", "api.example.com"), ("CertificateArn", CERTIFICATE)],
            "https://api.example.com",
        ),
    ] {
        let template = Template::load_with(&with(parameters)).unwrap();
        for function in &template.functions {
            assert_eq!(function.environment["PUBLIC_URL"], url, "{}", function.name);
        }
    }
}

#[test]
fn the_chat_is_one_api_below_one_mapping() {
    let template = Template::load().unwrap();
    let all = template.functions.iter();
    let mut routes: Vec<_> = all
        .flat_map(|function| function.routes.iter().chain(&function.preflights))
        .filter(|route| route.api == Api::Rest)
        .map(|route| (route.path.as_str(), route.resource.as_str(), route.mapping_key()))
        .collect();
    routes.sort_unstable();
    routes.dedup();
    let mapping = "api/chat";
    assert_eq!(
        routes,
        [
            ("/api/chat", "/", mapping),
            ("/api/chat/{chat_id}/stop", "/{chat_id}/stop", mapping),
            ("/api/chat/{chat_id}/stream", "/{chat_id}/stream", mapping),
        ]
    );
}

#[test]
fn a_restored_table_takes_the_place_of_the_stacks_own() {
    let mut settings = Settings::default();
    let stream = "arn:aws:dynamodb:eu-central-1:111122223333:table/tessera-back/stream/2026-11-29T00:00:00.000";
    settings.parameters.insert("RestoredTableStream".to_owned(), stream.to_owned());
    let template = Template::load_with(&settings).unwrap();
    assert_eq!(template.table_name(), "tessera-back");
    let arn = "arn:aws:dynamodb:eu-central-1:111122223333:table/tessera-back";
    assert_eq!(
        template.text(&json!({"Fn::GetAtt": "TableInUseArn.Value"}), &settings).unwrap(),
        arn
    );
    for function in &template.functions {
        assert_eq!(function.environment["TABLE_NAME"], "tessera-back", "{}", function.name);
    }
}

/// The resources of a function's statements for an action, as texts.
fn resources(id: &str, action: &str, settings: &Settings) -> anyhow::Result<Vec<String>> {
    let template = Template::load_with(settings)?;
    let policies = template.document.pointer(&format!("/Resources/{id}/Properties/Policies"));
    let policies = policies.and_then(Value::as_array).into_iter().flatten();
    let statements = policies.filter_map(|policy| policy.get("Statement")?.as_array()).flatten();
    let mut texts = Vec::new();
    for statement in statements {
        let statement = statement.pointer("/Fn::If/1").unwrap_or(statement);
        let actions = statement.get("Action").map(Value::to_string).unwrap_or_default();
        let resources = match statement.get("Resource") {
            Some(Value::Array(several)) => several.iter().collect(),
            one => Vec::from_iter(one),
        };
        if actions.contains(action) {
            for resource in resources {
                texts.push(template.text(resource, settings)?);
            }
        }
    }
    Ok(texts)
}

#[test]
fn chat_may_call_its_model_and_the_model_that_its_profile_names() {
    let calls = |model: &str| {
        let settings = with(&[("AssistantModel", model), ("Assistant", "bedrock")]);
        resources("Chat", "bedrock:", &settings).unwrap()
    };
    let arn = |part: &str| format!("arn:${{AWS::Partition}}:bedrock:*:{part}");
    let profile = |id: &str| arn(&format!("${{AWS::AccountId}}:inference-profile/{id}"));
    let model = |id: &str| arn(&format!(":foundation-model/{id}"));

    let granted = calls("eu.company.model-4-5-v1:0");
    for wanted in [profile("eu.company.model-4-5-v1:0"), model("company.model-4-5-v1:0")] {
        assert!(granted.contains(&wanted), "{wanted} is not in {granted:#?}");
    }
    let granted = calls("global.company.model-k2.5");
    assert!(granted.contains(&model("company.model-k2.5")), "{granted:#?}");
    let granted = calls("company.model-4-5-v1:0");
    assert!(granted.contains(&model("company.model-4-5-v1:0")), "{granted:#?}");
    // Nothing that AWS could read as a pattern.
    for granted in granted {
        assert!(!granted.replacen(":*:", "", 1).contains(['*', '?']), "{granted}");
    }
}

#[test]
fn send_mail_may_use_the_identities_of_the_sender() {
    let settings = with(&[("MailSender", "mail@example.com")]);
    let granted = resources("SendMail", "ses:", &settings).unwrap();
    let ends = granted.iter().map(|arn| arn.rsplit(':').next().unwrap());
    assert_eq!(
        ends.collect::<Vec<_>>(),
        [
            "identity/mail@example.com",
            "identity/example.com",
            "configuration-set/tessera-mail",
            // Of the parameter MailIdentityArns, which is empty.
            ""
        ]
    );
}
