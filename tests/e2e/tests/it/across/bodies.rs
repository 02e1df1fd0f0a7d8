//! What is true of every JSON body: what it may be, and in which words it is refused.

use e2e::{PASSWORD, append, conversation, interaction, routes};
use harness::stack::{Response, Stack, User};
use serde_json::{Value, json};

use crate::helpers::better_auth::{SIGN_IN, SIGN_UP};

const PROFILE: &str = "/api/user/profile";
const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

async fn put_profile(user: &User, body: impl Into<Vec<u8>>) -> Response {
    let body: Vec<u8> = body.into();
    user.put(PROFILE).outside_contract().header("content-type", JSON).body(body).await
}

/// The values of the body, and of each object in it, as a list: by position they would be right.
#[tokio::test(flavor = "multi_thread")]
async fn b1_no_route_takes_a_list_for_an_object() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    conversation(&user).await;
    let routes = routes::all(&stack, &interaction(&user).await);
    let mut tried = 0;
    for route in routes.iter().filter(|route| !route.body.is_null()) {
        let body = route.body_of(&user, "newcomer");
        let values: Vec<Value> = body.as_object().unwrap().values().cloned().collect();
        let before = stack.engine.all_items().await.unwrap();
        for body in [json!(values), json!([body]), json!([]), json!("text"), json!(1), json!(true)]
        {
            let request = user.call(route.method.clone(), &route.path).outside_contract();
            let response = request.json(&body).await;
            let is_of_better_auth = route.path.starts_with("/api/auth/")
                && !["/api/auth/signup", "/api/auth/signin"].contains(&route.path.as_str());
            let expected = if is_of_better_auth { 400 } else { 422 };
            let what = format!("{} {body}: {}", route.path, response.text());
            assert_eq!(
                (response.status, response.code().as_str()),
                (expected, "VALIDATION_ERROR"),
                "{what}"
            );
            assert!(response.field("detail").contains("must be an object"), "{what}");
        }
        let after = stack.engine.all_items().await.unwrap();
        let is_new = |item: &Value| !before.contains(item);
        assert_eq!(after.into_iter().find(is_new), None, "{} has written", route.path);
        tried += 1;
    }
    assert!(tried >= 13, "{tried} routes take bodies");
}

#[tokio::test(flavor = "multi_thread")]
async fn b1_no_word_comes_from_an_object() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    let mut sign_up = e2e::sign_up_body("eve@example.com");
    sign_up["software_level"] = json!({ "advanced": null });
    let signed_up = stack.post("/api/auth/signup").json(&sign_up).await;
    assert_eq!(signed_up.json()["errors"][0]["pointer"], "/software_level");
    let levels = "must be \"beginner\", \"intermediate\" or \"advanced\"";
    assert_eq!(signed_up.json()["errors"][0]["detail"], levels);
    let update = user.post("/api/auth/update-user").outside_contract();
    let updated = update.json(&json!({ "software_level": { "advanced": null } })).await;
    assert_eq!(updated.field("message"), format!("[body.software_level] Invalid input: {levels}"));
    conversation(&user).await;
    let appended = user.post("/api/conversations/1/messages").outside_contract();
    let appended = appended.json(&json!({ "role": { "user": null }, "content": "x" })).await;
    assert_eq!(appended.field("detail"), "role must be \"user\" or \"assistant\".");
}

/// A text that was made for programmers of Rust helps nobody else.
#[tokio::test(flavor = "multi_thread")]
async fn b2_what_is_refused_is_said_in_the_words_of_json() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    conversation(&user).await;
    let interaction = interaction(&user).await;
    for route in routes::all(&stack, &interaction).iter().filter(|route| !route.body.is_null()) {
        let body = route.body_of(&user, "newcomer");
        for name in body.as_object().unwrap().keys() {
            for value in [
                json!(null),
                json!(true),
                json!(-1.5),
                json!(1e300),
                json!("\u{7}"),
                json!([[]]),
                json!({ "a": 1 }),
            ] {
                let mut wrong = body.clone();
                wrong[name] = value;
                let request = user.call(route.method.clone(), &route.path).outside_contract();
                let response = request.json(&wrong).await;
                assert!(response.status < 500, "{} {wrong}: {}", route.path, response.text());
                let text = response.text().to_lowercase();
                for word in [
                    "struct",
                    "f64",
                    "u64",
                    "i64",
                    "sequence",
                    "boolean",
                    "a string",
                    " map",
                    "enum",
                    "variant",
                    "expected `",
                ] {
                    assert!(!text.contains(word), "{} {wrong}: {text}", route.path);
                }
            }
        }
    }
    for (query, detail) in [
        ("sort=age", "The query parameter sort must be \"created_at\" or \"updated_at\"."),
        ("order=up", "The query parameter order must be \"asc\" or \"desc\"."),
        ("limit=x", "The query parameter limit must be a whole number from 1 to 50."),
    ] {
        let refused = user.get(&format!("/api/conversations?{query}")).outside_contract().await;
        assert_eq!((refused.status, refused.field("detail")), (400, detail.to_owned()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn f7_a_byte_order_mark_before_json_is_ignored() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    let marked = |body: &Value| [b"\xef\xbb\xbf".as_slice(), body.to_string().as_bytes()].concat();
    let profile = json!({ "software_level": "advanced", "hardware_background": "none" });
    let put = put_profile(&user, marked(&profile)).await;
    assert_eq!((put.status, put.field("software_level")), (200, "advanced".to_owned()));
    for (path, body, status) in [
        ("/api/conversations", json!({ "title": "a" }), 201),
        ("/api/conversations/1/messages", json!({ "role": "user", "content": "a" }), 201),
        ("/api/personalization/interactions", json!({ "content_type": "chat" }), 201),
        ("/api/chat", json!({ "message": "hello" }), 200),
        (SIGN_IN, json!({ "email": "ada@example.com", "password": PASSWORD }), 200),
        ("/api/auth/signin", json!({ "email": "ada@example.com", "password": PASSWORD }), 200),
    ] {
        let request = user.post(path).outside_contract().header("content-type", JSON);
        let response = request.body(marked(&body)).await;
        assert_eq!(response.status, status, "{path}: {}", response.text());
    }
}

/// A form has no booleans. Without a box that is ticked, a browser sends nothing.
#[tokio::test(flavor = "multi_thread")]
async fn b6_a_form_says_remember_me_as_text() {
    let stack = Stack::start().await;
    stack.sign_up("ada").await;
    let password = PASSWORD.replace(' ', "+");
    for (field, is_kept) in [
        ("", true),
        ("&rememberMe=true", true),
        ("&rememberMe=on", true),
        ("&rememberMe=false", false),
        ("&rememberMe=", false),
    ] {
        let body = format!("email=ada%40example.com&password={password}{field}");
        let request = stack.post(SIGN_IN).outside_contract().header("content-type", FORM);
        let response = request.body(body).await;
        assert_eq!(response.status, 200, "{field}: {}", response.text());
        let cookies = response.set_cookies().join(" | ");
        assert!(cookies.contains("session_token=ey"), "{cookies}");
        let lasts = response
            .set_cookies()
            .iter()
            .any(|cookie| cookie.contains("session_token=ey") && cookie.contains("Max-Age="));
        assert_eq!(lasts, is_kept, "{field}: {cookies}");
    }
    let body = format!(
        "name=Eve&email=eve%40example.com&password={password}&rememberMe=false&software_level=&hardware_background="
    );
    let request = stack.post(SIGN_UP).outside_contract().header("content-type", FORM);
    let made = request.body(body).await;
    assert_eq!(
        (made.status, &made.json()["user"]["software_level"]),
        (200, &Value::Null),
        "{}",
        made.text()
    );
    let wrong = format!("email=ada%40example.com&password={password}&rememberMe=perhaps");
    let request = stack.post(SIGN_IN).outside_contract().header("content-type", FORM);
    let refused = request.body(wrong).await;
    assert_eq!(
        (refused.status, refused.field("message").as_str()),
        (400, "[body.rememberMe] Invalid input: must be true or false")
    );
    let text = json!({ "email": "ada@example.com", "password": PASSWORD, "rememberMe": "false" });
    let refused = stack.post(SIGN_IN).outside_contract().json(&text).await;
    assert_eq!(refused.status, 400, "JSON has booleans");
}

/// `text.slice(0, 60)` cuts an emoji in two, and JSON names the half.
#[tokio::test(flavor = "multi_thread")]
async fn c3_a_title_or_message_that_was_cut_in_an_emoji_is_stored() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    let send = |method, path: &str, body: &str| {
        let request = user.call(method, path).outside_contract();
        request.header("content-type", JSON).body(body.to_owned()).send()
    };
    let made =
        send(harness::Method::POST, "/api/conversations", r#"{"title":"Robots \ud83d"}"#).await;
    assert_eq!((made.status, made.field("title")), (201, "Robots \u{fffd}".to_owned()));
    let renamed =
        send(harness::Method::PATCH, "/api/conversations/1", r#"{"title":"\ude00 x"}"#).await;
    assert_eq!((renamed.status, renamed.field("title")), (200, "\u{fffd} x".to_owned()));
    let body = r#"{"role":"user","content":"a\ud83d\ud83d\ude00"}"#;
    let appended = send(harness::Method::POST, "/api/conversations/1/messages", body).await;
    assert_eq!((appended.status, appended.field("content")), (201, "a\u{fffd}😀".to_owned()));
    assert_eq!(append(&user, 1, "more").await.status, 201);
}
