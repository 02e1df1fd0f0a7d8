//! The rules of an ID token, one test each.

use super::signer::unsigned;
use super::*;

#[tokio::test]
async fn right_tokens_of_rs256_es256_and_eddsa_sign_a_user_in() {
    for signer in [Signer::rs256(), Signer::es256(), Signer::eddsa()] {
        let idp = Idp::with(openid_config(), signer);
        let signed_in = idp.redeem(&idp.id_token(&idp.claims())).await.unwrap();
        assert_eq!(signed_in.user.subject, "ada");
        assert!(signed_in.user.email_verified);
        let mut tampered = idp.id_token(&idp.claims());
        let other = idp.id_token(&idp.claims_with("sub", json!("eve")));
        let signature = tampered.rsplit_once('.').unwrap().1.to_owned();
        tampered = format!("{}.{signature}", other.rsplit_once('.').unwrap().0);
        assert_eq!(idp.refusal(&tampered).await, "its signature is wrong");
    }
}

#[tokio::test]
async fn alg_none_is_refused() {
    let idp = Idp::new();
    for alg in ["none", "None", "nOnE", ""] {
        let token = unsigned(&json!({ "alg": alg, "kid": "one" }), &idp.claims());
        assert_eq!(idp.refusal(&token).await, "its header can't be read", "{alg}");
    }
    // Nor does the right algorithm help who has no signature.
    let token = unsigned(&json!({ "alg": "ES256", "kid": "one" }), &idp.claims());
    assert_eq!(idp.refusal(&token).await, "its signature is wrong");
}

#[tokio::test]
async fn hs256_with_the_public_key_is_refused() {
    for signer in [Signer::rs256(), Signer::es256(), Signer::eddsa()] {
        let idp = Idp::with(openid_config(), signer);
        let header = json!({ "alg": "HS256", "kid": "one" });
        for token in idp.signer.hs256_tokens(&header, &idp.claims()) {
            assert_eq!(idp.refusal(&token).await, "its algorithm is not one that we take");
        }
        assert!(idp.fake.calls(KEYS).is_empty());
    }
}

#[tokio::test]
async fn another_algorithm_than_that_of_the_key_is_refused() {
    let idp = Idp::new();
    for alg in ["RS256", "EdDSA"] {
        let token = idp.signer.token(&json!({ "alg": alg, "kid": "one" }), &idp.claims());
        assert_eq!(idp.refusal(&token).await, "its algorithm is not that of its key", "{alg}");
    }
    for alg in ["ES384", "PS256", "RS512"] {
        let token = idp.signer.token(&json!({ "alg": alg, "kid": "one" }), &idp.claims());
        assert_eq!(idp.refusal(&token).await, "its algorithm is not one that we take", "{alg}");
    }
}

#[tokio::test]
async fn a_foreign_key_is_refused_also_under_a_known_name_or_in_the_header() {
    let idp = Idp::new();
    let thief = Signer::es256();
    let own_key = json!({ "alg": "ES256", "kid": "one", "jwk": thief.jwk("one") });
    let own_url = json!({ "alg": "ES256", "kid": "one", "jku": "https://thief.example/keys" });
    for header in [json!({ "alg": "ES256", "kid": "one" }), own_key, own_url] {
        let token = thief.token(&header, &idp.claims());
        assert_eq!(idp.refusal(&token).await, "its signature is wrong");
    }
    assert!(idp.fake.calls("https://thief.example/keys").is_empty());
}

#[tokio::test]
async fn a_wrong_iss_is_refused() {
    let idp = Idp::new();
    for iss in
        [json!("https://evil.example"), json!("https://idp.example/tenant/"), json!([ISSUER])]
    {
        let token = idp.id_token(&idp.claims_with("iss", iss));
        assert_eq!(idp.refusal(&token).await, "it has another issuer");
    }
}

#[tokio::test]
async fn a_wrong_aud_is_refused() {
    let idp = Idp::new();
    for aud in [json!("other client"), json!(["other client"]), json!([]), json!("our client ")] {
        let token = idp.id_token(&idp.claims_with("aud", aud.clone()));
        assert_eq!(idp.refusal(&token).await, "it is for another client", "{aud}");
    }
    // A token that an app of ours got is no answer to a browser.
    let token = idp.id_token(&idp.claims_with("aud", json!("our app")));
    assert_eq!(idp.refusal(&token).await, "it is for another client");
}

#[tokio::test]
async fn a_wrong_or_missing_azp_is_refused() {
    let idp = Idp::new();
    let both = json!(["our client", "other client"]);
    let token = |azp: Value| {
        let mut claims = idp.claims_with("aud", both.clone());
        claims["azp"] = azp;
        idp.id_token(&claims)
    };
    assert!(idp.redeem(&token(json!("our client"))).await.is_ok());
    let rule = "it was given to another client";
    assert_eq!(idp.refusal(&token(json!("other client"))).await, rule);
    let alone = idp.id_token(&idp.claims_with("azp", json!("other client")));
    assert_eq!(idp.refusal(&alone).await, rule);
    let missing = idp.id_token(&idp.claims_with("aud", both));
    assert_eq!(idp.refusal(&missing).await, "it does not say for which of its audiences it is");
}

#[tokio::test]
async fn a_wrong_or_missing_nonce_is_refused() {
    let idp = Idp::new();
    for nonce in [json!("nonce-of-another-request"), json!(""), json!(null), json!([NONCE])] {
        let token = idp.id_token(&idp.claims_with("nonce", nonce));
        assert_eq!(idp.refusal(&token).await, "it belongs to another request");
    }
}

#[tokio::test]
async fn an_expired_token_is_refused_after_a_minute_of_skew() {
    let idp = Idp::new();
    let token = idp.id_token(&idp.claims());
    idp.later(Duration::from_secs(359));
    assert!(idp.redeem(&token).await.is_ok());
    idp.later(Duration::from_secs(1));
    assert_eq!(idp.refusal(&token).await, "it has expired");
    for exp in [json!("9999999999"), json!(-1), json!(null)] {
        let rule = idp.refusal(&idp.id_token(&idp.claims_with("exp", exp))).await;
        assert!(["it has expired", "a claim is missing"].contains(&rule), "{rule}");
    }
}

#[tokio::test]
async fn a_token_of_the_future_is_refused_after_a_minute_of_skew() {
    let idp = Idp::new();
    let now = idp.now.load(Ordering::SeqCst) / 1000;
    assert!(idp.redeem(&idp.id_token(&idp.claims_with("iat", json!(now + 60)))).await.is_ok());
    for iat in [json!(now + 61), json!(null), json!("1")] {
        let token = idp.id_token(&idp.claims_with("iat", iat));
        assert_eq!(idp.refusal(&token).await, "it was issued in the future");
    }
    let token = idp.id_token(&idp.claims_with("nbf", json!(now + 61)));
    assert_eq!(idp.refusal(&token).await, "it is not valid yet");
}

#[tokio::test]
async fn tokens_of_other_kinds_and_what_is_no_token_are_refused() {
    let idp = Idp::new();
    for (name, value) in [("typ", json!("at+jwt")), ("crit", json!(["b64"]))] {
        let mut header = json!({ "alg": "ES256", "kid": "one" });
        header[name] = value;
        idp.refusal(&idp.signer.token(&header, &idp.claims())).await;
    }
    let good = idp.id_token(&idp.claims());
    for token in ["a.b", "..", &format!("{good}.x"), &format!("x{good}"), &"a".repeat(16_385)] {
        let refused = idp.provider.verify_id_token(token, None, None).await.unwrap_err();
        assert!(matches!(refused, ProviderError::InvalidIdToken(_)), "{refused}");
    }
    let nobody = idp.redeem(&idp.id_token(&idp.claims_with("sub", json!("")))).await.unwrap_err();
    assert!(matches!(nobody, ProviderError::InvalidUser(_)), "{nobody}");
}

#[tokio::test]
async fn an_app_signs_in_with_a_token_of_its_own_id_but_not_of_another_client() {
    let idp = Idp::new();
    let verify = async |claims: &Value, nonce| {
        idp.provider.verify_id_token(&idp.id_token(claims), nonce, None).await
    };
    let mut claims = idp.claims_with("azp", json!("our app"));
    assert!(verify(&claims, None).await.is_ok());
    claims["aud"] = json!("our app");
    assert_eq!(verify(&claims, Some(NONCE)).await.unwrap().subject, "ada");
    let refused = verify(&claims, Some("other nonce")).await.unwrap_err();
    assert!(refused.to_string().ends_with("it belongs to another request"), "{refused}");
    for name in ["aud", "azp"] {
        let refused = verify(&idp.claims_with(name, json!("other client")), None).await;
        assert!(matches!(refused, Err(ProviderError::InvalidIdToken(_))), "{name}");
    }
}
