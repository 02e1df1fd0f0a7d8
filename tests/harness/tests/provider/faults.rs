use super::relying_party::{RelyingParty, read};
use harness::provider::{Failure, IdTokenFault, Person, ProviderFault, TestProvider};
use serde_json::{Value, json as value};
use std::time::Duration;

const DISCOVERY: &str = "/.well-known/openid-configuration";

#[tokio::test]
async fn a_wrong_claim_is_signed_like_a_right_one() {
    let provider = TestProvider::start().await.unwrap();
    let party = RelyingParty::of(&provider);
    let both = value!([provider.client_id(), "another-client"]);
    for (fault, claim, expected) in [
        (IdTokenFault::WrongNonce, "nonce", value!("another-nonce")),
        (IdTokenFault::NoNonce, "nonce", Value::Null),
        (IdTokenFault::WrongAudience, "aud", value!("another-client")),
        (IdTokenFault::WrongAuthorizedParty, "azp", value!("another-client")),
        (IdTokenFault::WrongAuthorizedParty, "aud", both.clone()),
        (IdTokenFault::NoAuthorizedParty, "aud", both),
        (IdTokenFault::WrongIssuer, "iss", value!("https://other.example.com")),
    ] {
        provider.fail(ProviderFault::IdToken(fault), 1);
        let token = provider.id_token(&Person::new("ada"), Some("n1")).unwrap();
        let (_, claims) = party.verified(&token).await.unwrap();
        assert_eq!(claims[claim], expected, "{fault:?}");
    }
    let age = |fault| {
        provider.fail(ProviderFault::IdToken(fault), 1);
        let wrong = provider.id_token(&Person::new("ada"), None).unwrap();
        let right = provider.id_token(&Person::new("ada"), None).unwrap();
        let of = |token: &str, claim: &str| read(token).unwrap().1[claim].as_i64().unwrap();
        (of(&right, "iat") - of(&wrong, "exp"), of(&wrong, "iat") - of(&right, "iat"))
    };
    assert!(age(IdTokenFault::Expired).0 >= 3600);
    assert!(age(IdTokenFault::FromTheFuture).1 >= 3590);
}

#[tokio::test]
async fn a_wrong_signature_is_not_one_of_a_published_key() {
    let provider = TestProvider::start().await.unwrap();
    let party = RelyingParty::of(&provider);
    let right = provider.id_token(&Person::new("ada"), None).unwrap();
    let (own, _) = party.verified(&right).await.unwrap();
    for (fault, algorithm, is_own_key) in [
        (IdTokenFault::ForeignKey, "ES256", true),
        (IdTokenFault::UnknownKey, "ES256", false),
        (IdTokenFault::Unsigned, "none", true),
        (IdTokenFault::PublicKeyAsSecret, "HS256", true),
    ] {
        provider.fail(ProviderFault::IdToken(fault), 1);
        let token = provider.id_token(&Person::new("ada"), None).unwrap();
        let (header, claims) = read(&token).unwrap();
        assert_eq!((&header["alg"], &claims["sub"]), (&value!(algorithm), &value!("ada")));
        assert_eq!(header["kid"] == own["kid"], is_own_key, "{fault:?}");
        assert_eq!(token.ends_with('.'), fault == IdTokenFault::Unsigned);
        party.verified(&token).await.unwrap_err();
    }
    party.verified(&provider.id_token(&Person::new("ada"), None).unwrap()).await.unwrap();
}

#[tokio::test]
async fn redirects_and_tokens_lack_what_a_test_takes_away() {
    let provider = TestProvider::start().await.unwrap();
    let party = RelyingParty::of(&provider);
    provider.sign_in_as(Person::new("ada"));
    provider.fail(ProviderFault::RedirectWithWrongIssuer, 1);
    provider.fail(ProviderFault::RedirectWithoutIssuer, 1);
    let redirect = party.authorize("/authorize", &[]).await.unwrap();
    assert_eq!(redirect["iss"], "https://other.example.com");
    assert!(!party.authorize("/authorize", &[]).await.unwrap().contains_key("iss"));
    for (fault, member) in
        [(ProviderFault::NoRefreshToken, "refresh_token"), (ProviderFault::NoIdToken, "id_token")]
    {
        provider.fail(fault, 1);
        assert_eq!(party.sign_in().await.unwrap().get(member), None);
    }
    let tokens = party.sign_in().await.unwrap();
    provider.fail(ProviderFault::RefusedRefresh, 1);
    let token = tokens["refresh_token"].as_str().unwrap();
    let changes = [("grant_type", "refresh_token"), ("refresh_token", token)];
    assert_eq!(party.redeem("", &changes).await.unwrap().0, 400);
    provider.reached(5).await.unwrap();
}

#[tokio::test]
async fn a_path_fails_as_often_as_a_test_says() {
    let provider = TestProvider::start().await.unwrap();
    let party = RelyingParty::of(&provider);
    for (failure, status, kind) in [
        (Failure::Status(500), 500, "application/json"),
        (Failure::Html, 200, "text/html; charset=utf-8"),
        (Failure::Huge, 200, "application/json"),
        (Failure::Redirect, 307, ""),
        (Failure::Slow(Duration::from_millis(1)), 503, "application/json"),
    ] {
        provider.fail(ProviderFault::At(DISCOVERY, failure), 1);
        assert_eq!(party.get("/jwks", &[]).await.unwrap().status(), 200);
        let response = party.get(DISCOVERY, &[]).await.unwrap();
        assert_eq!(response.status(), status, "{failure:?}");
        let found = response.headers().get("content-type").map(|kind| kind.to_str().unwrap());
        assert_eq!(found.unwrap_or_default(), kind, "{failure:?}");
        assert_eq!(response.body().len() > 1_000_000, failure == Failure::Huge);
    }
    provider.fail(ProviderFault::At(DISCOVERY, Failure::HangUp), 1);
    party.get(DISCOVERY, &[]).await.unwrap_err();
    assert_eq!(party.get(DISCOVERY, &[]).await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_call_waits_until_it_is_released_and_a_lost_response_has_done_its_work() {
    let provider = TestProvider::start().await.unwrap();
    let party = RelyingParty::of(&provider);
    provider.fail(ProviderFault::At("/jwks", Failure::Hold), 1);
    let (response, ()) = tokio::join!(party.get("/jwks", &[]), async {
        provider.reached(1).await.unwrap();
        provider.clear_faults();
    });
    assert_eq!(response.unwrap().status(), 503);

    provider.sign_in_as(Person::new("ada"));
    let redirect = party.authorize("/authorize", &[]).await.unwrap();
    provider.fail(ProviderFault::LostResponse("/token"), 1);
    party.redeem(&redirect["code"], &[]).await.unwrap_err();
    assert_eq!(party.redeem(&redirect["code"], &[]).await.unwrap().0, 400);

    let redirect = party.authorize("/authorize", &[]).await.unwrap();
    provider.fail(ProviderFault::HeldResponse("/token"), 1);
    let (tokens, ()) = tokio::join!(party.redeem(&redirect["code"], &[]), async {
        provider.reached(3).await.unwrap();
        provider.clear_faults();
    });
    assert_eq!(tokens.unwrap().0, 200);
}
