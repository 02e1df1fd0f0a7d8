mod deadlines;
mod discovery;
mod fake;
mod github;
mod id_tokens;
mod key_sets;
mod loopback;
mod openid;
mod signer;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::connection::testing::{Part, Response};
use crate::text::ServerUrl;
use fake::{Fake, answers, json_of};
use signer::Signer;

const ISSUER: &str = "https://idp.example/tenant";
const METADATA: &str = "https://idp.example/tenant/.well-known/openid-configuration";
const TOKEN: &str = "https://idp.example/tenant/token";
const KEYS: &str = "https://idp.example/tenant/keys";
const USERINFO: &str = "https://idp.example/tenant/me";
const CALLBACK: &str = "https://app.example/api/auth/callback/corp";
const NONCE: &str = "nonce-of-this-request";

fn url(text: &str) -> ServerUrl {
    text.parse().unwrap()
}

fn openid_config() -> ProviderConfig {
    ProviderConfig {
        id: "corp".parse().unwrap(),
        kind: ProviderKind::OpenId { issuer: url(ISSUER), parameters: &[] },
        client_id: "our client".to_owned(),
        other_client_ids: vec!["our app".to_owned()],
        client_secret: Some("hush: a secret".into()),
        scopes: vec!["openid".to_owned(), "email".to_owned()],
    }
}

/// A provider whose answers a test decides, and its clock.
struct Idp {
    fake: Fake,
    provider: Provider,
    signer: Signer,
    now: Arc<AtomicI64>,
}

impl Idp {
    /// An OpenID provider that signs with ES256 and answers as it should.
    fn new() -> Self {
        Self::with(openid_config(), Signer::es256())
    }

    fn with(config: ProviderConfig, signer: Signer) -> Self {
        let (fake, now) = (Fake::default(), Arc::new(AtomicI64::new(1_000_000_000)));
        let client = Client::with_connector(fake.connector());
        let provider = Provider::new(config, client, Clock::Fixed(Arc::clone(&now)));
        let idp = Self { fake, provider, signer, now };
        idp.fake.answer(METADATA, json_of(&metadata()));
        idp.fake.answer(KEYS, json_of(&json!({ "keys": [idp.signer.jwk("one")] })));
        idp
    }

    fn later(&self, time: Duration) {
        self.now.fetch_add(i64::try_from(time.as_millis()).unwrap(), Ordering::SeqCst);
    }

    /// The claims of a good ID token.
    fn claims(&self) -> Value {
        let now = self.now.load(Ordering::SeqCst) / 1000;
        json!({
            "iss": ISSUER, "aud": "our client", "sub": "ada", "iat": now, "exp": now + 300,
            "nonce": NONCE, "email": "ada@example.com", "email_verified": true, "name": "Ada",
        })
    }

    /// The good claims with another value of one; null removes it.
    fn claims_with(&self, name: &str, value: Value) -> Value {
        let mut claims = self.claims();
        claims[name] = value;
        if claims[name].is_null() {
            claims.as_object_mut().unwrap().remove(name);
        }
        claims
    }

    /// Those claims, signed with the key `one`.
    fn id_token(&self, claims: &Value) -> String {
        self.signer.token(&json!({ "alg": self.signer.alg(), "kid": "one" }), claims)
    }

    /// What becomes of an ID token that the token endpoint returns.
    async fn redeem(&self, id_token: &str) -> Result<SignedInAt, ProviderError> {
        let tokens = json!({
            "access_token": "access", "token_type": "Bearer", "expires_in": 60, "id_token": id_token,
        });
        self.fake.answer(TOKEN, json_of(&tokens));
        self.provider.redeem("the-code", &Verifier::random(), CALLBACK, NONCE).await
    }

    /// The rule that an ID token breaks.
    async fn refusal(&self, id_token: &str) -> &'static str {
        match self.redeem(id_token).await {
            Err(ProviderError::InvalidIdToken(rule)) => rule,
            other => panic!("{other:?}"),
        }
    }
}

fn metadata() -> Value {
    json!({
        "issuer": ISSUER,
        "authorization_endpoint": "https://idp.example/tenant/authorize?tenant=1",
        "token_endpoint": TOKEN,
        "jwks_uri": KEYS,
        "userinfo_endpoint": USERINFO,
    })
}
