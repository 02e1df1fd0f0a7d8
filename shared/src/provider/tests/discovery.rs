//! What an OpenID provider says of itself, and the page that it leads to.

use std::collections::HashMap;

use super::*;

fn authorization<'a>(verifier: &'a Verifier, scopes: &'a [String]) -> Authorization<'a> {
    Authorization {
        state: "state & more",
        nonce: NONCE,
        verifier,
        redirect_uri: CALLBACK,
        scopes,
        login_hint: Some("ada@example.com"),
    }
}

fn query(url: &str) -> HashMap<String, String> {
    let query = url.split_once('?').unwrap().1;
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

#[tokio::test]
async fn the_page_of_the_provider_gets_the_challenge_and_all_that_binds_the_answer() {
    let idp = Idp::new();
    let (verifier, scopes) = (Verifier::random(), ["calendar".to_owned(), "email".to_owned()]);
    let url = idp.provider.authorization_url(&authorization(&verifier, &scopes)).await.unwrap();
    assert!(url.starts_with("https://idp.example/tenant/authorize?tenant=1&response_type=code&"));
    let query = query(&url);
    let challenge = verifier.challenge();
    for (name, value) in [
        ("tenant", "1"),
        ("client_id", "our client"),
        ("redirect_uri", CALLBACK),
        ("scope", "openid email calendar"),
        ("state", "state & more"),
        ("nonce", NONCE),
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
        ("login_hint", "ada@example.com"),
    ] {
        assert_eq!(query.get(name).map(String::as_str), Some(value), "{name}");
    }
    assert!(!url.contains(verifier.expose()));
}

#[tokio::test]
async fn the_metadata_are_asked_for_once_an_hour() {
    let idp = Idp::new();
    let verifier = Verifier::random();
    for (wait, asked) in [(0, 1), (3_599, 1), (1, 2)] {
        idp.later(Duration::from_secs(wait));
        idp.provider.authorization_url(&authorization(&verifier, &[])).await.unwrap();
        assert_eq!(idp.fake.calls(METADATA).len(), asked);
    }
}

#[tokio::test]
async fn metadata_of_another_issuer_lead_nowhere() {
    let idp = Idp::new();
    let mut evil = metadata();
    evil["issuer"] = "https://evil.example".into();
    idp.fake.answer(METADATA, json_of(&evil));
    let verifier = Verifier::random();
    let refused = idp.provider.authorization_url(&authorization(&verifier, &[])).await;
    assert!(matches!(refused, Err(ProviderError::Unreachable(_))), "{refused:?}");
    idp.fake.answer(METADATA, json_of(&metadata()));
    assert!(idp.provider.authorization_url(&authorization(&verifier, &[])).await.is_ok());
}

#[tokio::test]
async fn an_answer_with_the_iss_of_another_provider_is_not_this_ones() {
    let idp = Idp::new();
    let may_have_sent = async |iss| idp.provider.may_have_sent(iss).await.unwrap();
    assert!(may_have_sent(Some(ISSUER)).await && may_have_sent(None).await);
    for iss in ["https://accounts.google.com", "", "https://idp.example/tenant/"] {
        assert!(!may_have_sent(Some(iss)).await, "{iss}");
    }
    let promising = Idp::new();
    let mut metadata = metadata();
    metadata["authorization_response_iss_parameter_supported"] = true.into();
    promising.fake.answer(METADATA, json_of(&metadata));
    assert!(!promising.provider.may_have_sent(None).await.unwrap());
    assert!(promising.provider.may_have_sent(Some(ISSUER)).await.unwrap());
}

#[test]
fn only_configured_providers_are_found_in_their_order() {
    let google = ProviderConfig { id: "google".parse().unwrap(), ..openid_config() };
    let config = ProvidersConfig { providers: vec![google, openid_config()], ca_bundle: None };
    let providers = Providers::new(config, &Clock::default());
    let ids: Vec<_> = providers.ids().map(ProviderId::as_str).collect();
    assert_eq!(ids, ["google", "corp"]);
    let corp = providers.get(&"corp".parse().unwrap()).unwrap();
    assert!(corp.id().as_str() == "corp" && corp.has_id_tokens());
    assert!(providers.get(&"github".parse().unwrap()).is_none());
    assert!(!format!("{providers:?}").contains("hush"));
}

/// The runtime of a function moves what a handler waits for between threads.
#[test]
fn what_a_handler_waits_for_can_move_between_threads() {
    fn is_send<T: Send>(_: T) {}
    let (idp, verifier) = (Idp::new(), Verifier::random());
    let tokens = ProviderTokens::from_secret(r#"{"access_token":"a","scopes":[]}"#).unwrap();
    is_send(idp.provider.may_have_sent(None));
    is_send(idp.provider.authorization_url(&authorization(&verifier, &[])));
    is_send(idp.provider.redeem("the-code", &verifier, CALLBACK, NONCE));
    is_send(idp.provider.verify_id_token("a.b.c", None, None));
    is_send(idp.provider.refresh(&tokens));
    is_send(idp.provider.user_info(&tokens.access_token));
}
