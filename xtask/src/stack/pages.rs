//! What the local port serves beside the API: the example application and the reference if there are any, the
//! page of routes, the contract, and the outbox.

use super::table::guard;
use crate::site::{Site, reference};
use anyhow::{Result, anyhow};
use contract::{Project, word};
use harness::http::{self, Request, Response, StatusCode};
use harness::outbox::{self, Outbox};
use hyper::header::{CONTENT_TYPE, HeaderValue, LOCATION};
use std::fmt::Write;
use template::root;

const HEAD: &str = r#"<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tessera, locally</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 64rem; padding: 0 1rem; }
  table { border-collapse: collapse; width: 100%; }
  td, th { border-bottom: 1px solid #8884; padding: .4rem .8rem .4rem 0; text-align: left; vertical-align: top; }
  code { white-space: nowrap; }
  pre { background: #8882; overflow-x: auto; padding: 1rem; }
</style>
<h1>Tessera, locally</h1>
<p>Bodies and problems of every route are in <a href="/openapi.yaml">openapi.yaml</a>.
Routes that require a session take the <code>session_token</code> of sign-up or sign-in:</p>
<pre>curl -i -H 'authorization: Bearer SESSION_TOKEN' HOST/api/user/profile</pre>
<table>
<tr><th>method</th><th>path</th><th>session</th><th>function</th><th>what it does</th></tr>
"#;

/// The page that a request asks for, if there is one. The mails contain links that sign in, so no page
/// of another origin may read them.
pub fn with(
    outbox: &Outbox,
    site: Site,
) -> impl Fn(&Request) -> Option<Response> + Send + Sync + use<> {
    let show = outbox.viewer();
    move |request| match request.uri().path() {
        outbox::PATH if !guard::is_allowed(request.headers()) => {
            let why = "the outbox is for programs of this machine and for its own page";
            Some(http::message(StatusCode::FORBIDDEN, why))
        }
        outbox::PATH => Some(show(request.uri().query())),
        // As it is now, not as it was when the site was made.
        "/docs/openapi.yaml" => {
            Some(text(reference::contract_for("/"), "text/yaml; charset=utf-8"))
        }
        path => site.at(path).or_else(|| at(path, site.has("/docs/"))),
    }
}

fn at(path: &str, has_reference: bool) -> Option<Response> {
    match path {
        "/" => Some(redirect("/docs")),
        "/docs" if has_reference => Some(redirect("/docs/")),
        "/docs" | "/routes" => Some(text(routes(), "text/html; charset=utf-8")),
        "/openapi.yaml" => Some(text(reference::contract(), "text/yaml; charset=utf-8")),
        _ => None,
    }
}

fn redirect(to: &'static str) -> Response {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::FOUND;
    response.headers_mut().insert(LOCATION, HeaderValue::from_static(to));
    response
}

/// A text, or why there is none.
fn text(text: Result<String>, kind: &'static str) -> Response {
    match text {
        Ok(text) => {
            let mut response = Response::new(text.into());
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
            response
        }
        Err(error) => http::message(StatusCode::INTERNAL_SERVER_ERROR, &format!("{error:#}")),
    }
}

/// The page of routes, made from the files as they are now.
fn routes() -> Result<String> {
    let project = Project::read(&root())?.map_err(|finding| anyhow!("{finding}"))?;
    let mut page = HEAD.to_owned();
    for function in project.functions() {
        let sentence = project
            .package(&function.name)
            .and_then(|package| package.headline())
            .map_or("", |(_, sentence)| sentence);
        for route in &function.routes {
            let cells = [
                escape(&route.method),
                format!("<code>{}</code>", escape(&route.path)),
                word(function.auth).to_owned(),
                escape(&function.name),
                escape(sentence),
            ];
            writeln!(page, "<tr><td>{}</td></tr>", cells.join("</td><td>"))?;
        }
    }
    page.push_str("</table>\n</html>\n");
    Ok(page)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_outbox_is_shown_to_this_machine_and_to_no_page_of_another_origin() {
        let outbox = Outbox::start(0).await.unwrap();
        let page = with(&outbox, Site::default());
        let status = |headers: &[(&str, &str)]| {
            let mut request = hyper::Request::get("/__outbox?to=ada@example.com");
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            page(&request.body("".into()).unwrap()).unwrap().status()
        };
        let host = ("host", "localhost:9000");
        for own in [&[host] as &[_], &[host, ("origin", "http://localhost:9000")]] {
            assert_eq!(status(own), 200, "{own:?}");
        }
        for other in [
            &[host, ("origin", "https://example.com")] as &[_],
            &[host, ("sec-fetch-site", "cross-site")],
            &[("host", "rebound.example.com:9000")],
        ] {
            assert_eq!(status(other), 403, "{other:?}");
        }
    }
}
