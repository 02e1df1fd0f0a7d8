use super::relying_party::{REDIRECT_URI, RelyingParty, VERIFIER, form, json};
use anyhow::{Context as _, Result};
use harness::http::Response;
use harness::provider::{Person, ProviderFault, TestProvider};
use serde_json::{Value, json as value};

const AUTHORIZE: &str = "/login/oauth/authorize";
const SCOPES: (&str, &str) = ("scope", "read:user user:email");

async fn redeem(
    party: &RelyingParty<'_>,
    accept: &str,
    changes: &[(&str, &str)],
) -> Result<Response> {
    let redirect = party.authorize(AUTHORIZE, &[SCOPES]).await?;
    let body = form(
        &[
            ("client_id", party.provider.client_id()),
            ("client_secret", party.provider.client_secret()),
            ("code", redirect.get("code").context("no code")?),
            ("redirect_uri", REDIRECT_URI),
            ("code_verifier", VERIFIER),
        ],
        changes,
    );
    party.post("/login/oauth/access_token", &[("accept", accept)], body).await
}

/// A response of the API, as its caller sees it.
async fn api(party: &RelyingParty<'_>, path: &str, token: &str) -> Result<(u16, Value)> {
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str()), ("user-agent", "a test")];
    json(&party.get(path, &headers).await?)
}

#[tokio::test]
async fn the_user_and_the_primary_address_are_read_with_the_token() {
    let provider = TestProvider::start().await.unwrap();
    let party = RelyingParty::of(&provider);
    provider.sign_in_as(Person::new("42").with_email("ada@example.com"));
    let redirect = party.authorize(AUTHORIZE, &[SCOPES]).await.unwrap();
    assert_eq!((redirect["state"].as_str(), redirect.get("iss")), ("s 1", None));
    let tokens = redeem(&party, "application/json", &[]).await.unwrap();
    let (_, tokens) = json(&tokens).unwrap();
    assert_eq!(tokens["scope"], "read:user,user:email");
    assert_eq!((&tokens["refresh_token"], &tokens["expires_in"]), (&Value::Null, &Value::Null));
    let token = tokens["access_token"].as_str().unwrap();
    let (_, user) = api(&party, "/user", token).await.unwrap();
    assert_eq!((&user["id"], &user["email"]), (&value!(42), &Value::Null));
    let (_, emails) = api(&party, "/user/emails", token).await.unwrap();
    let primary = emails.as_array().unwrap().iter().find(|one| one["primary"] == true).unwrap();
    assert_eq!(
        (&primary["email"], &primary["verified"]),
        (&value!("ada@example.com"), &value!(true))
    );
    assert_eq!(emails[0]["primary"], false);

    assert_eq!(api(&party, "/user", "wrong").await.unwrap().0, 401);
    let bearer = format!("Bearer {token}");
    let unnamed = party.get("/user", &[("authorization", &bearer)]).await.unwrap();
    assert_eq!(unnamed.status(), 403);
    assert_eq!(party.get("/userinfo", &[("authorization", &bearer)]).await.unwrap().status(), 401);
}

#[tokio::test]
async fn errors_have_status_200_and_without_accept_it_is_a_form() {
    let provider = TestProvider::start().await.unwrap();
    let party = RelyingParty::of(&provider);
    provider.sign_in_as(Person::new("ada"));
    for (change, error) in [
        (("code", "wrong"), "bad_verification_code"),
        (("code_verifier", "wrong"), "bad_verification_code"),
        (("redirect_uri", "http://localhost:9000/"), "redirect_uri_mismatch"),
        (("client_secret", "wrong"), "incorrect_client_credentials"),
        (("grant_type", "password"), "unsupported_grant_type"),
    ] {
        let response = redeem(&party, "application/json", &[change]).await.unwrap();
        let (status, body) = json(&response).unwrap();
        assert_eq!((status, &body["error"]), (200, &value!(error)), "{change:?}");
    }
    let response = redeem(&party, "*/*", &[]).await.unwrap();
    let kind = response.headers()["content-type"].to_str().unwrap();
    assert!(kind.starts_with("application/x-www-form-urlencoded"), "{kind}");
    assert!(response.body().starts_with(b"access_token=gho_"));
}

#[tokio::test]
async fn tokens_of_a_github_app_expire_and_are_refreshed() {
    let provider = TestProvider::start().await.unwrap();
    let party = RelyingParty::of(&provider);
    provider.be_github_app();
    provider.sign_in_as(Person::new("ada"));
    let response = redeem(&party, "application/json", &[]).await.unwrap();
    let (_, tokens) = json(&response).unwrap();
    assert_eq!((&tokens["scope"], &tokens["expires_in"]), (&value!(""), &value!(3600)));
    let token = tokens["refresh_token"].as_str().unwrap();
    let refresh = [("grant_type", "refresh_token"), ("refresh_token", token)];
    let response = redeem(&party, "application/json", &refresh).await.unwrap();
    let (_, tokens) = json(&response).unwrap();
    assert!(tokens["access_token"].is_string(), "{tokens}");
    let response = redeem(&party, "application/json", &refresh).await.unwrap();
    assert_eq!(json(&response).unwrap().1["error"], "bad_refresh_token");
}

#[tokio::test]
async fn an_address_may_be_absent_or_not_verified() {
    let provider = TestProvider::start().await.unwrap();
    let party = RelyingParty::of(&provider);
    provider.sign_in_as(Person::new("ada"));
    for (fault, found) in
        [(ProviderFault::NoEmail, None), (ProviderFault::UnverifiedEmail, Some(false))]
    {
        provider.fail(fault, 1);
        let response = redeem(&party, "application/json", &[]).await.unwrap();
        let (_, tokens) = json(&response).unwrap();
        let token = tokens["access_token"].as_str().unwrap();
        let (_, emails) = api(&party, "/user/emails", token).await.unwrap();
        let mut all = emails.as_array().unwrap().iter();
        let primary = all.find(|one| one["primary"] == true);
        assert_eq!(primary.map(|one| one["verified"] == true), found, "{fault:?}");
    }
}
