//! Writes that were done, and whose response is lost.

use e2e::{PASSWORD, conversation, interaction, routes, sign_in};
use harness::proxy::{Effect, Rule};
use harness::stack::Stack;
use serde_json::json;

/// A transaction was done and its response is lost; when it is sent again, another one is in the way.
#[tokio::test(flavor = "multi_thread")]
async fn a_lost_response_before_a_conflict_is_overcome() {
    let writes = [
        ("signup", 201),
        ("signin", 200),
        ("revoke-sessions", 200),
        ("revoke-other-sessions", 200),
        ("change-password", 200),
        ("create-conversation", 201),
        ("append-message", 201),
        ("delete-conversation", 204),
        ("delete-user", 200),
        ("chat", 200),
    ];
    for (function, status) in writes {
        let stack = Stack::start().await;
        let user = stack.sign_up("ada").await;
        conversation(&user).await;
        stack.warm(&[function]).await.unwrap();
        let met = [Effect::LostResponse, Effect::TransactionConflict].map(|effect| {
            let rule = Rule::new(effect).function(function);
            stack.proxy.inject(rule.operation("TransactWriteItems"))
        });
        let routes = routes::all(&stack, "");
        let route = routes.iter().find(|route| route.function == function).unwrap();
        let request = route.by(&user, "eve").replace("idempotency-key", &["k"]);
        let response = request.await;
        assert_eq!(response.status, status, "{function}: {}", response.text());
        assert_eq!(met.map(|fault| fault.hits()), [1, 1], "{function}");
    }
}

/// A write was done, and nobody ever says so.
#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_nobody_confirms_is_503_whatever_it_did() {
    let writes = [
        "signup",
        "sign-up-email",
        "signin",
        "sign-in-email",
        "sign-out",
        "revoke-session",
        "revoke-sessions",
        "revoke-other-sessions",
        "change-password",
        "update-user",
        "delete-user",
        "put-profile",
        "archive-profile",
        "create-conversation",
        "update-conversation",
        "delete-conversation",
        "append-message",
        "create-interaction",
        "rate-interaction",
        "chat",
    ];
    let operations = ["TransactWriteItems", "PutItem", "UpdateItem", "DeleteItem"];
    for function in writes {
        let stack = Stack::start().await;
        let user = stack.sign_up("ada").await;
        conversation(&user).await;
        let interaction = interaction(&user).await;
        stack.warm(&[function]).await.unwrap();
        let met = operations.map(|operation| {
            let rule = Rule::new(Effect::LostResponse).function(function).operation(operation);
            stack.proxy.inject(rule.always())
        });
        let routes = routes::all(&stack, &interaction);
        let route = routes.iter().find(|route| route.function == function).unwrap();
        let response = route.by(&user, "eve").await;
        assert_eq!(response.status, 503, "{function}: {}", response.text());
        assert!(met.iter().any(|fault| fault.hits() > 0), "{function} wrote nothing");
    }
}

/// The change has ended the session of the request itself. That must not be read as a session that had ended
/// before, since then the old password would still be the right one.
#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_the_password_that_nobody_confirms_is_503() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    stack.warm(&["change-password"]).await.unwrap();
    let rule = Rule::new(Effect::LostResponse).function("change-password");
    stack.proxy.inject(rule.operation("TransactWriteItems").always());
    let body = json!({
        "currentPassword": PASSWORD, "newPassword": "another horse", "revokeOtherSessions": true,
    });
    let response = user.post("/api/auth/change-password").json(&body).await;
    assert_eq!((response.status, response.header("retry-after")), (503, Some("1")));
    stack.proxy.clear_faults();
    let again = user.post("/api/auth/change-password").json(&body).await;
    assert_eq!(again.status, 401, "the session has ended");
    assert_eq!(sign_in(&stack, &user.email, "another horse").await.status, 200);
}
