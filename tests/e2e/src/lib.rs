//! What the end-to-end tests do again and again: users, conversations, messages.

pub mod chat;
pub mod endpoint;
pub mod links;
pub mod mailed;
pub mod routes;
pub mod scenes;
pub mod social;

pub use harness::stack::{PASSWORD, User, sign_up_body};
use harness::stack::{Response, Stack};
use serde_json::{Value, json};

/// Tries to sign in.
pub async fn sign_in(stack: &Stack, email: &str, password: &str) -> Response {
    let body = json!({ "email": email, "password": password });
    stack.post("/api/auth/signin").json(&body).await
}

/// Signs in as Better Auth's client does; `more` is added to the body.
pub async fn sign_in_email(stack: &Stack, email: &str, password: &str, more: &Value) -> Response {
    let body = json!({ "email": email, "password": password });
    let fields = [&body, more].into_iter().filter_map(Value::as_object).flatten();
    let body: Value = fields.map(|(name, value)| (name.clone(), value.clone())).collect();
    stack.post("/api/auth/sign-in/email").json(&body).await
}

/// Makes an interaction; returns its id.
///
/// # Panics
/// When it is refused.
pub async fn interaction(user: &User) -> String {
    let request = user.post("/api/personalization/interactions");
    let response = request.json(&json!({ "content_type": "chat" })).await;
    assert_eq!(response.status, 201, "{}", response.text());
    response.field("id")
}

/// Makes a conversation; returns its id.
///
/// # Panics
/// When it is refused.
pub async fn conversation(user: &User) -> u64 {
    let response = user.post("/api/conversations").await;
    assert_eq!(response.status, 201, "{}", response.text());
    id(&response)
}

/// Appends a message.
pub async fn append(user: &User, conversation: u64, content: &str) -> Response {
    let body = json!({ "role": "user", "content": content });
    let path = format!("/api/conversations/{conversation}/messages");
    user.post(&path).json(&body).await
}

/// Deletes the user's account.
///
/// # Panics
/// When it is refused.
pub async fn delete_user(user: &User) {
    let request = user.post("/api/auth/delete-user");
    let response = request.json(&json!({ "password": PASSWORD })).await;
    assert_eq!(response.status, 200, "{}", response.text());
}

/// The sort key of the sweeper's job for this user.
///
/// # Panics
/// When there is none.
pub async fn job_of(stack: &Stack, user: &User) -> String {
    let jobs = stack.engine.query("SWEEPS", "").await;
    let jobs = jobs.into_iter().flatten();
    let mut keys = jobs.filter_map(|job| Some(job.get("sk")?.get("S")?.as_str()?.to_owned()));
    let job = keys.find(|sk| sk.contains(&user.id));
    assert!(job.is_some(), "{} has left no job", user.email);
    job.unwrap_or_default()
}

/// Reads a whole list, page by page; returns the items and the number of pages.
///
/// # Panics
/// When a page is refused.
pub async fn whole_list(user: &User, path: &str, name: &str) -> (Vec<Value>, usize) {
    let (mut items, mut pages, mut cursor) = (Vec::new(), 0, None::<String>);
    loop {
        let next = cursor.map_or(path.to_owned(), |cursor| {
            let joint = if path.contains('?') { '&' } else { '?' };
            format!("{path}{joint}cursor={cursor}")
        });
        let response = user.get(&next).await;
        assert_eq!(response.status, 200, "{}", response.text());
        let mut body = response.json();
        if let Some(Value::Array(found)) = body.get_mut(name) {
            items.append(found);
        }
        pages += 1;
        cursor = body.get("next_cursor").and_then(Value::as_str).map(str::to_owned);
        if cursor.is_none() {
            return (items, pages);
        }
    }
}

/// The instant `days` days from now, as the table writes it.
pub fn in_days(days: i64) -> String {
    let now = shared::clock::Clock::System.now();
    let milliseconds = now.milliseconds() + days * 86_400_000;
    shared::clock::Timestamp::from_milliseconds(milliseconds).to_string()
}

/// Whether the engine counts capacity units as DynamoDB does. DynamoDB Local does not: it counts 4 for a
/// transaction of one item, where 2 is right, and nothing for a read that finds nothing.
pub fn counts_units() -> bool {
    std::env::var_os(harness::engine::ENGINE_VARIABLE).is_none()
}

/// The numeric `id` of a response, 0 if there is none.
pub fn id(response: &Response) -> u64 {
    response.json().get("id").and_then(Value::as_u64).unwrap_or_default()
}

/// The numeric ids of items.
pub fn ids(items: &[Value]) -> Vec<u64> {
    items.iter().filter_map(|item| item.get("id")?.as_u64()).collect()
}

/// The ids of items that are text.
pub fn ids_as_text(items: &[Value]) -> Vec<String> {
    items.iter().filter_map(|item| item.get("id")?.as_str()).map(str::to_owned).collect()
}
