use e2e::{User, good_body, sign_up};
use harness::Method;
use harness::stack::Stack;
use serde_json::{Value, json};
use template::Auth;

/// Every route that needs a sign-in, from the template: without a token, with a broken one, and
/// with one whose session has expired.
#[tokio::test(flavor = "multi_thread")]
async fn every_route_refuses_missing_broken_and_expired_tokens() {
    let stack = Stack::start().await;
    let user = sign_up(&stack, "ada").await;
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
    let broken = User { token: format!("{}x", user.token), ..user.clone() };
    let mut routes = 0;
    for function in &stack.template.functions {
        for route in &function.routes {
            let path = e2e::good_path(&route.path, "019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6071");
            let method: Method = route.method.parse().unwrap();
            for (what, token) in
                [("no", None), ("a broken", Some(&broken.token)), ("an expired", Some(&user.token))]
            {
                let mut request = stack.call(method.clone(), &path);
                if let Some(token) = token {
                    request = request.bearer(token);
                }
                // A body that is right, so that it can't be the reason for the refusal.
                let body = good_body(&function.name);
                if !body.is_null() {
                    request = request.json(&body);
                }
                let answer = request.send().await;
                let what = format!("{method} {path} with {what} token: {}", answer.text());
                match function.auth {
                    Auth::Required => {
                        assert_eq!(
                            (answer.status, answer.code().as_str()),
                            (401, "UNAUTHORIZED"),
                            "{what}"
                        );
                        assert_eq!(answer.header("www-authenticate"), Some("Bearer"), "{what}");
                    }
                    Auth::Optional => assert_eq!(answer.status, 200, "{what}"),
                    Auth::Public => assert!(answer.status < 500 && answer.status != 401, "{what}"),
                    Auth::Background => panic!("{} has a route", function.name),
                }
            }
            routes += 1;
        }
    }
    assert_eq!(
        routes,
        stack.template.functions.iter().filter(|f| f.auth != Auth::Background).count()
    );
    let written = |item: &Value| !before.contains(item);
    let after = stack.engine.all_items().await.unwrap();
    assert_eq!(after.into_iter().find(written), None, "something was written");
}

#[tokio::test(flavor = "multi_thread")]
async fn check_48_53_other_methods_and_paths_are_the_gateways_404() {
    let stack = Stack::start().await;
    let user = sign_up(&stack, "ada").await;
    for (method, path) in [
        (Method::HEAD, "/api/user/profile"),
        (Method::POST, "/api/user/profile"),
        (Method::TRACE, "/api/user/profile"),
        (Method::GET, "/api/user/profile/"),
        (Method::GET, "//api/user/profile"),
        (Method::GET, "/api/auth/signup"),
        (Method::GET, "/"),
    ] {
        let answer = stack
            .call(method.clone(), path)
            .bearer(&user.token)
            .header("x-http-method-override", "GET")
            .send()
            .await;
        assert_eq!(answer.status, 404, "{method} {path}");
    }
}
