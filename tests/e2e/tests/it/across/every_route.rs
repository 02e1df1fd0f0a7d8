use e2e::routes;
use harness::Method;
use harness::stack::Stack;
use serde_json::{Value, json};
use template::Auth;

/// Every route that needs a sign-in, from the template: without a token, with a broken one, and
/// with one whose session has expired.
#[tokio::test(flavor = "multi_thread")]
async fn every_route_refuses_missing_broken_and_expired_tokens() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    let pk = format!("USER#{}", user.id);
    let session = stack.engine.query(&pk, "SESSION#").await.unwrap().remove(0);
    let past = json!({ "S": "2020-01-01T00:00:00.000Z" });
    stack
        .engine
        .set(&pk, session["sk"]["S"].as_str().unwrap(), &[("expires_at", past)])
        .await
        .unwrap();
    // Functions that sign may make their key when they start.
    let names: Vec<&str> = stack.template.functions.iter().map(|f| f.name.as_str()).collect();
    stack.warm(&names).await.unwrap();
    let before = stack.engine.all_items().await.unwrap();
    let broken = format!("{}x", user.token);
    let routes = routes::all(&stack, "019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6071");
    for route in &routes {
        for (what, token) in
            [("no", None), ("a broken", Some(&broken)), ("an expired", Some(&user.token))]
        {
            let token = token.map(|token| format!("Bearer {token}"));
            // The request is right but for its token, so that nothing else can be refused; but a
            // public one would sign up or in.
            let request = match route.auth {
                Auth::Public => route.with_body(&user, &Value::Null),
                _ => route.by(&user, ""),
            };
            let request = request.replace("authorization", token.as_deref().as_slice());
            let response = request.await;
            let what =
                format!("{} {} with {what} token: {}", route.method, route.path, response.text());
            match route.auth {
                Auth::Required => {
                    assert_eq!(
                        (response.status, response.code().as_str()),
                        (401, "UNAUTHORIZED"),
                        "{what}"
                    );
                    assert_eq!(response.header("www-authenticate"), Some("Bearer"), "{what}");
                }
                Auth::Optional => assert_eq!(response.status, 200, "{what}"),
                Auth::Public => assert!(response.status < 500 && response.status != 401, "{what}"),
                Auth::Background => panic!("{} has a route", route.function),
            }
        }
    }
    assert_eq!(
        routes.len(),
        // One function has no route but that of preflights.
        stack.template.functions.iter().filter(|f| f.auth != Auth::Background).count() - 1
    );
    // Whoever is not signed in may ask for a mail.
    let is_mail = |item: &Value| {
        let pk = item["pk"]["S"].as_str().unwrap();
        pk == "MAILS" || pk.starts_with("RATE#MAIL#")
    };
    let written = |item: &Value| !before.contains(item) && !is_mail(item);
    let after = stack.engine.all_items().await.unwrap();
    assert_eq!(after.into_iter().find(written), None, "something was written");
}

#[tokio::test(flavor = "multi_thread")]
async fn check_48_53_other_methods_and_paths_are_the_gateways_404() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    for (method, path) in [
        (Method::HEAD, "/api/user/profile"),
        (Method::POST, "/api/user/profile"),
        (Method::TRACE, "/api/user/profile"),
        (Method::GET, "/api/user/profile/"),
        (Method::GET, "//api/user/profile"),
        (Method::GET, "/api/auth/signup"),
        (Method::GET, "/"),
    ] {
        let response = stack
            .call(method.clone(), path)
            .bearer(&user.token)
            .header("x-http-method-override", "GET")
            .await;
        assert_eq!(response.status, 404, "{method} {path}");
    }
}
