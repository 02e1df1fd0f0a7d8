//! Clients that are no pages: phone apps, Expo, load balancers that add cookies, apps with a scheme of
//! their own.

use e2e::links::with_link;
use e2e::{PASSWORD, conversation, interaction, routes};
use harness::Method;
use harness::stack::{RequestBuilder, Stack};
use serde_json::json;

use crate::helpers::better_auth::{COOKIE, SIGN_IN, SIGN_UP, new_user, post};

type Headers = &'static [(&'static str, &'static str)];

async fn stack() -> Stack {
    let trusted = "https://app.example.com,capacitor://localhost,myapp://";
    let builder = Stack::builder().parameter("TrustedOrigins", trusted);
    builder.parameter("PublicUrl", "https://api.example.com").start().await.unwrap()
}

fn with(request: RequestBuilder, headers: Headers) -> RequestBuilder {
    headers.iter().fold(request, |request, (name, value)| request.header(name, value))
}

/// A phone's jar or a load balancer adds cookies to a program's requests. The token alone counts, and the
/// response sets and clears no cookie.
#[tokio::test(flavor = "multi_thread")]
async fn f4_a_bearer_token_is_judged_alone_on_every_route() {
    let stack = stack().await;
    let other = stack.sign_up("other").await;
    let pages: [Headers; 3] = [&[], &[("origin", "null")], &[("origin", "https://evil.com")]];
    let (mut tried, count) = (0, routes::all(&stack, "").len());
    for number in 0..count {
        for (n, headers) in pages.into_iter().enumerate() {
            let user = stack.sign_up(&format!("user{number}-{n}")).await;
            conversation(&user).await;
            let route = routes::all(&stack, &interaction(&user).await).remove(number);
            let route = with_link(&stack, &user, route).await;
            let request = route.by(&user, &format!("new{number}-{n}"));
            let request = request.cookie("AWSALB", "x").cookie(COOKIE, &other.token);
            let response = with(request, headers).await;
            let what = format!("{} {headers:?}: {}", route.path, response.text());
            assert!(route.takes(response.status), "{what}");
            // That of a sign-in at a provider says nothing of who the browser is.
            let is_of_session = |cookie: &&str| !cookie.starts_with("__Secure-better-auth.state=");
            assert_eq!(response.set_cookies().into_iter().find(is_of_session), None, "{what}");
        }
        tried += 1;
    }
    assert!(tried > 25, "{tried} routes were tried");
    let session = stack.get("/api/auth/get-session").cookie(COOKIE, &other.token).await;
    assert_eq!(session.json()["user"]["id"], other.id, "nothing was done by the cookie");
}

/// An app that signs in by the routes of the data model has no token yet.
#[tokio::test(flavor = "multi_thread")]
async fn f4_a_stray_cookie_does_not_keep_an_app_from_signing_in() {
    let stack = stack().await;
    let sign_up = post(&stack, "/api/auth/signup", &e2e::sign_up_body("ada@example.com"));
    let response = sign_up.cookie("AWSALB", "x").await;
    assert_eq!(response.status, 201, "{}", response.text());
    let body = json!({ "email": "ada@example.com", "password": PASSWORD });
    let response = post(&stack, "/api/auth/signin", &body).cookie("AWSALB", "x").await;
    assert_eq!(response.status, 200, "{}", response.text());
    assert!(response.set_cookies().is_empty());
}

/// A token that is empty is none: clients send it before they have one.
#[tokio::test(flavor = "multi_thread")]
async fn f4_an_empty_bearer_token_leaves_the_cookie_in_charge() {
    let stack = stack().await;
    let user = stack.sign_up("ada").await;
    for header in ["Bearer", "Bearer ", "Bearer    "] {
        let request = stack.post("/api/auth/update-user").json(&json!({ "name": "Ada" }));
        let request = request.header("authorization", header).cookie(COOKIE, &user.token);
        let foreign = request.origin("https://evil.com").await;
        assert_eq!(
            (foreign.status, foreign.code().as_str()),
            (403, "INVALID_ORIGIN"),
            "{header:?}"
        );
        let request = stack.get("/api/auth/get-session").header("authorization", header);
        let response = request.cookie(COOKIE, &user.token).await;
        assert_eq!(response.json()["user"]["id"], user.id, "{header:?}");
    }
}

/// What a page sends that reads its token before it has one is a token all the same: it does not count,
/// and the cookie stays for the next request.
#[tokio::test(flavor = "multi_thread")]
async fn f15_a_bearer_token_of_null_signs_nobody_in_and_leaves_the_cookie() {
    let stack = stack().await;
    let user = stack.sign_up("ada").await;
    for word in ["null", "undefined"] {
        let get = |path: &str| {
            let request = stack.get(path).header("authorization", &format!("Bearer {word}"));
            request.cookie(COOKIE, &user.token)
        };
        let session = get("/api/auth/get-session").await;
        assert_eq!((session.status, session.text().as_str()), (200, "null"), "{word}");
        assert!(session.set_cookies().is_empty(), "{word}");
        let refused = get("/api/user/profile").await;
        assert_eq!((refused.status, refused.code().as_str()), (401, "UNAUTHORIZED"), "{word}");
        assert!(refused.set_cookies().is_empty(), "{word}");
    }
    let next = stack.get("/api/auth/get-session").cookie(COOKIE, &user.token).await;
    assert_eq!(next.json()["user"]["id"], user.id);
}

/// Expo's client sends its stored cookie and names its app in a header of its own.
#[tokio::test(flavor = "multi_thread")]
async fn f12_expos_client_signs_in_writes_and_signs_out() {
    let stack = stack().await;
    let app = ("expo-origin", "myapp://");
    let sign_up = post(&stack, SIGN_UP, &new_user("ada@example.com")).header(app.0, app.1);
    let made = sign_up.await;
    let token = made.cookie(COOKIE).unwrap().to_owned();
    let write = |headers: &[(&str, &str)]| {
        let request = post(&stack, "/api/auth/update-user", &json!({ "name": "Ada" }));
        let request = request.cookie(COOKIE, &token);
        headers.iter().fold(request, |request, (name, value)| request.header(name, value)).send()
    };
    let renamed = write(&[app]).await;
    assert_eq!((renamed.status, renamed.cookie(COOKIE)), (200, Some(token.as_str())));
    for (headers, code) in [
        (&[("expo-origin", "otherapp://")][..], "INVALID_ORIGIN"),
        (&[("expo-origin", "https://evil.com")], "INVALID_ORIGIN"),
        (&[("expo-origin", "null")], "MISSING_OR_NULL_ORIGIN"),
        (&[("expo-origin", "")], "INVALID_ORIGIN"),
        (&[app, ("origin", "https://evil.com")], "INVALID_ORIGIN"),
        (&[app, ("origin", "null")], "MISSING_OR_NULL_ORIGIN"),
        // A browser: its pages can add headers, but they can't take these away.
        (&[app, ("sec-fetch-mode", "cors")], "MISSING_OR_NULL_ORIGIN"),
        (&[app, ("expo-origin", "myapp://")], "INVALID_ORIGIN"),
        (&[], "MISSING_OR_NULL_ORIGIN"),
    ] {
        let response = write(headers).await;
        let what = format!("{headers:?}: {}", response.text());
        assert_eq!((response.status, response.code().as_str()), (403, code), "{what}");
    }
    let sign_in = json!({ "email": "ada@example.com", "password": PASSWORD });
    let again = post(&stack, SIGN_IN, &sign_in).header(app.0, app.1).cookie(COOKIE, &token).await;
    assert_eq!(again.status, 200, "{}", again.text());
    let ended = stack.post("/api/auth/sign-out").header(app.0, app.1).cookie(COOKIE, &token).await;
    assert_eq!((ended.status, ended.cookie(COOKIE)), (200, Some("")));
    let session = stack.get("/api/auth/get-session").cookie(COOKIE, &token).await;
    assert_eq!(session.text(), "null");
}

/// A page in an app's own web view has an origin of the app's scheme, and reads responses.
#[tokio::test(flavor = "multi_thread")]
async fn f5_a_page_of_an_apps_own_scheme_signs_in_and_reads() {
    let stack = stack().await;
    for (n, (origin, trusted)) in [
        ("capacitor://localhost", true),
        ("myapp://", true),
        ("myapp://app", true),
        ("capacitor://evil", false),
        ("ionic://localhost", false),
        ("CAPACITOR://localhost", true),
    ]
    .into_iter()
    .enumerate()
    {
        let request = post(&stack, SIGN_UP, &new_user(&format!("user{n}@example.com")));
        let response = request.origin(origin).header("sec-fetch-mode", "cors").await;
        assert_eq!(response.status, if trusted { 200 } else { 403 }, "{origin}");
        let allowed = response.header("access-control-allow-origin");
        assert_eq!(allowed, trusted.then_some(origin), "{origin}");
        let preflight = stack.call(Method::OPTIONS, SIGN_UP).origin(origin);
        let preflight = preflight.header("access-control-request-method", "POST").await;
        let allowed = preflight.header("access-control-allow-origin");
        assert_eq!(allowed, trusted.then_some(origin), "{origin}");
    }
}
