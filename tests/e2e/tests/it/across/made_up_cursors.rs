//! A fingerprint needs no secret, so anyone can make a cursor.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use e2e::{User, append, conversation, interaction};
use harness::stack::Stack;

fn forge(user: &User, name: &str, filter: &str, position: &str) -> String {
    let text = [user.id.as_str(), name, filter, position].join("\0");
    let digest = ring::digest::digest(&ring::digest::SHA256, &[b"\x01", text.as_bytes()].concat());
    URL_SAFE_NO_PAD.encode([b"\x01", position.as_bytes(), &digest.as_ref()[..8]].concat())
}

/// Every list in every order: a position without its full form is no cursor, and reaches no table.
#[tokio::test(flavor = "multi_thread")]
async fn b5_a_position_without_its_form_is_400() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    conversation(&user).await;
    append(&user, 1, "hello").await;
    let interaction = interaction(&user).await;
    let messages = "/api/conversations/1/messages";
    let interactions = "/api/personalization/interactions";
    let by_age = ("/api/conversations?sort=created_at", "conversations", "CreatedAt");
    let by_activity = ("/api/conversations?sort=updated_at", "conversations", "UpdatedAt");
    let numbered = |prefix: &str| format!("{prefix}#0000000000000001");
    let activity = "2026-01-01T00:00:00.000Z#0000000000000001".to_owned();
    let lists = [
        (by_age.0.to_owned(), by_age.1, by_age.2, numbered("CONVERSATION")),
        (by_activity.0.to_owned(), by_activity.1, by_activity.2, activity),
        (format!("{messages}?limit=5"), "messages/1", "any", numbered("MESSAGE")),
        (format!("{messages}?role=user"), "messages/1", "user", numbered("MESSAGE")),
        (format!("{messages}?role=assistant"), "messages/1", "assistant", numbered("MESSAGE")),
        (
            format!("{interactions}?limit=5"),
            "interactions",
            "*",
            format!("INTERACTION#{interaction}"),
        ),
        (
            format!("{interactions}?content_type=chat"),
            "interactions",
            "chat",
            format!("INTERACTION#{interaction}"),
        ),
    ];
    for (path, name, filter, good) in lists {
        for (order, order_in_filter) in [("asc", "Asc"), ("desc", "Desc")] {
            let filter = format!("{filter}/{order_in_filter}");
            let list = async |position: &str| {
                let cursor = forge(&user, name, &filter, position);
                user.get(&format!("{path}&order={order}&cursor={cursor}")).await
            };
            let listed = list(&good).await;
            assert_eq!(listed.status, 200, "forging works: {path} {order} {}", listed.text());
            stack.recorder.take();
            let (prefix, _) = good.split_once('#').unwrap();
            let longer = format!("{good}0");
            let shorter = good.get(..good.len() - 1).unwrap();
            for bad in [
                "0",
                "9",
                ":",
                "!",
                "~",
                "z",
                "",
                prefix,
                &format!("{prefix}#"),
                &format!("{prefix}#1"),
                &longer,
                shorter,
                "2026",
            ] {
                let refused = list(bad).await;
                let what = format!("{path} {order} {bad:?}: {}", refused.text());
                assert_eq!(
                    (refused.status, refused.code().as_str()),
                    (400, "INVALID_CURSOR"),
                    "{what}"
                );
            }
            assert!(stack.recorder.take().is_empty(), "{path} {order}: the table was called");
        }
    }
}
