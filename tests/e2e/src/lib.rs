//! What the end-to-end tests do again and again: users, conversations, messages.

pub mod chat;
pub mod endpoint;

use harness::Method;
use harness::stack::{Answer, RequestBuilder, Stack};
use serde_json::{Value, json};

/// The password of every test's users.
pub const PASSWORD: &str = "correct horse battery";

/// Someone who signed up.
#[derive(Debug, Clone)]
pub struct User {
    /// The account's id.
    pub id: String,
    /// A session's token.
    pub token: String,
    /// The address.
    pub email: String,
}

/// The body of a sign-up.
pub fn sign_up_body(email: &str) -> Value {
    json!({
        "email": email,
        "password": PASSWORD,
        "software_level": "beginner",
        "hardware_background": "robotics",
    })
}

/// Signs up `name@example.com`.
///
/// # Panics
/// When it is refused.
pub async fn sign_up(stack: &Stack, name: &str) -> User {
    let email = format!("{name}@example.com");
    let answer =
        stack.call(Method::POST, "/api/auth/signup").json(&sign_up_body(&email)).send().await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    User { id: text(&answer, "user_id"), token: text(&answer, "session_token"), email }
}

/// Tries to sign in.
pub async fn sign_in(stack: &Stack, email: &str, password: &str) -> Answer {
    let body = json!({ "email": email, "password": password });
    stack.call(Method::POST, "/api/auth/signin").json(&body).send().await
}

/// Signs in as Better Auth's client does; `more` is added to the body.
pub async fn sign_in_email(stack: &Stack, email: &str, password: &str, more: &Value) -> Answer {
    let body = json!({ "email": email, "password": password });
    let fields = [&body, more].into_iter().filter_map(Value::as_object).flatten();
    let body: Value = fields.map(|(name, value)| (name.clone(), value.clone())).collect();
    stack.call(Method::POST, "/api/auth/sign-in/email").json(&body).send().await
}

/// Another session of this user.
///
/// # Panics
/// When the sign-in is refused.
pub async fn another_session(stack: &Stack, user: &User) -> User {
    let answer = sign_in(stack, &user.email, PASSWORD).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    User { token: text(&answer, "session_token"), ..user.clone() }
}

/// A request as this user.
pub fn as_user<'a>(
    stack: &'a Stack,
    user: &User,
    method: Method,
    path: &str,
) -> RequestBuilder<'a> {
    stack.call(method, path).bearer(&user.token)
}

/// A body that the route of this function takes; null where it needs none.
pub fn good_body(function: &str) -> Value {
    match function {
        "put-profile" => json!({ "software_level": "advanced", "hardware_background": "none" }),
        "rename-conversation" => json!({ "title": "x" }),
        "append-message" => json!({ "role": "user", "content": "x" }),
        "create-interaction" => json!({ "content_type": "chat" }),
        "rate-interaction" => json!({ "personalization_effectiveness": 4.5 }),
        "revoke-session" => json!({ "token": "x".repeat(32) }),
        "update-user" => json!({ "name": "Ada", "software_level": "advanced" }),
        "verify-password" => json!({ "password": PASSWORD }),
        "chat" => json!({ "message": "hello" }),
        "change-password" => json!({ "currentPassword": PASSWORD, "newPassword": "another horse" }),
        _ => Value::Null,
    }
}

/// A path of the route whose parameters name rows that [`rows`] makes.
pub fn good_path(route: &str, interaction: &str) -> String {
    let numbered = route.replace("{conversation_id}", "1").replace("{chat_id}", "1");
    numbered.replace("{interaction_id}", interaction)
}

/// Makes a row of each kind that a path can name: conversation 1, and the interaction that is
/// answered.
///
/// # Panics
/// When one is refused.
pub async fn rows(stack: &Stack, user: &User) -> String {
    conversation(stack, user).await;
    let path = "/api/personalization/interactions";
    let request = as_user(stack, user, Method::POST, path);
    let answer = request.json(&good_body("create-interaction")).send().await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    text(&answer, "id")
}

/// Makes a conversation; answers with its id.
///
/// # Panics
/// When it is refused.
pub async fn conversation(stack: &Stack, user: &User) -> u64 {
    let answer = as_user(stack, user, Method::POST, "/api/conversations").send().await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    id(&answer)
}

/// Appends a message.
pub async fn append(stack: &Stack, user: &User, conversation: u64, content: &str) -> Answer {
    let body = json!({ "role": "user", "content": content });
    let path = format!("/api/conversations/{conversation}/messages");
    as_user(stack, user, Method::POST, &path).json(&body).send().await
}

/// Reads a page of a list.
pub async fn page(stack: &Stack, user: &User, path: &str) -> Answer {
    as_user(stack, user, Method::GET, path).send().await
}

/// Reads a whole list, page by page; answers with the items and the number of pages.
///
/// # Panics
/// When a page is refused.
pub async fn whole_list(stack: &Stack, user: &User, path: &str, name: &str) -> (Vec<Value>, usize) {
    let (mut items, mut pages, mut cursor) = (Vec::new(), 0, None::<String>);
    loop {
        let next = cursor.map_or(path.to_owned(), |cursor| {
            let joint = if path.contains('?') { '&' } else { '?' };
            format!("{path}{joint}cursor={cursor}")
        });
        let answer = page(stack, user, &next).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let mut body = answer.json();
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

/// The instant so many days from now, as the table writes it.
pub fn in_days(days: i64) -> String {
    let now = shared::clock::Clock::System.now();
    let milliseconds = now.milliseconds() + days * 86_400_000;
    shared::clock::Timestamp::from_milliseconds(milliseconds).to_string()
}

/// A string field of an answer, empty if there is none.
pub fn text(answer: &Answer, field: &str) -> String {
    answer.json().get(field).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The numeric `id` of an answer, 0 if there is none.
pub fn id(answer: &Answer) -> u64 {
    answer.json().get("id").and_then(Value::as_u64).unwrap_or_default()
}

/// The numeric ids of items.
pub fn ids(items: &[Value]) -> Vec<u64> {
    items.iter().filter_map(|item| item.get("id")?.as_u64()).collect()
}

/// The ids of items that are text.
pub fn ids_as_text(items: &[Value]) -> Vec<String> {
    items.iter().filter_map(|item| item.get("id")?.as_str()).map(str::to_owned).collect()
}
