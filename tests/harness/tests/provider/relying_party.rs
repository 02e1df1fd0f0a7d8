//! A client of the providers that does everything right, unless a test says otherwise.

use anyhow::{Context as _, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use harness::http::{Client, Response};
use harness::provider::TestProvider;
use ring::digest::{SHA256, digest};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
    UnparsedPublicKey,
};
use serde_json::Value;
use std::collections::HashMap;

pub const REDIRECT_URI: &str = "http://localhost:9000/api/auth/callback/test";
pub const VERIFIER: &str = "a-verifier-of-43-characters-or-more-for-pkce";

pub struct RelyingParty<'a> {
    pub provider: &'a TestProvider,
    pub http: Client,
}

impl<'a> RelyingParty<'a> {
    pub fn of(provider: &'a TestProvider) -> Self {
        provider.add_redirect_uri(REDIRECT_URI);
        Self { provider, http: Client::default() }
    }

    /// An authorization URL; `changes` replace parameters, or with an empty text remove them.
    pub fn url(&self, path: &str, changes: &[(&str, &str)]) -> String {
        let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, VERIFIER.as_bytes()));
        let query = form(
            &[
                ("response_type", "code"),
                ("client_id", self.provider.client_id()),
                ("redirect_uri", REDIRECT_URI),
                ("scope", "openid email profile"),
                ("state", "s 1"),
                ("nonce", "n1"),
                ("code_challenge", &challenge),
                ("code_challenge_method", "S256"),
            ],
            changes,
        );
        format!("{}{path}?{query}", self.provider.url())
    }

    /// What the redirect to the client says.
    pub async fn authorize(
        &self,
        path: &str,
        changes: &[(&str, &str)],
    ) -> Result<HashMap<String, String>> {
        let target = self.provider.authorize(&self.url(path, changes)).await?;
        let query = target.strip_prefix(REDIRECT_URI).context("another address")?;
        let query = query.strip_prefix('?').context("no query")?;
        Ok(form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    pub async fn post(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> Result<Response> {
        let url = format!("{}{path}", self.provider.url());
        let mut request =
            hyper::Request::post(url).header("content-type", "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.http.send(request.body(body.into())?).await
    }

    pub async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Result<Response> {
        let mut request = hyper::Request::get(format!("{}{path}", self.provider.url()));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.http.send(request.body("".into())?).await
    }

    /// Asks the OpenID provider for tokens.
    pub async fn redeem(&self, code: &str, changes: &[(&str, &str)]) -> Result<(u16, Value)> {
        let body = form(
            &[
                ("grant_type", "authorization_code"),
                ("code", code),
                ("redirect_uri", REDIRECT_URI),
                ("code_verifier", VERIFIER),
                ("client_id", self.provider.client_id()),
                ("client_secret", self.provider.client_secret()),
            ],
            changes,
        );
        json(&self.post("/token", &[], body).await?)
    }

    /// Signs in with the OpenID provider and returns the response with the tokens.
    pub async fn sign_in(&self) -> Result<Value> {
        let redirect = self.authorize("/authorize", &[]).await?;
        let code = redirect.get("code").context("no code")?;
        let (status, tokens) = self.redeem(code, &[]).await?;
        ensure!(status == 200, "{status} {tokens}");
        Ok(tokens)
    }

    /// The header and the claims of a token that a published key of its `kid` and algorithm has signed.
    pub async fn verified(&self, token: &str) -> Result<(Value, Value)> {
        let (message, signature) = token.rsplit_once('.').context("no signature")?;
        let (header, claims) = read(token)?;
        let (_, set) = json(&self.get("/jwks", &[]).await?)?;
        let all = set.get("keys").and_then(Value::as_array).context("no keys")?;
        let kid = header.get("kid");
        let key = all.iter().find(|key| key.get("kid") == kid).context("no such key")?;
        ensure!(key.get("alg") == header.get("alg"), "another algorithm: {key}");
        let signature = URL_SAFE_NO_PAD.decode(signature)?;
        verify(key, message.as_bytes(), &signature).context("a wrong signature")?;
        Ok((header, claims))
    }
}

/// The header and the claims of a token, whoever has signed it.
pub fn read(token: &str) -> Result<(Value, Value)> {
    let mut parts = token.split('.').map(|part| -> Result<Value> {
        Ok(serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part)?)?)
    });
    let mut next = || parts.next().context("a part is missing")?;
    Ok((next()?, next()?))
}

fn verify(key: &Value, message: &[u8], signature: &[u8]) -> Result<()> {
    let part = |name: &str| -> Result<Vec<u8>> {
        Ok(URL_SAFE_NO_PAD.decode(key[name].as_str().context("a part of the key is missing")?)?)
    };
    match key["alg"].as_str() {
        Some("ES256") => {
            let point = [vec![4], part("x")?, part("y")?].concat();
            UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature)?;
        }
        Some("EdDSA") => {
            UnparsedPublicKey::new(&ED25519, part("x")?).verify(message, signature)?;
        }
        _ => {
            let components = RsaPublicKeyComponents { n: part("n")?, e: part("e")? };
            components.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)?;
        }
    }
    Ok(())
}

/// Parameters with changes; an empty text removes one.
pub fn form(parameters: &[(&str, &str)], changes: &[(&str, &str)]) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    let changed = |name: &str| changes.iter().any(|(other, _)| *other == name);
    let kept = parameters.iter().filter(|(name, _)| !changed(name));
    form.extend_pairs(kept.chain(changes).filter(|(_, value)| !value.is_empty()));
    form.finish()
}

pub fn json(response: &Response) -> Result<(u16, Value)> {
    Ok((response.status().as_u16(), serde_json::from_slice(response.body())?))
}
