//! GET /api/auth/jwks: publishes the keys that verify the tokens of `GET /api/auth/token`.

use serde::Serialize;
use shared::app::App;
use shared::http::{self, Error, Request, Response, Result};
use shared::model::{KeyId, PublicKey};

/// An Ed25519 key as a JWK (RFC 8037).
#[derive(Serialize)]
struct Jwk {
    alg: &'static str,
    crv: &'static str,
    x: String,
    kty: &'static str,
    kid: KeyId,
    #[serde(rename = "use")]
    used_for: &'static str,
}

#[derive(Serialize)]
struct Jwks {
    keys: Vec<Jwk>,
}

/// Verifiers may keep the keys for five minutes: a new one is published ten minutes before it
/// signs. The very first signs at once, so that its absence is not to be kept.
async fn jwks(app: &App, _: Request) -> Result<Response> {
    let keys: Vec<Jwk> = app.published_keys().await?.into_iter().map(jwk).collect();
    let keep = if keys.is_empty() { "no-store" } else { "public, max-age=300" };
    Ok(Response::json(200, &Jwks { keys }).header("cache-control", keep))
}

fn jwk(key: PublicKey) -> Jwk {
    Jwk { alg: "EdDSA", crv: "Ed25519", x: key.x, kty: "OKP", kid: key.kid, used_for: "sig" }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), Error> {
    http::serve(jwks).await
}
