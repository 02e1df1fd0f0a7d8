//! The token endpoint of OpenID (RFC 6749, section 5; OpenID Connect Core, sections 3.1.3 and 12).

use super::Kept;
use super::fault::ProviderFault;
use super::grants::{Grant, Kind};
use super::id_token::{Content, make};
use super::object::Object;
use super::parameters::Parameters;
use crate::http::{self, Request, Response, StatusCode, header, lock};
use anyhow::Result;
use hyper::header::HeaderValue;
use serde_json::json;
use std::sync::Arc;

pub(super) fn handle(kept: &Kept, request: &Request) -> Result<Response> {
    let Some(form) = Parameters::parse(request.body()) else {
        return Ok(error(StatusCode::BAD_REQUEST, "invalid_request"));
    };
    let is_public = lock(&kept.settings).is_public;
    if !kept.client.is_shown(request.headers(), &form, is_public) {
        return Ok(error(StatusCode::UNAUTHORIZED, "invalid_client"));
    }
    match form.text("grant_type") {
        "authorization_code" => by_code(kept, &form),
        "refresh_token" => by_refresh_token(kept, &form),
        _ => Ok(error(StatusCode::BAD_REQUEST, "unsupported_grant_type")),
    }
}

fn by_code(kept: &Kept, form: &Parameters) -> Result<Response> {
    let (uri, verifier) = (form.text("redirect_uri"), form.text("code_verifier"));
    let code = kept.grants.take_code(form.text("code"));
    match code.filter(|code| code.is_for(Kind::OpenId, uri, verifier)) {
        Some(code) => tokens(kept, code.grant, code.nonce.as_deref()),
        None => Ok(error(StatusCode::BAD_REQUEST, "invalid_grant")),
    }
}

fn by_refresh_token(kept: &Kept, form: &Parameters) -> Result<Response> {
    let grant = kept.grants.take_refresh(form.text("refresh_token"), Kind::OpenId);
    let is_refused = kept.faults.take(|fault| fault == ProviderFault::RefusedRefresh).is_some();
    match grant.filter(|_| !is_refused) {
        // It has no nonce: there was no request of a user (section 12.2).
        Some(grant) => tokens(kept, grant, None),
        None => Ok(error(StatusCode::BAD_REQUEST, "invalid_grant")),
    }
}

fn tokens(kept: &Kept, grant: Grant, nonce: Option<&str>) -> Result<Response> {
    let is_met = |fault| kept.faults.take(|coming| coming == fault).is_some();
    let lifetime = lock(&kept.settings).lifetime;
    let mut body = Object::from([
        ("access_token", kept.grants.add_access("", grant.clone())?.into()),
        ("token_type", "Bearer".into()),
        ("expires_in", lifetime.as_secs().into()),
        ("scope", grant.scopes.clone().into()),
    ]);
    let is_openid = grant.scopes.split(' ').any(|scope| scope == "openid");
    if is_openid && !is_met(ProviderFault::NoIdToken) {
        body.set("id_token", id_token(kept, grant.person.claims(&grant.scopes), nonce)?);
    }
    if !is_met(ProviderFault::NoRefreshToken) {
        body.set("refresh_token", kept.grants.add_refresh("", grant)?);
    }
    let mut response = http::json(StatusCode::OK, &body.value());
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// An ID token for the client, with the next fault that is for one.
pub(super) fn id_token(kept: &Kept, claims: Object, nonce: Option<&str>) -> Result<String> {
    let fault = kept.faults.take(|fault| fault.id_token().is_some());
    let key = Arc::clone(&lock(&kept.keys).current);
    let content = Content { issuer: &kept.url, audience: &kept.client.id, nonce, claims };
    make(content, &key, fault.and_then(ProviderFault::id_token))
}

/// An error of RFC 6749, section 5.2.
fn error(status: StatusCode, error: &str) -> Response {
    let body = json!({ "error": error, "error_description": "The test provider refuses this." });
    let mut response = http::json(status, &body);
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic"));
    }
    response
}
