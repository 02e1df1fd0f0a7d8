//! Every route under `/api/auth`, from the template, each with a request that succeeds.

use e2e::{PASSWORD, User, good_body, sign_up_body};
use harness::Method;
use harness::stack::{RequestBuilder, Stack};
use serde_json::{Value, json};
use template::Auth;

use crate::better_auth::new_user;

/// A function under `/api/auth`.
pub struct AuthRoute {
    pub function: String,
    pub method: Method,
    pub path: String,
    pub auth: Auth,
}

/// All of them but `ok`, which does nothing.
pub fn auth_routes(stack: &Stack) -> Vec<AuthRoute> {
    let functions = stack.template.functions.iter().filter(|function| function.name != "ok");
    let routes = functions.filter_map(|function| {
        let route = function.routes.first().filter(|r| r.path.starts_with("/api/auth/"))?;
        Some(AuthRoute {
            function: function.name.clone(),
            method: route.method.parse().unwrap(),
            path: route.path.clone(),
            auth: function.auth,
        })
    });
    let routes: Vec<_> = routes.collect();
    assert!(routes.len() >= 16, "{} routes were found", routes.len());
    routes
}

impl AuthRoute {
    /// A body that the route takes; null where it needs none. `name` signs up.
    pub fn body(&self, user: &User, name: &str) -> Value {
        match self.function.as_str() {
            "signup" => sign_up_body(&format!("{name}@example.com")),
            "sign-up-email" => new_user(&format!("{name}@example.com")),
            "signin" | "sign-in-email" => json!({ "email": user.email, "password": PASSWORD }),
            function => good_body(function),
        }
    }

    /// A request as this user that succeeds.
    pub fn good<'a>(&self, stack: &'a Stack, user: &User, name: &str) -> RequestBuilder<'a> {
        let request = stack.call(self.method.clone(), &self.path).bearer(&user.token);
        let body = self.body(user, name);
        if body.is_null() { request } else { request.json(&body) }
    }
}
