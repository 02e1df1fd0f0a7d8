//! GitHub, as far as signing in with it goes. It is no OpenID provider: there is no ID token and no `iss`,
//! errors of the token endpoint have status 200, scopes are separated by commas, and the API refuses
//! whoever sends no `User-Agent`.

use super::fault::ProviderFault;
use super::grants::{Grant, Kind};
use super::object::Object;
use super::parameters::Parameters;
use super::{Kept, bearer};
use crate::http::{self, Request, Response, StatusCode, header, lock};
use anyhow::Result;
use hyper::header::HeaderValue;
use serde_json::json;

/// Seconds that a refresh token of a GitHub App is valid: six months.
const REFRESH_LIFETIME: u64 = 15_897_600;

/// `POST /login/oauth/access_token`.
pub(super) fn token(kept: &Kept, request: &Request) -> Result<Response> {
    let form = Parameters::parse(request.body()).unwrap_or_default();
    let is_client = kept.client.is_shown(&header::HeaderMap::new(), &form, false);
    let body = match form.text("grant_type") {
        _ if !is_client => error("incorrect_client_credentials"),
        "" | "authorization_code" => by_code(kept, &form)?,
        "refresh_token" => by_refresh_token(kept, &form)?,
        _ => error("unsupported_grant_type"),
    };
    Ok(answer(request, body))
}

fn by_code(kept: &Kept, form: &Parameters) -> Result<Object> {
    let Some(code) = kept.grants.take_code(form.text("code")) else {
        return Ok(error("bad_verification_code"));
    };
    // The address may be left out here.
    let uri = form.get("redirect_uri").unwrap_or(&code.redirect_uri);
    if uri != code.redirect_uri {
        return Ok(error("redirect_uri_mismatch"));
    }
    if !code.is_for(Kind::GitHub, uri, form.text("code_verifier")) {
        return Ok(error("bad_verification_code"));
    }
    tokens(kept, code.grant)
}

fn by_refresh_token(kept: &Kept, form: &Parameters) -> Result<Object> {
    let grant = kept.grants.take_refresh(form.text("refresh_token"), Kind::GitHub);
    let is_refused = kept.faults.take(|fault| fault == ProviderFault::RefusedRefresh).is_some();
    match grant.filter(|_| !is_refused) {
        Some(grant) => tokens(kept, grant),
        None => Ok(error("bad_refresh_token")),
    }
}

/// An OAuth App's token has no end and can't be refreshed; a GitHub App's has both, and no scopes.
fn tokens(kept: &Kept, grant: Grant) -> Result<Object> {
    let (is_app, lifetime) = {
        let settings = lock(&kept.settings);
        (settings.is_github_app, settings.lifetime)
    };
    let (prefix, scope) =
        if is_app { ("ghu_", String::new()) } else { ("gho_", grant.scopes.replace(' ', ",")) };
    let access_token = kept.grants.add_access(prefix, grant.clone())?;
    let mut body = Object::from([
        ("access_token", access_token.into()),
        ("token_type", "bearer".into()),
        ("scope", scope.into()),
    ]);
    if is_app {
        body.set("expires_in", lifetime.as_secs());
        body.set("refresh_token", kept.grants.add_refresh("ghr_", grant)?);
        body.set("refresh_token_expires_in", REFRESH_LIFETIME);
    }
    Ok(body)
}

fn error(code: &str) -> Object {
    let uri = "https://docs.github.com/apps/oauth-apps";
    Object::from([
        ("error", code.into()),
        ("error_description", "The test provider refuses this.".into()),
        ("error_uri", uri.into()),
    ])
}

/// JSON for clients that ask for it; a form else.
fn answer(request: &Request, body: Object) -> Response {
    let accept = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    if accept.is_some_and(|accept| accept.contains("application/json")) {
        return http::json(StatusCode::OK, &body.value());
    }
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (name, value) in body.members() {
        form.append_pair(name, &value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    }
    let mut response = Response::new(form.finish().into());
    let kind = HeaderValue::from_static("application/x-www-form-urlencoded; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

/// `GET /user`. The address is null, since GitHub shows only one that the user has made public.
pub(super) fn user(kept: &Kept, request: &Request) -> Response {
    for_caller(kept, request, |Grant { person, .. }| {
        let login = person.login();
        let body = json!({
            "login": login,
            "id": person.github_id(),
            "type": "User",
            "avatar_url": format!("https://example.com/{login}.png"),
            "name": person.name,
            "email": null,
        });
        http::json(StatusCode::OK, &body)
    })
}

/// `GET /user/emails`. The primary address is not the first one.
pub(super) fn emails(kept: &Kept, request: &Request) -> Response {
    for_caller(kept, request, |Grant { person, scopes, .. }| {
        if !scopes.split(' ').any(|scope| scope == "user:email" || scope == "user") {
            return http::message(StatusCode::NOT_FOUND, "Not Found");
        }
        let hidden = format!("{}+{}@users.noreply.example.com", person.github_id(), person.login());
        let hidden =
            json!({ "email": hidden, "primary": false, "verified": true, "visibility": null });
        let primary = person.email.map(|email| {
            let verified = person.email_verified;
            json!({ "email": email, "primary": true, "verified": verified, "visibility": "private" })
        });
        http::json(StatusCode::OK, &[hidden].into_iter().chain(primary).collect())
    })
}

/// The response for what the bearer may see, or a refusal.
fn for_caller(kept: &Kept, request: &Request, show: impl FnOnce(Grant) -> Response) -> Response {
    if !request.headers().contains_key(header::USER_AGENT) {
        let mut response = Response::new("A request without a User-Agent is forbidden.".into());
        *response.status_mut() = StatusCode::FORBIDDEN;
        let kind = HeaderValue::from_static("text/html; charset=utf-8");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        return response;
    }
    let grant = bearer(request).and_then(|token| kept.grants.access(token, Kind::GitHub));
    let refused = || http::message(StatusCode::UNAUTHORIZED, "Bad credentials");
    grant.map_or_else(refused, show)
}
