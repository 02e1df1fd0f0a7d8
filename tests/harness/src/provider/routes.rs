//! The paths of both providers.

use super::fault::{Failure, ProviderFault};
use super::grants::Kind;
use super::{Kept, authorize, bearer, github, token};
use crate::faults::Release;
use crate::http::{self, Method, Request, Response, StatusCode, header, lock};
use anyhow::{Result, bail};
use hyper::header::HeaderValue;
use serde_json::{Value, json};

/// Size of a huge response, in bytes.
const HUGE: usize = 2 * 1024 * 1024;

/// Responds to a request, unless a fault does.
pub(super) async fn handle(kept: &Kept, request: Request) -> Result<Response> {
    let path = request.uri().path();
    let query = request.uri().query().unwrap_or_default();
    kept.calls.add(request.method().as_str(), path, query, request.body());
    let release = kept.faults.release();
    let failure = kept.faults.take(|fault| fault.of_path(path).is_some());
    if let Some(failure) = failure.and_then(|fault| fault.of_path(path)) {
        return fail(kept, failure, path, release).await;
    }
    let response = respond(kept, &request)?;
    match kept.faults.take(|fault| fault.is_after(path)) {
        Some(ProviderFault::LostResponse(_)) => bail!("the response is lost"),
        Some(_) => release.wait().await,
        None => {}
    }
    Ok(response)
}

fn respond(kept: &Kept, request: &Request) -> Result<Response> {
    let (get, post) = (Method::GET, Method::POST);
    let method = request.method();
    match request.uri().path() {
        "/.well-known/openid-configuration" if method == get => {
            Ok(http::json(StatusCode::OK, &discovery(&kept.url)))
        }
        "/jwks" if method == get => Ok(http::json(StatusCode::OK, &lock(&kept.keys).set())),
        "/authorize" if method == get || method == post => {
            authorize::handle(kept, Kind::OpenId, request)
        }
        "/token" if method == post => token::handle(kept, request),
        "/userinfo" if method == get || method == post => Ok(user_info(kept, request)),
        "/login/oauth/authorize" if method == get || method == post => {
            authorize::handle(kept, Kind::GitHub, request)
        }
        "/login/oauth/access_token" if method == post => github::token(kept, request),
        "/user" if method == get => Ok(github::user(kept, request)),
        "/user/emails" if method == get => Ok(github::emails(kept, request)),
        _ => Ok(http::message(StatusCode::NOT_FOUND, "Not Found")),
    }
}

/// OpenID Connect Discovery, section 3, with RFC 8414's and RFC 9207's members.
fn discovery(url: &str) -> Value {
    json!({
        "issuer": url,
        "authorization_endpoint": format!("{url}/authorize"),
        "token_endpoint": format!("{url}/token"),
        "userinfo_endpoint": format!("{url}/userinfo"),
        "jwks_uri": format!("{url}/jwks"),
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256", "ES256", "EdDSA"],
        "scopes_supported": ["openid", "email", "profile"],
        "token_endpoint_auth_methods_supported":
            ["client_secret_basic", "client_secret_post", "none"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
    })
}

/// OpenID Connect Core, section 5.3.
fn user_info(kept: &Kept, request: &Request) -> Response {
    let grant = bearer(request).and_then(|token| kept.grants.access(token, Kind::OpenId));
    if let Some(grant) = grant {
        return http::json(StatusCode::OK, &grant.person.claims(&grant.scopes).value());
    }
    let mut response = http::json(StatusCode::UNAUTHORIZED, &json!({ "error": "invalid_token" }));
    let value = HeaderValue::from_static("Bearer error=\"invalid_token\"");
    response.headers_mut().insert(header::WWW_AUTHENTICATE, value);
    response
}

async fn fail(kept: &Kept, failure: Failure, path: &str, release: Release) -> Result<Response> {
    let mut response = match failure {
        Failure::HangUp => bail!("the connection is closed"),
        Failure::Hold => {
            release.wait().await;
            http::message(StatusCode::SERVICE_UNAVAILABLE, "late")
        }
        Failure::Slow(time) => {
            tokio::time::sleep(time).await;
            http::message(StatusCode::SERVICE_UNAVAILABLE, "late")
        }
        Failure::Status(status) => http::message(StatusCode::from_u16(status)?, "a fault"),
        Failure::Html => Response::new("<!doctype html><title>Be back soon</title>".into()),
        Failure::Huge => http::json(StatusCode::OK, &json!({ "padding": "x".repeat(HUGE) })),
        Failure::Redirect => Response::default(),
    };
    let headers = response.headers_mut();
    match failure {
        Failure::Html => {
            let kind = HeaderValue::from_static("text/html; charset=utf-8");
            headers.insert(header::CONTENT_TYPE, kind);
        }
        Failure::Redirect => {
            let target = format!("{}{path}?followed=1", kept.url);
            headers.insert(header::LOCATION, target.parse()?);
            *response.status_mut() = StatusCode::TEMPORARY_REDIRECT;
        }
        _ => {}
    }
    Ok(response)
}
