//! Both APIs under one domain name, and each at the host that AWS gives it.

use e2e::chat::{SLOW, Said, builder, stored, ui_message};
use harness::Method;
use harness::stack::{CookieJar, RequestBuilder, Stack};
use serde_json::json;

use crate::helpers::better_auth::{SIGN_UP, new_user, post};

const NAME: &str = "api.example.com";
const URL: &str = "https://api.example.com";
const CERTIFICATE: &str = "arn:aws:acm:eu-central-1:123456789012:certificate/0a1b2c3d";
const CHAT_HOST: &str = "chatapi.execute-api.eu-central-1.amazonaws.com";
const HTTP_HOST: &str = "httpapi.execute-api.eu-central-1.amazonaws.com";

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_signs_in_on_both_apis_of_one_domain() {
    let stack = Stack::builder().parameter("DomainName", NAME);
    let stack = stack.parameter("CertificateArn", CERTIFICATE).start().await.unwrap();
    let from = |request: RequestBuilder, page: &str| request.replace("host", &[NAME]).origin(page);
    let made = from(post(&stack, SIGN_UP, &new_user("ada@example.com")), URL).await;
    assert_eq!(made.status, 200, "{}", made.text());
    let mut jar = CookieJar::new();
    jar.take(&made);
    assert!(jar.get("__Secure-better-auth.session_token").is_some(), "{jar:?}");
    let ask = || stack.post("/api/chat").json(&json!({ "message": "Hello" }));
    let make = || stack.post("/api/conversations").json(&json!({ "title": "Servos" }));
    for (what, request) in [("the chat", &ask as &dyn Fn() -> RequestBuilder), ("the rest", &make)]
    {
        let own = from(request(), URL).cookies(&jar).await;
        assert!([200, 201].contains(&own.status), "{what}: {}", own.text());
        let foreign = from(request(), "https://example.com").cookies(&jar).await;
        assert_eq!((foreign.status, foreign.code().as_str()), (403, "INVALID_ORIGIN"), "{what}");
        assert_eq!(from(request(), URL).await.status, 401, "{what} without a cookie");
    }
    let list = from(stack.get("/api/conversations"), URL).cookies(&jar).await;
    let titles = list.json()["conversations"].clone();
    let titles: Vec<_> = titles.as_array().unwrap().iter().map(|row| &row["title"]).collect();
    assert_eq!(titles, ["Servos", "Hello"]);
    let joined = from(stack.get("/api/chat/1/stream"), URL).cookies(&jar).await;
    assert_eq!(joined.status, 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_chat_works_at_the_host_of_its_api_below_the_stage() {
    let page = "https://app.example.com";
    let stack = builder().parameter("TrustedOrigins", page).start().await.unwrap();
    let user = stack.sign_up("ada").await;
    let at = |request: RequestBuilder| request.replace("host", &[CHAT_HOST]);
    let mut asked = at(user.post("/live").json(&ui_message("a b", "a", SLOW))).stream().await;
    asked.until("text-delta").await.unwrap();
    let joined = at(user.get("/live/a%20b/stream")).stream().await;
    assert_eq!(joined.status, 200);
    assert_eq!(at(user.post("/live/a%20b/stop")).await.status, 204);
    let said = Said::whole(asked).await;
    assert_eq!(said.value("/finishReason"), "stop");
    assert_eq!(Said::whole(joined).await.text, said.text);
    assert_eq!(stored(&user, 1).await[1].2, said.text);
    for path in ["/live", "/live/1/stream", "/live/1/stop"] {
        let request = at(stack.call(Method::OPTIONS, path)).origin(page);
        let preflight = request.header("access-control-request-method", "POST").await;
        assert_eq!(preflight.header("access-control-allow-origin"), Some(page), "{path}");
        let nobody = if path.ends_with("stream") { stack.get(path) } else { stack.post(path) };
        assert_eq!(at(nobody).json(&json!({ "message": "Hello" })).await.status, 401, "{path}");
    }
    for (host, path) in [
        (CHAT_HOST, "/api/chat"),
        (CHAT_HOST, "/live/api/chat"),
        (CHAT_HOST, "/live/1/other"),
        (HTTP_HOST, "/api/chat"),
        (HTTP_HOST, "/live"),
        (NAME, "/live"),
        (NAME, "/api/chatter"),
        (NAME, "/api/chats/1/stop"),
    ] {
        let response = user.post(path).replace("host", &[host]).await;
        let of_the_chat = host == CHAT_HOST || path.starts_with("/api/chat") && host == NAME;
        let allowed = response.header("access-control-allow-origin");
        assert_eq!((response.status, allowed), (404, of_the_chat.then_some("*")), "{host}{path}");
        assert_eq!(response.json(), json!({ "message": "Not Found" }), "{host}{path}");
    }
    let ok = stack.get("/api/auth/ok").replace("host", &[HTTP_HOST]).await;
    assert_eq!((ok.status, ok.json()), (200, json!({ "ok": true })));
}
