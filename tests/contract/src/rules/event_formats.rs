//! The fields of an event that repeat its route, for each kind of API.

use template::{Api, Route};

/// The field that contains the request's path.
pub fn path(api: Api) -> &'static str {
    match api {
        Api::Http => "rawPath",
        Api::Rest => "path",
    }
}

/// JSON pointers to those fields, with the values for a request of this path to the route.
pub fn stated(route: &Route, path: &str) -> Vec<(&'static str, String)> {
    let (method, stage) = (route.method.clone(), route.stage.clone());
    match route.api {
        Api::Http => {
            let key = format!("{method} {}", route.resource);
            vec![
                ("/version", "2.0".to_owned()),
                ("/routeKey", key.clone()),
                ("/requestContext/routeKey", key),
                ("/requestContext/stage", stage),
                ("/requestContext/http/method", method),
                ("/requestContext/http/path", path.to_owned()),
            ]
        }
        Api::Rest => vec![
            ("/resource", route.resource.clone()),
            ("/httpMethod", method.clone()),
            ("/requestContext/resourcePath", route.resource.clone()),
            ("/requestContext/httpMethod", method),
            ("/requestContext/path", path.to_owned()),
            ("/requestContext/stage", stage),
        ],
    }
}
