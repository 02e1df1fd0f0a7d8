//! The session's cookies: how they are protected, and that they sign in wherever a token does.

use std::collections::BTreeSet;

use e2e::links::with_link;
use e2e::{PASSWORD, conversation, interaction, routes};
use harness::stack::{Response, Stack};
use serde_json::{Value, json};
use template::Auth;
use template::event::{Caller, event};

use crate::helpers::better_auth::{COOKIE, OWN, SIGN_IN, SIGN_UP, new_user, post};

const PLAIN: &str = "better-auth.session_token";
const SEVEN_DAYS: &str = "Max-Age=604800";

/// The cookies of a response: name, value, and attributes in no order.
fn cookies(response: &Response) -> Vec<(&str, &str, BTreeSet<&str>)> {
    let cookie = |cookie| {
        let mut parts = str::split(cookie, "; ");
        let (name, value) = parts.next().unwrap().split_once('=').unwrap();
        (name, value, parts.map(of_seven_days).collect())
    };
    response.set_cookies().into_iter().map(cookie).collect()
}

/// On a busy machine, a cookie of an older session lasts some seconds less.
fn of_seven_days(attribute: &str) -> &str {
    let seconds = attribute.strip_prefix("Max-Age=").and_then(|text| text.parse().ok());
    if seconds.is_some_and(|seconds| (604_740..=604_800).contains(&seconds)) {
        SEVEN_DAYS
    } else {
        attribute
    }
}

/// The attributes that each cookie must have, and no other: no `Domain` above all.
fn protected(secure: bool, lasts: Option<&'static str>) -> BTreeSet<&'static str> {
    let secure = secure.then_some("Secure");
    ["HttpOnly", "SameSite=Lax", "Path=/"].into_iter().chain(secure).chain(lasts).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn check_51_cookies_are_kept_from_scripts_other_sites_and_plain_http() {
    for (url, prefix, secure) in
        [("https://api.example.com", "__Secure-", true), ("http://127.0.0.1:9000", "", false)]
    {
        let stack = Stack::builder().parameter("PublicUrl", url).start().await.unwrap();
        let name = |name: &str| format!("{prefix}better-auth.{name}");
        let sets = |response: &Response, what: &str| -> String {
            let token = response.header("set-auth-token").unwrap().to_owned();
            let session = name("session_token");
            let expected = (session.as_str(), token.as_str(), protected(secure, Some(SEVEN_DAYS)));
            assert_eq!(cookies(response), [expected], "{what} on {url}");
            token
        };
        let call = |path: &str, token: &str, body: Value| {
            let request = post(&stack, &format!("/api/auth/{path}"), &body).origin(url);
            request.cookie(&name("session_token"), token).send()
        };
        let made = post(&stack, SIGN_UP, &new_user("ada@example.com")).await;
        let token = sets(&made, "sign-up/email");
        assert_eq!(token, made.field("token"));
        let renamed = call("update-user", &token, json!({ "name": "Ada L." })).await;
        let session = name("session_token");
        let expected = (session.as_str(), token.as_str(), protected(secure, Some(SEVEN_DAYS)));
        assert_eq!(cookies(&renamed), [expected], "update-user on {url}");
        assert_eq!(renamed.header("set-auth-token"), None, "a script of the page could read it");
        let body = json!({
            "currentPassword": PASSWORD, "newPassword": "another horse", "revokeOtherSessions": true,
        });
        let token = sets(&call("change-password", &token, body).await, "change-password");
        let ended = call("sign-out", &token, json!({})).await;
        assert_eq!(ended.status, 200);
        let nothing = |part: &str| (name(part), String::new());
        let cleared = ["session_token", "session_data", "dont_remember"].map(nothing);
        for response in [ended, {
            let request = stack.get("/api/auth/get-session");
            request.cookie(&name("session_token"), &token).await
        }] {
            assert_eq!(response.header("set-auth-token"), None);
            let found = cookies(&response);
            let names: Vec<_> =
                found.iter().map(|found| (found.0.to_owned(), found.1.to_owned())).collect();
            assert_eq!(names, cleared);
            assert!(found.iter().all(|found| found.2 == protected(secure, Some("Max-Age=0"))));
        }
        let body =
            json!({ "email": "ada@example.com", "password": "another horse", "rememberMe": false });
        let brief = post(&stack, SIGN_IN, &body).await;
        for (found, wanted) in cookies(&brief).iter().zip(["session_token", "dont_remember"]) {
            assert_eq!((found.0, &found.2), (name(wanted).as_str(), &protected(secure, None)));
        }
    }
}

/// The routes of the data model give a token to whoever asks, and set no cookie: a form of another
/// site cannot sign its visitor in by them.
#[tokio::test(flavor = "multi_thread")]
async fn check_51_the_routes_without_an_origin_check_set_no_cookies() {
    let stack = Stack::start().await;
    let body = e2e::sign_up_body("ada@example.com");
    let made = post(&stack, "/api/auth/signup", &body).await;
    let signed_in = e2e::sign_in(&stack, "ada@example.com", PASSWORD).await;
    for response in [made, signed_in] {
        assert!(response.status < 300);
        assert!(response.set_cookies().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn check_51_a_cookie_signs_in_on_every_route_that_a_token_does() {
    let stack = Stack::start().await;
    let mut tried = 0;
    for number in 0..routes::all(&stack, "").len() {
        // A user for each route, since some end sessions.
        let user = stack.sign_up(&format!("user{number}")).await;
        conversation(&user).await;
        let route = routes::all(&stack, &interaction(&user).await).remove(number);
        if route.auth != Auth::Required {
            continue;
        }
        let route = with_link(&stack, &user, route).await;
        let request = || route.by(&user, "").replace("authorization", &[]).origin(OWN);
        // On https, a cookie that plain http could have set does not count.
        for (name, token) in [(PLAIN, user.token.as_str()), (COOKIE, "x"), (COOKIE, "")] {
            let response = request().cookie(name, token).await;
            assert_eq!(response.status, 401, "{} with {name}={token:.9}", route.path);
        }
        let others = request().cookie("a", "1").cookie(COOKIE, &user.token).cookie("b", "2");
        let response = others.await;
        assert!(route.takes(response.status), "{}: {}", route.path, response.text());
        tried += 1;
    }
    assert!(tried > 15, "{tried} routes were tried");
}

/// API Gateway and proxies join cookies in more than one way.
#[tokio::test(flavor = "multi_thread")]
async fn check_51_cookies_are_found_however_they_are_joined() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    let session = format!("{COOKIE}={}", user.token);
    let found = stack.gateway.route("GET", "/api/user/profile").unwrap();
    let request = hyper_request("/api/user/profile");
    for (list, header) in [
        (vec![format!("a=1;{session};b=2")], None),
        (vec!["a=1".to_owned(), session.clone(), "b=2".to_owned()], None),
        (vec![format!("a=1; {session}")], None),
        (vec![], Some(format!("a=1;{session}"))),
        (vec![], Some(format!("a=\"x;y\"; =; ;; {session} ;c"))),
    ] {
        let mut event = event(&found, &request, &Caller::now("127.0.0.1"));
        if list.is_empty() {
            event["headers"]["cookie"] = json!(header);
        } else {
            event["cookies"] = json!(list);
        }
        let response = stack.invoke("get-profile", &event).await.unwrap();
        assert_eq!(response["statusCode"], 200, "{list:.60?} {header:.60?}");
    }
}

fn hyper_request(path: &str) -> harness::http::Request {
    let mut request = harness::http::Request::default();
    *request.uri_mut() = path.parse().unwrap();
    let host = "127.0.0.1".parse().unwrap();
    request.headers_mut().insert("host", host);
    request
}
