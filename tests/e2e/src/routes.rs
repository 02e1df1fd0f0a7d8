//! A request for each route of the template that succeeds: the one of its sample event in `events/`.

use std::collections::BTreeMap;

use harness::Method;
use harness::stack::{RequestBuilder, Stack, User};
use serde_json::Value;
use template::{Auth, Function, Route};

/// A row that a sample event's path names, and that only the stack knows: `interaction_id`.
type Known<'a> = (&'a str, &'a str);

/// A route with a request that succeeds.
#[derive(Debug, Clone)]
pub struct SampleRoute {
    /// The function's name.
    pub function: String,
    /// Who may call it.
    pub auth: Auth,
    /// The method.
    pub method: Method,
    /// The path with its parameters filled in.
    pub path: String,
    /// The body; null if the route takes none.
    pub body: Value,
    /// Whether the function calls the table at all.
    pub uses_table: bool,
    /// A cookie that the request needs.
    pub cookie: Option<(String, String)>,
}

/// All routes of the template. The interaction is one that exists, if its rating is to succeed.
///
/// # Panics
/// When a function has no sample event.
pub fn all(stack: &Stack, interaction: &str) -> Vec<SampleRoute> {
    let known = ("interaction_id", interaction);
    let functions = stack.template.functions.iter();
    functions.flat_map(|f| f.routes.iter().map(move |r| SampleRoute::new(f, r, known))).collect()
}

/// Those under `/api/auth` but `ok`, which does nothing, and `error`, which only shows a page.
///
/// # Panics
/// When they are not found.
pub fn of_auth(stack: &Stack) -> Vec<SampleRoute> {
    let mut routes = all(stack, "");
    routes.retain(|route| {
        route.path.starts_with("/api/auth/")
            && !["ok", "error", "open-delete-link"].contains(&route.function.as_str())
    });
    assert!(routes.len() >= 16, "{} routes were found", routes.len());
    routes
}

/// The event of a function in `events/`.
///
/// # Panics
/// When there is none.
#[expect(clippy::panic, reason = "a test that meets the unexpected must fail")]
pub fn sample_event(function: &str) -> Value {
    let path = template::root().join(format!("events/{function}.json"));
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    serde_json::from_str(&text)
        .unwrap_or_else(|_| panic!("events/{function}.json: `cargo xtask check --fix` makes it"))
}

/// The body of the function's sample event; null if it has none, or none with fields.
///
/// # Panics
/// When it has no sample event.
pub fn sample_body(function: &str) -> Value {
    let event = sample_event(function);
    let body = event.get("body").and_then(Value::as_str).unwrap_or_default();
    let body: Value = serde_json::from_str(body).unwrap_or_default();
    if body.as_object().is_some_and(serde_json::Map::is_empty) { Value::Null } else { body }
}

impl SampleRoute {
    /// Whether the function looks at cookies. The routes of the data model sign in by a token in the
    /// body, and the token of a link is a proof of its own.
    pub fn uses_cookies(&self) -> bool {
        const WITHOUT: [&str; 11] = [
            "signup",
            "signin",
            "request-password-reset",
            "reset-password",
            "confirm-email",
            "sign-in-magic-link",
            "send-verification-otp",
            "check-verification-otp",
            "verify-email-otp",
            "request-password-reset-otp",
            "reset-password-otp",
        ];
        self.method != Method::GET && !WITHOUT.contains(&self.function.as_str())
    }

    /// Whether the request needs a link that signs in, or a code.
    pub fn takes_mailed(&self) -> bool {
        [
            "verify-magic-link",
            "confirm-magic-link",
            "sign-in-email-otp",
            "check-verification-otp",
            "verify-email-otp",
            "reset-password-otp",
        ]
        .contains(&self.function.as_str())
    }

    fn new(function: &Function, route: &Route, known: Known<'_>) -> Self {
        let event = sample_event(&function.name);
        let given = event.get("pathParameters").cloned().unwrap_or_default();
        let given: BTreeMap<String, String> = serde_json::from_value(given).unwrap_or_default();
        let fill =
            |path: String, (name, value): (&str, &str)| path.replace(&format!("{{{name}}}"), value);
        let given = given.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let path = [known].into_iter().chain(given).fold(route.path.clone(), fill);
        Self {
            function: function.name.clone(),
            auth: function.auth,
            method: route.method.parse().unwrap_or_default(),
            path,
            body: sample_body(&function.name),
            uses_table: !function.actions.is_empty(),
            cookie: None,
        }
    }

    /// The body as this user sends it; a sign-up is that of `newcomer@example.com`.
    pub fn body_of(&self, user: &User, newcomer: &str) -> Value {
        let signs_up = self.function.starts_with("sign-up") || self.function == "signup";
        let mut body = self.body.clone();
        if let Some(email) = body.get_mut("email") {
            let address = if signs_up { &format!("{newcomer}@example.com") } else { &user.email };
            *email = address.as_str().into();
        }
        body
    }

    /// Whether a request with this status was taken, or leads to a page. One route has nothing that a client may change: it
    /// is 400 for whoever is signed in.
    pub fn takes(&self, status: u16) -> bool {
        (200..400).contains(&status) || (self.function == "update-session" && status == 400)
    }

    /// The request of this user.
    pub fn by(&self, user: &User, newcomer: &str) -> RequestBuilder {
        self.with_body(user, &self.body_of(user, newcomer))
    }

    /// The request of this user with another body.
    pub fn with_body(&self, user: &User, body: &Value) -> RequestBuilder {
        let mut request = user.call(self.method.clone(), &self.path);
        if let Some((name, value)) = &self.cookie {
            request = request.cookie(name, value);
        }
        if body.is_null() { request } else { request.json(body) }
    }
}
