//! GET /api/auth/jwks: publishes the keys that verify the tokens of `GET /api/auth/token`.

use serde::Serialize;
use shared::app::App;
use shared::http::{Exit, Request, Response, Result, serve};
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

/// Verifiers may cache the keys for five minutes, since a new key is published ten minutes before it
/// signs. Only the very first key signs at once, so that an empty list must not be cached.
async fn jwks(app: &'static App, _: Request) -> Result<Response> {
    let keys: Vec<Jwk> = app.published_keys().await?.into_iter().map(jwk).collect();
    let cache = if keys.is_empty() { "no-store" } else { "public, max-age=300" };
    Ok(Response::json(200, &Jwks { keys }).header("cache-control", cache))
}

fn jwk(key: PublicKey) -> Jwk {
    Jwk { alg: "EdDSA", crv: "Ed25519", x: key.x, kty: "OKP", kid: key.kid, used_for: "sig" }
}

fn main() -> Exit {
    serve(jwks)
}
