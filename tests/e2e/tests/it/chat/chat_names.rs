//! How clients name chats, messages and replies.

use e2e::chat::{SLOW, Said, ask, branch, interactions, scene, stored, ui_message};
use harness::stack::{Response, User};
use serde_json::{Value, json};

/// Many apps make ids of the time: thirteen digits.
const NOW: &str = "1732800000000";

#[tokio::test(flavor = "multi_thread")]
async fn c7_a_chat_may_be_named_by_the_time() {
    let (_stack, user) = scene().await;
    for (name, conversation) in [(NOW, 1), ("1000000000", 2), (NOW, 1), ("0000000001", 3)] {
        let body = ui_message(name, &format!("{name}-{conversation}"), "hello");
        let said = Said::whole(ask(&user, &body).stream().await).await;
        assert_eq!(said.value("/messageMetadata/conversation_id"), conversation, "{name}");
    }
    for (name, expected) in [(NOW, 204), ("1732800000001", 204), ("1", 204), ("999999999", 404)] {
        let joined = user.get(&format!("/api/chat/{name}/stream")).await;
        assert_eq!(joined.status, expected, "{name}");
    }
    for ours in ["999999999", "0", "01"] {
        let refused = ask(&user, &ui_message(ours, "a", "hello")).await;
        assert_eq!(
            (refused.status, refused.code().as_str()),
            (404, "CONVERSATION_NOT_FOUND"),
            "{ours}"
        );
    }
}

/// A message that is named by the time is the client's own, and no later reply of ours.
#[tokio::test(flavor = "multi_thread")]
async fn c7_a_message_may_be_named_by_the_time() {
    let (_stack, user) = scene().await;
    Said::whole(ask(&user, &ui_message("c", NOW, "hello")).stream().await).await;
    let regenerate = |reply: &str| json!({ "id": "c", "messages": [], "trigger": "regenerate-message", "messageId": reply });
    let unknown = ask(&user, &regenerate("1732800009999")).await;
    assert_eq!((unknown.status, unknown.code().as_str()), (404, "MESSAGE_NOT_FOUND"));
    let of_question = Said::whole(ask(&user, &regenerate(NOW)).stream().await).await;
    assert_eq!(of_question.value("/messageId"), "3");
    let mut edit = ui_message("c", "1732800001000", "better");
    edit["messageId"] = json!(NOW);
    Said::whole(ask(&user, &edit).stream().await).await;
    let texts: Vec<String> = stored(&user, 1).await.into_iter().map(|row| row.2).collect();
    assert_eq!((texts.len(), texts[0].as_str(), texts[3].as_str()), (5, "hello", "better"));
    assert_eq!(branch(&user, 1).await, ["user: better", "assistant: better"]);
}

async fn rate(user: &User, interaction: &str) -> Response {
    let path = format!("/api/personalization/interactions/{interaction}/rating");
    user.put(&path).json(&json!({ "personalization_effectiveness": 4 })).await
}

/// A client knows the id of the interaction from the first words on.
#[tokio::test(flavor = "multi_thread")]
async fn c7_a_reply_that_still_comes_is_rated_later() {
    let (stack, user) = scene().await;
    let mut running = ask(&user, &ui_message("c", "a", SLOW)).stream().await;
    running.until("text-delta").await.unwrap();
    let start = Said::of(&running.text());
    let interaction = start.value("/messageMetadata/interaction_id").as_str().unwrap().to_owned();
    let early = rate(&user, &interaction).await;
    assert_eq!(
        (early.status, early.code().as_str()),
        (409, "REPLY_NOT_STORED"),
        "{}",
        early.text()
    );
    assert_eq!(early.header("retry-after"), Some("2"));
    let eve = stack.sign_up("eve").await;
    let theirs = rate(&eve, &interaction).await;
    assert_eq!((theirs.status, theirs.code().as_str()), (404, "INTERACTION_NOT_FOUND"));
    Said::whole(running).await;
    let rated = rate(&user, &interaction).await;
    assert_eq!((rated.status, &rated.json()["personalization_effectiveness"]), (200, &json!(4.0)));
    assert_eq!(interactions(&eve).await, Vec::<Value>::new());
}
