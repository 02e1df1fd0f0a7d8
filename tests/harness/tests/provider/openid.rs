use super::relying_party::{REDIRECT_URI, RelyingParty, form, json};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use harness::provider::{Algorithm, Person, TestProvider};
use serde_json::{Value, json as value};
use std::time::Duration;

#[tokio::test]
async fn a_client_signs_in_and_gets_what_the_scopes_allow() {
    let provider = TestProvider::start().await.unwrap();
    let party = RelyingParty::of(&provider);
    let (_, discovery) =
        json(&party.get("/.well-known/openid-configuration", &[]).await.unwrap()).unwrap();
    assert_eq!(discovery["issuer"], provider.url());
    assert_eq!(discovery["jwks_uri"], format!("{}/jwks", provider.url()));
    provider.sign_in_as(Person::new("ada"));
    provider.set_token_lifetime(Duration::from_secs(7));
    let redirect = party.authorize("/authorize", &[]).await.unwrap();
    assert_eq!((redirect["state"].as_str(), redirect["iss"].as_str()), ("s 1", provider.url()));
    let (status, tokens) = party.redeem(&redirect["code"], &[]).await.unwrap();
    assert_eq!((status, &tokens["expires_in"]), (200, &value!(7)));
    let id_token = tokens["id_token"].as_str().unwrap();
    let (header, claims) = party.verified(id_token).await.unwrap();
    assert_eq!(header["alg"], "ES256");
    assert_eq!((&claims["iss"], &claims["nonce"]), (&value!(provider.url()), &value!("n1")));
    assert_eq!((&claims["sub"], &claims["email_verified"]), (&value!("ada"), &value!(true)));
    let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
    let user = party.get("/userinfo", &[("authorization", &bearer)]).await.unwrap();
    assert_eq!(json(&user).unwrap().1["email"], "ada@example.com");
    assert_eq!(party.get("/userinfo", &[]).await.unwrap().status(), 401);

    let only_sub = party.authorize("/authorize", &[("scope", "openid")]).await.unwrap();
    let (_, tokens) = party.redeem(&only_sub["code"], &[]).await.unwrap();
    let (_, claims) = party.verified(tokens["id_token"].as_str().unwrap()).await.unwrap();
    assert_eq!((&claims["email"], &claims["name"]), (&Value::Null, &Value::Null));
    // What is recorded has no secrets.
    let calls = provider.calls("/token");
    assert_eq!((calls.len(), calls[0].parameters["code_verifier"].as_str()), (2, "hidden"));
    assert_eq!(provider.calls("/authorize")[0].parameters["nonce"], "n1");
    provider.forget_calls();
    assert_eq!(provider.calls("/token"), []);
}

#[tokio::test]
async fn every_algorithm_signs_and_older_keys_stay_published() {
    let provider = TestProvider::start().await.unwrap();
    let party = RelyingParty::of(&provider);
    let mut older = Vec::new();
    for (algorithm, name) in [
        (Algorithm::Rs256, "RS256"),
        (Algorithm::EdDsa, "EdDSA"),
        (Algorithm::Es256, "ES256"),
        (Algorithm::Es256, "ES256"),
    ] {
        provider.rotate_key(algorithm).unwrap();
        let token = provider.id_token(&Person::new("ada"), None).unwrap();
        let (header, claims) = party.verified(&token).await.unwrap();
        assert_eq!((&header["alg"], &claims["nonce"]), (&value!(name), &Value::Null));
        assert!(!older.contains(&header["kid"]));
        older.push(header["kid"].clone());
    }
}

#[tokio::test]
async fn a_code_works_once_for_the_client_that_it_was_made_for() {
    let provider = TestProvider::start().await.unwrap();
    let party = RelyingParty::of(&provider);
    provider.sign_in_as(Person::new("ada"));
    for (change, status, error) in [
        (("code_verifier", "another-verifier"), 400, "invalid_grant"),
        (("code_verifier", ""), 400, "invalid_grant"),
        (("redirect_uri", "http://localhost:9000/"), 400, "invalid_grant"),
        (("client_secret", "wrong"), 401, "invalid_client"),
        (("client_secret", ""), 401, "invalid_client"),
        (("client_id", "other"), 401, "invalid_client"),
        (("grant_type", "password"), 400, "unsupported_grant_type"),
    ] {
        let redirect = party.authorize("/authorize", &[]).await.unwrap();
        let (found, body) = party.redeem(&redirect["code"], &[change]).await.unwrap();
        assert_eq!((found, &body["error"]), (status, &value!(error)), "{change:?}");
    }
    let redirect = party.authorize("/authorize", &[]).await.unwrap();
    // By basic authentication, as well.
    let secret = format!("{}:{}", provider.client_id(), provider.client_secret());
    let basic = format!("Basic {}", STANDARD.encode(secret));
    let code = &redirect["code"];
    let body = form(
        &[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT_URI),
            ("code_verifier", super::relying_party::VERIFIER),
        ],
        &[],
    );
    let response = party.post("/token", &[("authorization", &basic)], body).await.unwrap();
    assert_eq!(response.status(), 200);
    let (again, body) = party.redeem(code, &[]).await.unwrap();
    assert_eq!((again, &body["error"]), (400, &value!("invalid_grant")));

    provider.make_client_public();
    assert_eq!(provider.client_secret(), "");
    party.sign_in().await.unwrap();
    let redirect = party.authorize("/authorize", &[]).await.unwrap();
    let with_secret = party.redeem(&redirect["code"], &[("client_secret", "x")]).await.unwrap();
    assert_eq!(with_secret.0, 401);
}

#[tokio::test]
async fn a_refresh_token_works_once_and_leads_to_the_next_one() {
    let provider = TestProvider::start().await.unwrap();
    let party = RelyingParty::of(&provider);
    provider.sign_in_as(Person::new("ada"));
    let refresh = |token: Value| {
        let token = token.as_str().unwrap_or_default().to_owned();
        let party = &party;
        async move {
            let grant = ("grant_type", "refresh_token");
            party.redeem("", &[grant, ("refresh_token", &token), ("redirect_uri", "")]).await
        }
    };
    let first = party.sign_in().await.unwrap();
    let (status, second) = refresh(first["refresh_token"].clone()).await.unwrap();
    assert_eq!(status, 200);
    let (_, claims) = party.verified(second["id_token"].as_str().unwrap()).await.unwrap();
    assert_eq!((&claims["sub"], &claims["nonce"]), (&value!("ada"), &Value::Null));
    let (status, refused) = refresh(first["refresh_token"].clone()).await.unwrap();
    assert_eq!((status, &refused["error"]), (400, &value!("invalid_grant")));
    assert_eq!(refresh(second["refresh_token"].clone()).await.unwrap().0, 200);
}

#[tokio::test]
async fn behind_tls_all_addresses_are_https() {
    let provider = TestProvider::start_https().await.unwrap();
    let party = RelyingParty::of(&provider);
    assert!(provider.url().starts_with("https://localhost:"));
    assert!(provider.ca_bundle().unwrap().is_file());
    provider.sign_in_as(Person::new("ada"));
    let redirect = party.authorize("/authorize", &[]).await.unwrap();
    assert_eq!(redirect["iss"], provider.url());
}
