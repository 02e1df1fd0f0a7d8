//! GitHub, as it really answers.

use secrecy::ExposeSecret;

use super::*;
use crate::text::Email;

const TOKEN: &str = "https://git.example/login/oauth/access_token";
const USER: &str = "https://api.git.example/user";
const EMAILS: &str = "https://api.git.example/user/emails";

struct Hub {
    fake: Fake,
    provider: Provider,
}

impl Hub {
    fn new() -> Self {
        let fake = Fake::default();
        let (site, api) = (url("https://git.example"), url("https://api.git.example"));
        let config = ProviderConfig {
            id: "github".parse().unwrap(),
            kind: ProviderKind::GitHub { site, api },
            scopes: vec!["read:user".to_owned(), "user:email".to_owned()],
            ..openid_config()
        };
        let client = Client::with_connector(fake.connector());
        let hub = Self { fake, provider: Provider::new(config, client, Clock::default()) };
        hub.fake.answer(
            TOKEN,
            json_of(&json!({
                "access_token": "access", "scope": "read:user,user:email", "token_type": "bearer",
            })),
        );
        hub.fake.answer(USER, json_of(&json!({ "id": 7, "login": "ada", "name": null })));
        let address = json!({ "email": "ada@example.com", "primary": true, "verified": true });
        hub.fake.answer(EMAILS, json_of(&json!([address])));
        hub
    }

    async fn redeem(&self) -> Result<SignedInAt, ProviderError> {
        self.provider.redeem("the-code", &Verifier::random(), CALLBACK, NONCE).await
    }
}

#[tokio::test]
async fn a_code_becomes_the_user_with_their_primary_verified_address() {
    let hub = Hub::new();
    let SignedInAt { user, tokens } = hub.redeem().await.unwrap();
    assert_eq!((user.subject.as_str(), user.name.as_str()), ("7", "ada"));
    assert_eq!(user.email.as_ref().map(Email::as_str), Some("ada@example.com"));
    assert!(user.email_verified);
    assert_eq!(tokens.scopes, ["read:user", "user:email"]);
    assert_eq!(tokens.access_token.expose_secret(), "access");
    let call = hub.fake.calls(TOKEN).remove(0);
    assert_eq!(call.accept.as_deref(), Some("application/json"));
    assert_eq!(call.form.get("client_secret").map(String::as_str), Some("hush: a secret"));
    assert_eq!(hub.fake.calls(EMAILS).remove(0).authorization.as_deref(), Some("Bearer access"));
}

#[tokio::test]
async fn an_error_with_status_200_is_a_refusal() {
    let hub = Hub::new();
    hub.fake.answer(TOKEN, json_of(&json!({ "error": "bad_verification_code" })));
    let refused = hub.redeem().await.unwrap_err();
    assert_eq!(refused.to_string(), "the provider refused: HTTP 200, bad_verification_code");
    assert!(hub.fake.calls(USER).is_empty());
}

#[tokio::test]
async fn addresses_that_are_not_shown_are_none_and_those_that_fail_are_a_failure() {
    let hub = Hub::new();
    for status in [403, 404] {
        hub.fake.answer(EMAILS, answers(status, vec![Part::Bytes(r#"{"message":"no"}"#)]));
        let user = hub.redeem().await.unwrap().user;
        assert_eq!((user.email, user.email_verified), (None, false));
    }
    hub.fake.answer(EMAILS, answers(502, Vec::new()));
    assert!(matches!(hub.redeem().await, Err(ProviderError::Unreachable(_))));
}

#[tokio::test]
async fn github_has_a_page_but_no_nonce_and_no_id_tokens() {
    let hub = Hub::new();
    let verifier = Verifier::random();
    let authorization = Authorization {
        state: "state",
        nonce: NONCE,
        verifier: &verifier,
        redirect_uri: CALLBACK,
        scopes: &[],
        login_hint: Some("ada"),
    };
    let url = hub.provider.authorization_url(&authorization).await.unwrap();
    assert!(url.starts_with("https://git.example/login/oauth/authorize?response_type=code&"));
    assert!(url.contains("&scope=read%3Auser+user%3Aemail&state=state&code_challenge="), "{url}");
    assert!(url.ends_with("&code_challenge_method=S256&login=ada"), "{url}");
    assert!(!hub.provider.has_id_tokens());
    let refused = hub.provider.verify_id_token("a.b.c", None, None).await.unwrap_err();
    assert_eq!(refused.to_string(), "the provider has no ID tokens");
    for (iss, is_own) in [
        (None, true),
        (Some("https://git.example/login/oauth"), true),
        (Some("https://git.example.evil.example"), false),
        (Some("https://accounts.google.com"), false),
    ] {
        assert_eq!(hub.provider.may_have_sent(iss).await.unwrap(), is_own, "{iss:?}");
    }
}
