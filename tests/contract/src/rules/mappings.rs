//! The API mappings of the domain name: each API has one, and each route is where its path leads to.

use serde_json::{Value, json};
use template::Route;
use template::router::Router;

use crate::finding::Finding;
use crate::project::Project;

const FILE: &str = "template.yaml";

/// Checks that every API that routes name has a mapping to its stage, and that the mapping of another API
/// takes no route's path.
pub fn check(project: &Project) -> Vec<Finding> {
    let template = &project.template;
    let router = Router::new(template);
    let functions = template.functions.iter();
    let routes = functions.flat_map(|function| function.routes.iter().chain(&function.preflights));
    let mut findings = stages(&template.document);
    for route in routes {
        findings.extend(missing(route));
        findings.extend(taken(&router, route));
    }
    findings
}

fn missing(route: &Route) -> Option<Finding> {
    let id = route.api_id.as_deref().filter(|_| route.mapping.is_none())?;
    let says = format!("{} {}: {id} has no API mapping", route.method, route.path);
    Some(Finding::new(FILE, says, format!("add an ApiMapping with ApiId: !Ref {id}")))
}

fn taken(router: &Router, route: &Route) -> Option<Finding> {
    let mapping = router.mapping(&route.path);
    (mapping != route.mapping_key()).then(|| {
        Finding::new(
            FILE,
            format!("{} {} goes to the API of the mapping {mapping}", route.method, route.path),
            format!("give it a path that does not begin with /{mapping}: texts are compared, not segments"),
        )
    })
}

/// A mapping can be made only after its stage, which `!Ref …Api.Stage` sees to.
fn stages(document: &Value) -> Vec<Finding> {
    let resources = document.get("Resources").and_then(Value::as_object);
    let mappings = resources.into_iter().flatten().filter(|(_, resource)| {
        resource.get("Type").and_then(Value::as_str) == Some("AWS::ApiGatewayV2::ApiMapping")
    });
    mappings
        .filter_map(|(name, mapping)| {
            let api = mapping.pointer("/Properties/ApiId/Ref").and_then(Value::as_str);
            let stage = format!("{}.Stage", api.unwrap_or_default());
            let fits = mapping.pointer("/Properties/Stage") == Some(&json!({ "Ref": stage }));
            let says = format!("{name} does not name the stage of its API");
            (!fits).then(|| Finding::new(FILE, says, format!("write Stage: !Ref {stage}")))
        })
        .collect()
}
