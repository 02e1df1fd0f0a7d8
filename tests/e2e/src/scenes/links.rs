//! The requests of the routes that mailed links lead to. Each has a new user, whose link it uses.

use harness::stack::{RequestBuilder, Stack, User};
use serde_json::json;

use crate::links::{CHANGE, RESET, VERIFY, mint};
use crate::routes::SampleRoute;

/// The request of a row; `None` if its route needs no link.
pub(super) async fn request(
    stack: &Stack,
    route: &SampleRoute,
    variant: &str,
    guests: &mut u32,
) -> Option<RequestBuilder> {
    let functions = ["open-reset-link", "reset-password", "verify-email", "confirm-email"];
    if !functions.contains(&route.function.as_str()) {
        return None;
    }
    *guests += 1;
    let user = stack.sign_up(&format!("reader{guests}")).await;
    let new = format!("new{guests}@example.com");
    let (email, purpose) = match (route.function.as_str(), variant) {
        ("open-reset-link" | "reset-password", _) => (&user.email, RESET),
        (_, "new address") => (&new, CHANGE),
        _ => (&user.email, VERIFY),
    };
    let token = mint(stack, &user, email, purpose).await;
    Some(of_route(stack, route, variant, &user, &token))
}

fn of_route(
    stack: &Stack,
    route: &SampleRoute,
    variant: &str,
    user: &User,
    token: &str,
) -> RequestBuilder {
    match route.function.as_str() {
        "open-reset-link" => {
            stack.get(&format!("/api/auth/reset-password/{token}?callbackURL=%2Freset"))
        }
        "verify-email" => {
            let page = stack.get(&format!("{}?token={token}", route.path));
            if variant == "page" { page } else { page.header("sec-fetch-mode", "cors") }
        }
        _ => {
            let mut body = route.body_of(user, "");
            if let Some(fields) = body.as_object_mut() {
                fields.insert("token".to_owned(), json!(token));
            }
            stack.call(route.method.clone(), &route.path).json(&body)
        }
    }
}
