//! The page on which a person chooses who to be.

use super::grants::Kind;
use super::person::Person;
use crate::html::escape;
use crate::http::{Response, StatusCode, header};
use hyper::header::HeaderValue;

/// No scripts, nothing that is loaded. `form-action` is absent, since browsers apply it to the redirect
/// that answers the form, too, which leads to the client.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

const HEAD: &str = r#"<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sign in for development</title>
<style>
  :root { color-scheme: light dark; }
  body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 28rem; padding: 0 1rem; }
  p { overflow-wrap: anywhere; }
  .notice { border-left: .25rem solid #c80; padding-left: .75rem; }
  label { display: block; margin: 1rem 0; }
  input:not([type=checkbox]) { box-sizing: border-box; display: block; font: inherit; padding: .5rem; width: 100%; }
  button { font: inherit; margin: .5rem .5rem 0 0; padding: .5rem 1rem; }
</style>
"#;

/// The form, filled in with this person. It is sent to the address of the page.
pub(super) fn form(kind: Kind, client: &str, redirect_uri: &str, person: &Person) -> Response {
    let title = match kind {
        Kind::OpenId => "Sign in for development",
        Kind::GitHub => "Sign in for development, as if with GitHub",
    };
    let email = person.email.as_deref().unwrap_or_default();
    let name = person.name.as_deref().unwrap_or_default();
    let [client, redirect_uri, subject, email, name] =
        [client, redirect_uri, &person.subject, email, name].map(escape);
    let checked = if person.email_verified { " checked" } else { "" };
    let body = format!(
        r#"{HEAD}<h1>{title}</h1>
<p class="notice"><strong>This provider is for development.</strong> It lets anyone be anyone: it asks for no
password and proves nothing. No deployed stack uses it.</p>
<p>The application <code>{client}</code> wants to know who you are. You go back to <code>{redirect_uri}</code>.</p>
<form method="post">
<label>Id at the provider (sub) <input name="sub" value="{subject}" required maxlength="255" autocomplete="off"></label>
<label>E-mail address (empty: none) <input name="email" type="email" value="{email}" autocomplete="off"></label>
<label><input name="email_verified" type="checkbox" value="true"{checked}> The address is verified</label>
<label>Name (empty: none) <input name="name" value="{name}" autocomplete="off"></label>
<button name="choice" value="continue">Continue as this person</button>
<button name="choice" value="cancel" formnovalidate>Cancel</button>
</form>
</html>
"#
    );
    html(StatusCode::OK, body)
}

/// A page that says why there is no redirect (RFC 6749, section 4.1.2.1).
pub(super) fn refusal(why: &str) -> Response {
    let body = format!("{HEAD}<h1>This request is wrong</h1>\n<p>{}</p>\n</html>\n", escape(why));
    html(StatusCode::BAD_REQUEST, body)
}

fn html(status: StatusCode, body: String) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
