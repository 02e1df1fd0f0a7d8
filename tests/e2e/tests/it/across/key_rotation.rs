use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use e2e::{PASSWORD, User, in_days, sign_in, sign_in_email};
use harness::proxy::Rule;
use harness::stack::{Stack, TEST_SECRET};
use serde_json::{Value, json};
use shared::auth::{Issuer, KeyRing, SessionToken};
use shared::clock::{Clock, Timestamp};
use shared::model::Ring;

use crate::helpers::deaths::MOMENTS;

const FIRST: &str = "KEY#0000000000000001";
const SECOND: &str = "KEY#0000000000000002";
const RINGS: [&str; 2] = ["SIGNING_KEYS", "TOKEN_KEYS"];

/// Moves the dates of a public key.
async fn date(stack: &Stack, ring: &str, key: &str, days: i64) {
    let date = json!({ "S": in_days(days) });
    let dates = [("created_at", date.clone()), ("usable_from", date)];
    stack.keys.set(&format!("{ring}#PUBLIC"), key, &dates).await.unwrap();
}

async fn public_keys(stack: &Stack, ring: &str) -> Vec<Value> {
    stack.keys.query(&format!("{ring}#PUBLIC"), "").await.unwrap()
}

/// The id of the key that signed a token.
fn kid(token: &str) -> String {
    let header = URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();
    header["kid"].as_str().unwrap().to_owned()
}

async fn profile(user: &User) -> u16 {
    user.get("/api/user/profile").await.status
}

async fn token_for_others(user: &User) -> String {
    let response = user.get("/api/auth/token").await;
    assert_eq!(response.status, 200, "{}", response.text());
    response.field("token")
}

async fn jwks(stack: &Stack) -> Value {
    let response = stack.get("/api/auth/jwks").await;
    assert_eq!(response.status, 200);
    let empty = response.json()["keys"].as_array().unwrap().is_empty();
    let keep = if empty { "no-store" } else { "public, max-age=300" };
    assert_eq!(response.header("cache-control"), Some(keep));
    response.json()
}

/// An old key gets one successor, even if several functions find it old. The successor is published
/// ten minutes before it signs, so a verifier that was warm before that rejects no token.
#[tokio::test(flavor = "multi_thread")]
async fn check_14_a_session_key_is_rotated_and_no_good_token_is_refused() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    assert_eq!(profile(&user).await, 200, "the verifier is warm now");
    date(&stack, "SIGNING_KEYS", FIRST, -91).await;
    // Four functions find the key old at the same time.
    let signers = ["signin", "sign-in-email", "sign-up-email", "change-password"];
    let warm = |name: &'static str| {
        let stack = &stack;
        async move { stack.warm(&[name]).await.unwrap() }
    };
    futures_util::future::join_all(signers.map(warm)).await;
    let keys = public_keys(&stack, "SIGNING_KEYS").await;
    assert_eq!(keys.len(), 2, "one successor: {keys:?}");
    let instant = |name: &str| Timestamp::parse(keys[1][name]["S"].as_str().unwrap()).unwrap();
    let lead = instant("created_at").until(instant("usable_from"));
    assert_eq!(lead.as_secs(), 600);
    let before = user.another_session().await;
    assert_eq!(kid(&before.token), keys[0]["kid"]["S"], "the successor does not sign yet");
    assert_eq!(profile(&before).await, 200);

    date(&stack, "SIGNING_KEYS", SECOND, 0).await;
    stack.runtime.kill("signin").await.unwrap();
    let after = user.another_session().await;
    assert_eq!(kid(&after.token), keys[1]["kid"]["S"], "a function that starts now signs with it");
    assert_eq!(profile(&after).await, 200, "the warm verifier reads the keys again");
    assert_eq!(profile(&user).await, 200, "and the old key still verifies");

    // The old key retires when the last token that it can have signed has ended.
    date(&stack, "SIGNING_KEYS", SECOND, -31).await;
    stack.runtime.kill("get-profile").await.unwrap();
    assert_eq!(profile(&user).await, 401);
    assert_eq!(profile(&after).await, 200);
}

/// A verifier that has just looked for an unknown key still knows the published successor.
#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_can_not_keep_a_verifier_from_a_new_key() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    assert_eq!(profile(&user).await, 200);
    date(&stack, "SIGNING_KEYS", FIRST, -91).await;
    stack.warm(&["signin"]).await.unwrap();
    let unknown = kid(&user.token).chars().rev().collect::<String>();
    let (header, rest) = user.token.split_once('.').unwrap();
    let header = String::from_utf8(URL_SAFE_NO_PAD.decode(header).unwrap()).unwrap();
    let header = URL_SAFE_NO_PAD.encode(header.replace(&kid(&user.token), &unknown));
    let forged = user.with_token(&format!("{header}.{rest}"));
    assert_eq!(profile(&forged).await, 401, "the look-up is used up for thirty seconds");
    date(&stack, "SIGNING_KEYS", SECOND, 0).await;
    stack.runtime.kill("signin").await.unwrap();
    let after = user.another_session().await;
    assert_ne!(kid(&after.token), kid(&user.token));
    assert_eq!(profile(&after).await, 200);
}

/// After a change of `AUTH_SECRET`, in a deployment that reaches one function after the other.
#[tokio::test(flavor = "multi_thread")]
async fn a_new_secret_gets_a_key_of_its_own_and_the_old_one_can_be_dropped() {
    let new = TEST_SECRET.chars().rev().collect::<String>() + "x";
    let stack = Stack::builder()
        .function_env("signin", "AUTH_SECRET", &new)
        .function_env("signin", "AUTH_SECRET_PREVIOUS", TEST_SECRET)
        .function_env("sign-in-email", "AUTH_SECRET", &new)
        .start()
        .await
        .unwrap();
    // `signup` is not deployed again yet, and signs under the old secret.
    let user = stack.sign_up("ada").await;
    let under_old = user.another_session().await;
    assert_eq!(kid(&under_old.token), kid(&user.token), "the successor does not sign yet");
    assert_eq!(public_keys(&stack, "SIGNING_KEYS").await.len(), 2);
    date(&stack, "SIGNING_KEYS", SECOND, 0).await;
    // `sign-in-email` has the new secret alone: the previous one is dropped.
    let response = sign_in_email(&stack, &user.email, PASSWORD, &json!({})).await;
    let under_new = user.signed_in_by(&response);
    assert_ne!(kid(&under_new.token), kid(&user.token));
    for user in [&user, &under_old, &under_new] {
        assert_eq!(profile(user).await, 200);
    }
    // One that has the old secret alone passes the new key over, rather than failing.
    stack.runtime.kill("signup").await.unwrap();
    let late = stack.sign_up("eve").await;
    assert_eq!(kid(&late.token), kid(&user.token));
    assert_eq!(public_keys(&stack, "SIGNING_KEYS").await.len(), 2);
}

/// The sealed row is written before the public one, without a transaction.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_whose_function_dies_is_published_by_the_next_one() {
    for (name, is_first) in [("the first key", true), ("its successor", false)] {
        for (skip, moment) in [(0, MOMENTS[0]), (0, MOMENTS[1]), (1, MOMENTS[0]), (1, MOMENTS[1])] {
            let stack = Stack::start().await;
            let case = format!("{name}, write {skip}, {moment:?}");
            if !is_first {
                stack.sign_up("eve").await;
                date(&stack, "SIGNING_KEYS", FIRST, -91).await;
                stack.runtime.kill("signup").await.unwrap();
            }
            let rule = Rule::new(moment).function("signup").operation("PutItem");
            let held = stack.proxy.inject(rule.key("SIGNING_KEYS#").skip(skip));
            let dies = async {
                held.reached(1).await.unwrap();
                stack.runtime.kill("signup").await.unwrap();
                held.release();
            };
            tokio::select! {
                warm = stack.warm(&["signup"]) => panic!("{case}: it was not held: {warm:?}"),
                () = dies => {}
            }
            stack.proxy.clear_faults();
            let ada = stack.sign_up("ada").await;
            assert_eq!(profile(&ada).await, 200, "{case}");
            let public = public_keys(&stack, "SIGNING_KEYS").await;
            let sealed = stack.keys.query("SIGNING_KEYS#SEALED", "").await.unwrap();
            let kids = |rows: &[Value]| -> Vec<Value> {
                rows.iter().map(|row| row["kid"]["S"].clone()).collect()
            };
            assert_eq!(public.len(), if is_first { 1 } else { 2 }, "{case}");
            assert_eq!(kids(&public), kids(&sealed), "{case}: each can sign");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn check_6_14_tokens_for_others_verify_with_the_published_keys_and_sign_nobody_in() {
    let stack =
        Stack::builder().parameter("PublicUrl", "https://api.example.com").start().await.unwrap();
    assert_eq!(jwks(&stack).await, json!({ "keys": [] }), "before the first token");
    let user = stack.sign_up("ada").await;
    let token = token_for_others(&user).await;
    let published = jwks(&stack).await;
    let keys = published["keys"].as_array().unwrap();
    assert_eq!(keys.len(), 1);
    let names: Vec<&String> = keys[0].as_object().unwrap().keys().collect();
    assert_eq!(names, ["alg", "crv", "kid", "kty", "use", "x"], "no private part");

    let claims = verify(&token, &keys[0], "https://api.example.com").unwrap();
    assert_eq!((&claims["sub"], &claims["id"]), (&json!(user.id), &json!(user.id)));
    assert_eq!(claims["software_level"], "beginner");
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 900);
    assert!(verify(&token, &keys[0], "https://other.example.com").is_none());

    // Neither kind of token is taken for the other.
    let stranger = user.with_token(&token);
    assert_eq!(profile(&stranger).await, 401);
    assert!(verify(&user.token, &keys[0], "https://api.example.com").is_none());
    assert_ne!(kid(&user.token), kid(&token));
    // `get-session` gives such a token along.
    let response = user.get("/api/auth/get-session").await;
    let along = response.header("set-auth-jwt").unwrap();
    assert!(verify(along, &keys[0], "https://api.example.com").is_some());
}

/// Whoever signs up first has an address, its owner or not. Another service would believe the token.
#[tokio::test(flavor = "multi_thread")]
async fn f10_an_address_is_in_tokens_when_it_is_verified_or_the_operator_wants_it() {
    const API: &str = "https://api.example.com";
    const PICTURE: &str = "data:image/png;base64,iVBORw0KGgo=";
    for wanted in ["false", "true"] {
        let builder = Stack::builder().parameter("PublicUrl", API);
        let builder = builder.parameter("UnverifiedEmailInTokens", wanted);
        let stack = builder.start().await.unwrap();
        let user = stack.sign_up("ada").await;
        let picture = user.post("/api/auth/update-user").json(&json!({ "image": PICTURE })).await;
        assert_eq!(picture.status, 200, "{}", picture.text());
        for verified in [false, true] {
            if verified {
                let value = json!({ "BOOL": true });
                let pk = format!("USER#{}", user.id);
                stack.engine.set(&pk, "ACCOUNT", &[("email_verified", value)]).await.unwrap();
            }
            let session = user.get("/api/auth/get-session").await;
            let shown = &session.json()["user"];
            assert_eq!((&shown["email"], &shown["image"]), (&json!(user.email), &json!(PICTURE)));
            let keys = jwks(&stack).await;
            let along = session.header("set-auth-jwt").unwrap().to_owned();
            for token in [token_for_others(&user).await, along] {
                let claims = verify(&token, &keys["keys"][0], API).unwrap();
                let email = (verified || wanted == "true").then_some(user.email.as_str());
                assert_eq!(claims["email"].as_str(), email, "{wanted} {verified}");
                assert_eq!(claims["emailVerified"], verified);
                assert_eq!(claims["image"], Value::Null, "a header would be too long");
            }
        }
    }
}

/// Verifies a token as another service does, with jsonwebtoken and a published key.
fn verify(token: &str, jwk: &Value, origin: &str) -> Option<Value> {
    use jsonwebtoken::{Algorithm, DecodingKey, Validation};
    // Verifying it as a session token makes ring the crypto of jsonwebtoken in this process, too.
    let (ring, session) =
        (KeyRing::new(Ring::Session, Vec::new()), SessionToken::from(token.to_owned()));
    assert!(session.verify(&ring, &Issuer("tessera".into()), Clock::System.now()).is_err());
    let jwk = serde_json::from_value(jwk.clone()).unwrap();
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_issuer(&[origin]);
    validation.set_audience(&[origin]);
    let key = DecodingKey::from_jwk(&jwk).unwrap();
    jsonwebtoken::decode::<Value>(token, &key, &validation).ok().map(|token| token.claims)
}

/// Both rings are rotated, and a key for others is published for longer than verifiers keep keys.
#[tokio::test(flavor = "multi_thread")]
async fn keys_for_others_are_published_before_they_sign_and_until_their_tokens_end() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    let before = token_for_others(&user).await;
    for ring in RINGS {
        date(&stack, ring, FIRST, -91).await;
    }
    stack.runtime.kill("token").await.unwrap();
    let same = token_for_others(&user).await;
    assert_eq!(kid(&same), kid(&before));
    let kids = |keys: Value| -> Vec<String> {
        let keys = keys["keys"].as_array().unwrap().clone();
        keys.iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
    };
    let published = kids(jwks(&stack).await);
    assert_eq!((published.len(), &published[0]), (2, &kid(&before)), "ahead of its first token");
    date(&stack, "TOKEN_KEYS", SECOND, 0).await;
    stack.runtime.kill("token").await.unwrap();
    let after = token_for_others(&user).await;
    assert_eq!(kid(&after), published[1]);
    assert_eq!(kids(jwks(&stack).await), published, "the old key's tokens have not ended yet");
    date(&stack, "TOKEN_KEYS", SECOND, -1).await;
    assert_eq!(kids(jwks(&stack).await), [kid(&after)]);
    assert_eq!(sign_in(&stack, &user.email, PASSWORD).await.status, 200);
}
