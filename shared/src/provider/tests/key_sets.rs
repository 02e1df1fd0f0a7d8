//! Which key of a provider verifies, and when the provider is asked for its keys.

use super::*;

impl Idp {
    fn publishes(&self, keys: &[Value]) {
        self.fake.answer(KEYS, json_of(&json!({ "keys": keys })));
    }

    fn named(&self, signer: &Signer, kid: &str) -> String {
        signer.token(&json!({ "alg": signer.alg(), "kid": kid }), &self.claims())
    }
}

#[tokio::test]
async fn an_unknown_kid_asks_again_once_a_minute() {
    let idp = Idp::new();
    let unknown = idp.named(&Signer::es256(), "two");
    for (asked, wait) in [(1, 0), (1, 59), (2, 1), (2, 59), (3, 1)] {
        idp.later(Duration::from_secs(wait));
        assert_eq!(idp.refusal(&unknown).await, "its key is unknown");
        assert_eq!(idp.fake.calls(KEYS).len(), asked);
    }
    assert!(idp.redeem(&idp.id_token(&idp.claims())).await.is_ok());
    assert_eq!(idp.fake.calls(KEYS).len(), 3);
}

#[tokio::test]
async fn a_new_key_is_found_and_an_old_one_is_forgotten_within_the_hour() {
    let idp = Idp::new();
    assert!(idp.redeem(&idp.id_token(&idp.claims())).await.is_ok());
    let next = Signer::eddsa();
    idp.publishes(&[next.jwk("two")]);
    idp.later(Duration::from_mins(1));
    assert!(idp.redeem(&idp.id_token(&idp.claims())).await.is_ok());
    assert!(idp.redeem(&idp.named(&next, "two")).await.is_ok());
    assert_eq!(idp.refusal(&idp.id_token(&idp.claims())).await, "its key is unknown");
    idp.publishes(&[]);
    idp.later(Duration::from_hours(1));
    assert_eq!(idp.refusal(&idp.named(&next, "two")).await, "its key is unknown");
    assert_eq!((idp.fake.calls(KEYS).len(), idp.fake.calls(METADATA).len()), (3, 2));
}

#[tokio::test]
async fn a_set_without_a_usable_key_verifies_nothing() {
    let idp = Idp::new();
    let signer = Signer::es256();
    let with = |name: &str, value: Value| {
        let mut jwk = signer.jwk("one");
        jwk[name] = value;
        jwk
    };
    for jwk in [
        with("use", json!("enc")),
        with("use", json!(1)),
        with("alg", Value::Null),
        with("key_ops", json!("verify")),
        with("kty", json!("RSA")),
        with("kty", json!("oct")),
        with("crv", json!("P-384")),
        with("alg", json!("ES384")),
        with("key_ops", json!(["encrypt"])),
        with("x", json!("AAAA")),
        json!("one"),
    ] {
        idp.publishes(std::slice::from_ref(&jwk));
        idp.later(Duration::from_hours(1));
        let rule = idp.refusal(&idp.named(&signer, "one")).await;
        assert_eq!(rule, "its key is unknown", "{jwk}");
    }
    let mut plain = signer.jwk("one");
    plain.as_object_mut().unwrap().retain(|name, _| !["alg", "use"].contains(&name.as_str()));
    idp.publishes(&[plain, json!({ "kty": "oct", "k": "AAAA", "kid": "one" })]);
    idp.later(Duration::from_hours(1));
    assert!(idp.redeem(&idp.named(&signer, "one")).await.is_ok());
}

#[tokio::test]
async fn what_is_no_set_of_keys_is_a_failure_of_the_provider() {
    let idp = Idp::new();
    for body in [json!({}), json!([]), json!({ "keys": {} })] {
        idp.fake.answer(KEYS, json_of(&body));
        let failed = idp.redeem(&idp.id_token(&idp.claims())).await.unwrap_err();
        assert!(matches!(failed, ProviderError::Unreachable(_)), "{failed}");
    }
}

#[tokio::test]
async fn a_token_that_names_no_key_needs_exactly_one_that_fits() {
    let idp = Idp::new();
    let other = Signer::eddsa();
    idp.publishes(&[idp.signer.jwk("one"), other.jwk("two")]);
    let nameless = |signer: &Signer| signer.token(&json!({ "alg": signer.alg() }), &idp.claims());
    assert!(idp.redeem(&nameless(&idp.signer)).await.is_ok());
    assert!(idp.redeem(&nameless(&other)).await.is_ok());
    idp.publishes(&[idp.signer.jwk("one"), Signer::es256().jwk("two")]);
    idp.later(Duration::from_hours(1));
    let rule = "it does not say which key has signed it";
    assert_eq!(idp.refusal(&nameless(&idp.signer)).await, rule);
}

#[tokio::test]
async fn an_rsa_key_that_is_too_short_or_broken_verifies_nothing() {
    let signer = Signer::rs256();
    let idp = Idp::with(openid_config(), signer);
    for (name, value) in [("n", "AQAB"), ("e", "AA"), ("n", "")] {
        let mut jwk = idp.signer.jwk("one");
        jwk[name] = value.into();
        idp.publishes(&[jwk]);
        idp.later(Duration::from_hours(1));
        let rule = idp.refusal(&idp.id_token(&idp.claims())).await;
        assert_eq!(rule, "its signature is wrong", "{name}");
    }
}
