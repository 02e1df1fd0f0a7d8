//! The code and the tokens of an OpenID provider.

use secrecy::{ExposeSecret, SecretString};

use super::*;

fn tokens(id_token: &str) -> Value {
    json!({ "access_token": "access", "token_type": "bearer", "id_token": id_token })
}

#[tokio::test]
async fn the_secret_is_sent_as_the_provider_takes_it() {
    for (methods, has_header) in [
        (json!(null), true),
        (json!(["client_secret_post"]), false),
        (json!(["client_secret_post", "client_secret_basic"]), true),
    ] {
        let idp = Idp::new();
        let mut metadata = metadata();
        metadata["token_endpoint_auth_methods_supported"] = methods;
        idp.fake.answer(METADATA, json_of(&metadata));
        let verifier = Verifier::random();
        idp.fake.answer(TOKEN, json_of(&tokens(&idp.id_token(&idp.claims()))));
        idp.provider.redeem("the-code", &verifier, CALLBACK, NONCE).await.unwrap();
        let calls = idp.fake.calls(TOKEN);
        let [call] = &calls[..] else { panic!("{calls:?}") };
        let field = |name| call.form.get(name).map(String::as_str);
        assert_eq!(
            (call.method.as_str(), call.accept.as_deref()),
            ("POST", Some("application/json"))
        );
        assert_eq!(field("grant_type"), Some("authorization_code"));
        assert_eq!((field("code"), field("redirect_uri")), (Some("the-code"), Some(CALLBACK)));
        assert_eq!(field("code_verifier"), Some(verifier.expose()));
        if has_header {
            // base64 of `our+client:hush%3A+a+secret`.
            let expected = "Basic b3VyK2NsaWVudDpodXNoJTNBK2Erc2VjcmV0";
            assert_eq!(call.authorization.as_deref(), Some(expected));
            assert_eq!(field("client_secret"), None);
        } else {
            assert_eq!(
                (field("client_id"), call.authorization.as_deref()),
                (Some("our client"), None)
            );
            assert_eq!(field("client_secret"), Some("hush: a secret"));
        }
    }
}

#[tokio::test]
async fn a_public_client_sends_its_id_and_no_secret() {
    let config = ProviderConfig { client_secret: None, ..openid_config() };
    let idp = Idp::with(config, Signer::es256());
    idp.redeem(&idp.id_token(&idp.claims())).await.unwrap();
    let call = idp.fake.calls(TOKEN).remove(0);
    assert_eq!(call.form.get("client_id").map(String::as_str), Some("our client"));
    assert!(!call.form.contains_key("client_secret") && call.authorization.is_none());
}

#[tokio::test]
async fn a_code_that_is_not_accepted_is_refused() {
    let idp = Idp::new();
    let refuses = Part::Bytes(r#"{"error":"invalid_grant","error_description":"the-code is old"}"#);
    idp.fake.answer(TOKEN, answers(400, vec![refuses]));
    let verifier = Verifier::random();
    let refused = idp.provider.redeem("the-code", &verifier, CALLBACK, NONCE).await.unwrap_err();
    assert_eq!(refused.to_string(), "the provider refused: HTTP 400, invalid_grant");
    assert_eq!(idp.fake.calls(TOKEN).len(), 1);
}

#[tokio::test]
async fn an_answer_without_an_id_token_signs_nobody_in() {
    let idp = Idp::new();
    let mut answer = tokens("");
    for id_token in [json!(null), json!(""), json!(1)] {
        answer["id_token"] = id_token;
        idp.fake.answer(TOKEN, json_of(&answer));
        let verifier = Verifier::random();
        let refused = idp.provider.redeem("the-code", &verifier, CALLBACK, NONCE).await;
        assert_eq!(refused.unwrap_err(), ProviderError::InvalidIdToken("there is none"));
    }
}

#[tokio::test]
async fn what_the_id_token_lacks_comes_from_userinfo_of_the_same_user() {
    let idp = Idp::new();
    let lacking = idp.id_token(&idp.claims_with("email", Value::Null));
    let info = |sub: &str| json!({ "sub": sub, "email": "ada@b.de", "email_verified": true });
    idp.fake.answer(USERINFO, json_of(&info("ada")));
    let user = idp.redeem(&lacking).await.unwrap().user;
    assert_eq!(user.email.unwrap().as_str(), "ada@b.de");
    let authorization = idp.fake.calls(USERINFO).remove(0).authorization;
    assert_eq!(authorization.as_deref(), Some("Bearer access"));
    idp.fake.answer(USERINFO, json_of(&info("eve")));
    let refused = idp.redeem(&lacking).await.unwrap_err();
    assert!(matches!(refused, ProviderError::InvalidUser(_)), "{refused}");
    // A complete token needs no second answer.
    idp.redeem(&idp.id_token(&idp.claims())).await.unwrap();
    assert_eq!(idp.fake.calls(USERINFO).len(), 2);
    // An app may pass its access token on.
    idp.fake.answer(USERINFO, json_of(&info("ada")));
    let access = SecretString::from("access");
    let verify = async |access| idp.provider.verify_id_token(&lacking, None, access).await.unwrap();
    assert!(verify(Some(&access)).await.email_verified);
    assert_eq!(verify(None).await.email, None);
}

#[tokio::test]
async fn a_refresh_keeps_the_old_refresh_token_unless_there_is_a_new_one() {
    let idp = Idp::new();
    let mut answer = tokens(&idp.id_token(&idp.claims()));
    answer["refresh_token"] = "refresh".into();
    let old = ProviderTokens::of_answer(&answer, Clock::default().now(), &[]).unwrap();
    idp.fake.answer(TOKEN, json_of(&json!({ "access_token": "new" })));
    let new = idp.provider.refresh(&old).await.unwrap();
    assert_eq!(new.access_token.expose_secret(), "new");
    assert_eq!(new.refresh_token.unwrap().expose_secret(), "refresh");
    let form = idp.fake.calls(TOKEN).remove(0).form;
    assert_eq!(form.get("refresh_token").map(String::as_str), Some("refresh"));
    let ended = Part::Bytes(r#"{"error":"invalid_grant"}"#);
    idp.fake.answer(TOKEN, answers(400, vec![ended]));
    let refused = idp.provider.refresh(&old).await.unwrap_err();
    assert!(matches!(refused, ProviderError::Refused(_)), "{refused}");
    let none = ProviderTokens { refresh_token: None, ..old };
    let refused = idp.provider.refresh(&none).await.unwrap_err();
    assert_eq!(refused.to_string(), "the provider has given no refresh token");
}

#[tokio::test]
async fn an_access_token_that_has_ended_is_refused() {
    let idp = Idp::new();
    idp.fake.answer(USERINFO, answers(401, Vec::new()));
    let refused = idp.provider.user_info(&"access".into()).await.unwrap_err();
    assert!(matches!(refused, ProviderError::Refused(_)), "{refused}");
    idp.fake.answer(USERINFO, json_of(&json!({ "sub": "ada", "team": "engines" })));
    let (user, all) = idp.provider.user_info(&"access".into()).await.unwrap();
    assert_eq!((user.subject.as_str(), &all["team"]), ("ada", &json!("engines")));
    // It would be two lines of the request.
    let broken = idp.provider.user_info(&"a\r\nb: c".into()).await.unwrap_err();
    assert!(matches!(broken, ProviderError::Unreachable(_)), "{broken}");
}
