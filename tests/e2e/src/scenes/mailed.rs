//! The requests of the routes of links and codes that sign in. Each has a new user, whose link or code it
//! uses.

use harness::stack::{RequestBuilder, Stack};
use serde_json::json;

use crate::mailed::{other_than, prove, with_mailed};
use crate::routes::SampleRoute;

/// The request of a row; `None` if its route needs no link and no code.
pub(super) async fn request(
    stack: &Stack,
    route: &SampleRoute,
    variant: &str,
    guests: &mut u32,
) -> Option<RequestBuilder> {
    if !route.takes_mailed() {
        return None;
    }
    *guests += 1;
    let email = if variant == "new user" {
        format!("somebody{guests}@example.com")
    } else {
        let user = stack.sign_up(&format!("mailed{guests}")).await;
        if variant != "unproven user" {
            prove(stack, &user).await;
        }
        user.email
    };
    let mut route = route.clone();
    with_mailed(stack, &email, &mut route).await;
    if let Some(fields) = route.body.as_object_mut() {
        if fields.contains_key("email") {
            fields.insert("email".to_owned(), json!(email));
        }
        if variant == "wrong code" {
            let wrong = fields.get("otp").and_then(|code| code.as_str()).map(other_than);
            fields.insert("otp".to_owned(), json!(wrong));
        }
    }
    let request = stack.call(route.method.clone(), &route.path);
    let request = if route.body.is_null() { request } else { request.json(&route.body) };
    Some(match (route.function.as_str(), variant) {
        ("verify-magic-link", "page") => request,
        ("verify-magic-link", _) => request.header("sec-fetch-mode", "cors"),
        (name, "new network") => request.source_ip(&format!("198.51.100.{}", name.len())),
        _ => request,
    })
}
