//! Routes of a REST API: their API, their timeouts and their preflights.

use std::time::Duration;

use template::{Api, Function, Route, Transfer};

use crate::finding::Finding;
use crate::project::Project;

const FILE: &str = "template.yaml";

/// API Gateway ends longer streams.
const LONGEST: Duration = Duration::from_mins(15);

/// Checks every route of a REST API, and that each path has one preflight, in a function of that path.
pub fn check(project: &Project) -> Vec<Finding> {
    let mut findings = Vec::new();
    let functions = &project.template.functions;
    for function in functions {
        for route in function.routes.iter().filter(|route| route.api == Api::Rest) {
            let key = format!("{} {}", route.method, route.path);
            names_its_api(&key, route, &mut findings);
            times(&key, function, route, &mut findings);
            let preflights = functions.iter().flat_map(|function| &function.preflights);
            let count = preflights.filter(|preflight| preflight.path == route.path).count();
            if count != 1 {
                findings.push(Finding::new(
                    FILE,
                    format!("{} has {count} preflights, not one", route.path),
                    format!(
                        "give one function of this path an event of method OPTIONS as that of {key}"
                    ),
                ));
            }
        }
        for preflight in function.preflights.iter().filter(|route| route.api == Api::Rest) {
            preflight_of(function, preflight, &mut findings);
        }
    }
    findings
}

/// Without a name, SAM makes an API of its own for the route.
fn names_its_api(key: &str, route: &Route, findings: &mut Vec<Finding>) {
    if route.api_id.is_none() {
        let says = format!("{key} has no API");
        findings.push(Finding::new(FILE, says, "write RestApiId: !Ref ChatApi"));
    }
}

/// A stream may take longer than the gateway's usual 29 seconds. Its function stores the reply after
/// the stream, so the function must have more time than the gateway.
fn times(key: &str, function: &Function, route: &Route, findings: &mut Vec<Finding>) {
    if route.transfer == Transfer::Buffered {
        return;
    }
    if route.timeout > LONGEST {
        let says = format!("{key} may stream for longer than 15 minutes");
        findings.push(Finding::new(FILE, says, "lower TimeoutInMillis"));
    }
    if Duration::from_secs(function.timeout) < route.timeout {
        findings.push(Finding::new(
            FILE,
            format!("{} ends before the gateway ends {key}", function.logical_id),
            format!("raise Timeout to {} at least", route.timeout.as_secs()),
        ));
    }
}

fn preflight_of(function: &Function, preflight: &Route, findings: &mut Vec<Finding>) {
    let mut routes = function.routes.iter();
    let Some(route) = routes.find(|route| route.path == preflight.path) else {
        findings.push(Finding::new(
            FILE,
            format!(
                "{} serves OPTIONS {}, which is not its path",
                function.logical_id, preflight.path
            ),
            "give the event the path of the function's route",
        ));
        return;
    };
    if (route.api, &route.api_id, route.transfer)
        != (preflight.api, &preflight.api_id, preflight.transfer)
    {
        findings.push(Finding::new(
            FILE,
            format!("OPTIONS {} has another API or transfer mode than the route", preflight.path),
            "write RestApiId and ResponseTransferMode as there: a function has one way to respond",
        ));
    }
}
