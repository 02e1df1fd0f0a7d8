//! The authorization page (RFC 6749, section 4.1.1), and the way back.

use super::fault::ProviderFault;
use super::grants::{Code, Grant, Kind};
use super::parameters::{Parameters, extended};
use super::person::Person;
use super::{Kept, Visitor, page};
use crate::http::{Method, Request, Response, StatusCode, header, lock};
use anyhow::Result;

/// Shows the page, or sends the browser back at once if the test has said who the visitor is. A POST
/// of the page's form has the same query.
pub(super) fn handle(kept: &Kept, kind: Kind, request: &Request) -> Result<Response> {
    let query = request.uri().query().unwrap_or_default();
    let Some(query) = Parameters::parse(query.as_bytes()) else {
        return Ok(page::refusal("A parameter is there twice."));
    };
    if let Some(why) = kept.client.mistake(&query) {
        return Ok(page::refusal(why));
    }
    if let Some((error, why)) = mistake(kind, &query) {
        return back(kept, kind, &query, &[("error", error), ("error_description", why)]);
    }
    let visitor = match request.method() {
        &Method::POST => of_form(request.body()),
        _ => lock(&kept.settings).visitor.clone(),
    };
    match visitor {
        Visitor::IsAsked => Ok(shown(kind, &query)),
        Visitor::Cancels => {
            let why = "The user has cancelled.";
            back(kept, kind, &query, &[("error", "access_denied"), ("error_description", why)])
        }
        Visitor::Continues(person) => {
            let code = kept.grants.add_code(code(kept, kind, &query, person))?;
            back(kept, kind, &query, &[("code", &code)])
        }
    }
}

/// What a client may have done wrong, as the redirect tells it.
fn mistake(kind: Kind, query: &Parameters) -> Option<(&'static str, &'static str)> {
    let challenge = query.get("code_challenge");
    let is_s256 = query.get("code_challenge_method") == Some("S256");
    match kind {
        Kind::OpenId if query.get("response_type") != Some("code") => {
            Some(("unsupported_response_type", "The response type is not code."))
        }
        Kind::OpenId if challenge.is_none() => {
            Some(("invalid_request", "There is no code_challenge."))
        }
        // GitHub knows no other method, and works without a challenge.
        _ if challenge.is_some_and(|text| !is_s256 || text.len() != 43) => {
            Some(("invalid_request", "The code_challenge is not one by S256."))
        }
        _ => None,
    }
}

fn shown(kind: Kind, query: &Parameters) -> Response {
    let mut person = Person { name: Some("Grace Hopper".to_owned()), ..Person::new("grace") };
    let hint = if kind == Kind::GitHub { "login" } else { "login_hint" };
    if let Some(hint) = query.get(hint).filter(|hint| hint.contains('@')) {
        person = person.with_email(hint);
    }
    page::form(kind, query.text("client_id"), query.text("redirect_uri"), &person)
}

/// Who the form says that the visitor is.
fn of_form(body: &[u8]) -> Visitor {
    let form = Parameters::parse(body).unwrap_or_default();
    match (form.get("choice"), form.get("sub")) {
        (Some("continue"), Some(subject)) => Visitor::Continues(Person {
            subject: subject.to_owned(),
            email: form.get("email").map(str::to_owned),
            email_verified: form.get("email_verified").is_some(),
            name: form.get("name").map(str::to_owned),
        }),
        _ => Visitor::Cancels,
    }
}

fn code(kept: &Kept, kind: Kind, query: &Parameters, mut person: Person) -> Code {
    let is_met = |fault| kept.faults.take(|coming| coming == fault).is_some();
    if is_met(ProviderFault::NoEmail) {
        person = person.without_email();
    }
    if is_met(ProviderFault::UnverifiedEmail) {
        person = person.unverified();
    }
    // GitHub's clients may separate them by commas, too.
    let scopes = query.text("scope").replace(',', " ");
    Code {
        grant: Grant { kind, person, scopes },
        redirect_uri: query.text("redirect_uri").to_owned(),
        nonce: query.get("nonce").map(str::to_owned),
        challenge: query.get("code_challenge").map(str::to_owned),
    }
}

/// The redirect to the client, with its `state` and, of OpenID, with `iss` (RFC 9207).
fn back(kept: &Kept, kind: Kind, query: &Parameters, outcome: &[(&str, &str)]) -> Result<Response> {
    let mut parameters = outcome.to_vec();
    if let Some(state) = query.get("state") {
        parameters.push(("state", state));
    }
    let is_of_redirect = |fault| {
        matches!(
            fault,
            ProviderFault::RedirectWithWrongIssuer | ProviderFault::RedirectWithoutIssuer
        )
    };
    let issuer = match kept.faults.take(is_of_redirect) {
        Some(ProviderFault::RedirectWithWrongIssuer) => Some("https://other.example.com"),
        None if kind == Kind::OpenId => Some(kept.url.as_str()),
        _ => None,
    };
    parameters.extend(issuer.map(|issuer| ("iss", issuer)));
    let mut response = Response::default();
    // The browser comes with a GET, also after the form's POST.
    *response.status_mut() = StatusCode::SEE_OTHER;
    let target = extended(query.text("redirect_uri"), &parameters);
    response.headers_mut().insert(header::LOCATION, target.parse()?);
    Ok(response)
}
