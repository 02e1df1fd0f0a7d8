//! The template after SAM's translation: the roles, and the routes of a REST API. SAM accepts an unknown
//! transfer mode silently, and then the route buffers.

pub mod roles;

use serde_json::Value;
use template::{Api, Function, Route, Template, Transfer};

use crate::finding::Finding;

const FILE: &str = "template.yaml";

/// Checks what the roles allow, and both places that decide whether a route streams.
pub fn check(template: &Template, translated: &Value) -> Vec<Finding> {
    let mut findings = roles::check(template, translated);
    findings.extend(routes(template, translated));
    findings
}

/// Checks both places of each route that decide whether it streams.
pub fn routes(template: &Template, translated: &Value) -> Vec<Finding> {
    let routes = template.functions.iter().flat_map(|function| {
        let routes = function.routes.iter().chain(&function.preflights);
        routes.filter(|route| route.api == Api::Rest).map(move |route| (function, route))
    });
    routes
        .filter_map(|(function, route)| {
            let wrong = difference(function, route, translated)?;
            let says = format!("{} {} is translated to {wrong}", route.method, route.path);
            let remedy = "write ResponseTransferMode: RESPONSE_STREAM where a function streams";
            Some(Finding::new(FILE, says, remedy))
        })
        .collect()
}

/// The route's integration, if it is not the one that the route needs.
fn difference(function: &Function, route: &Route, translated: &Value) -> Option<String> {
    let api = route.api_id.as_deref().unwrap_or_default();
    let pointer = format!(
        "/Resources/{api}/Properties/Body/paths/{}/{}/x-amazon-apigateway-integration",
        route.resource.replace('~', "~0").replace('/', "~1"),
        route.method.to_lowercase(),
    );
    let Some(integration) = translated.pointer(&pointer) else {
        return Some("nothing".to_owned());
    };
    let text = |pointer| integration.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let (mode, uri) = (text("/responseTransferMode"), text("/uri/Fn::Sub"));
    let id = &function.logical_id;
    let (modes, ending): (&[&str], _) = match route.transfer {
        Transfer::Streamed => (
            &["STREAM"],
            format!("/2021-11-15/functions/${{{id}.Arn}}/response-streaming-invocations"),
        ),
        Transfer::Buffered => {
            (&["", "BUFFERED"], format!("/2015-03-31/functions/${{{id}.Arn}}/invocations"))
        }
    };
    let fits = modes.contains(&mode) && uri.ends_with(&ending);
    (!fits).then(|| format!("the mode {mode:?} and the URI {uri:?}"))
}
