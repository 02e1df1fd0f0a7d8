//! Joining and stopping replies, and clients that go away.

use e2e::chat::{SLOW, Said, ask, builder, interactions, scene, stored, ui_message};
use e2e::{User, conversation};
use harness::stack::{Response, Stack, StreamedResponse};
use std::time::Duration;

async fn join(user: &User, chat: &str) -> StreamedResponse {
    user.get(&format!("/api/chat/{chat}/stream")).stream().await
}

async fn stop(user: &User, chat: &str) -> Response {
    user.post(&format!("/api/chat/{chat}/stop")).await
}

/// Waits until a conversation has a reply, fifteen seconds at most.
async fn wait_for_reply(stack: &Stack, user: &User, id: u64) -> Vec<(u64, String, String)> {
    for _ in 0..150 {
        let messages = stored(user, id).await;
        if messages.last().is_some_and(|message| message.1 == "assistant") {
            return messages;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("no reply has come: {:?}", stack.logs("chat"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_reply_is_joined_from_its_beginning() {
    let (_stack, user) = scene().await;
    let mut first = ask(&user, &ui_message("a b/c", "a", SLOW)).stream().await;
    first.until("text-delta").await.unwrap();
    let (named, numbered) = tokio::join!(join(&user, "a%20b%2Fc"), join(&user, "1"));
    let first = Said::whole(first).await;
    for joined in [named, numbered] {
        assert_eq!(joined.status, 200);
        assert_eq!(joined.header("x-vercel-ai-ui-message-stream"), Some("v1"));
        let joined = Said::whole(joined).await;
        assert_eq!(joined.text, first.text);
        assert_eq!(joined.events[0], first.events[0], "the same start");
        assert!(joined.done);
    }
    assert_eq!(stored(&user, 1).await[1].2, first.text);
}

/// A proxy that compresses or buffers would keep the words until there are enough of them.
#[tokio::test(flavor = "multi_thread")]
async fn c5_a_proxy_neither_compresses_nor_buffers_a_stream() {
    let (_stack, user) = scene().await;
    let mut asked = ask(&user, &ui_message("c", "a", SLOW)).stream().await;
    asked.until("text-delta").await.unwrap();
    let joined = join(&user, "c").await;
    for stream in [asked, joined] {
        let cache = stream.header("cache-control").unwrap();
        assert!(cache.split(", ").any(|directive| directive == "no-transform"), "{cache}");
        assert_eq!(stream.header("x-accel-buffering"), Some("no"));
        assert!(Said::whole(stream).await.done);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_runs_there_is_nothing_to_join_or_stop() {
    let (_stack, user) = scene().await;
    conversation(&user).await;
    assert_eq!(join(&user, "1").await.status, 204);
    assert_eq!(stop(&user, "1").await.status, 204);
    // useChat asks for the stream of a chat that it has just made.
    for new in ["new", "99999999999999999999"] {
        assert_eq!(join(&user, new).await.status, 204, "{new}");
        assert_eq!(stop(&user, new).await.status, 404, "{new}");
    }
    for unknown in ["2", "0", "999999999", "%FF"] {
        assert_eq!(join(&user, unknown).await.status, 404, "{unknown}");
        assert_eq!(stop(&user, unknown).await.status, 404, "{unknown}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_reply_is_kept_as_far_as_it_came() {
    let (_stack, user) = scene().await;
    let mut running = ask(&user, &ui_message("c", "a", SLOW)).stream().await;
    running.until("text-delta").await.unwrap();
    assert_eq!(stop(&user, "c").await.status, 204);
    let said = Said::whole(running).await;
    assert_eq!(said.value("/finishReason"), "stop");
    assert!(!said.text.ends_with("twelve"), "{}", said.text);
    assert_eq!(stored(&user, 1).await[1].2, said.text);
    assert_eq!(interactions(&user).await.len(), 1);
    assert_eq!(join(&user, "c").await.status, 204);
}

/// Lambda freezes a process between requests: what is not stored by the end of the reply may
/// never be.
#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_hangs_up_loses_nothing() {
    let stack = builder().concurrency(1).frozen().start().await.unwrap();
    let user = stack.sign_up("ada").await;
    let mut response = ask(&user, &ui_message("c", "a", SLOW)).stream().await;
    response.until("text-delta").await.unwrap();
    drop(response);
    let messages = wait_for_reply(&stack, &user, 1).await;
    assert!(messages[1].2.ends_with("twelve"), "{messages:?}");
    assert_eq!(interactions(&user).await.len(), 1);
    // The same message gets the reply that is stored; another one finds the conversation free.
    let again = Said::whole(ask(&user, &ui_message("c", "a", SLOW)).stream().await).await;
    assert_eq!(again.text, messages[1].2);
    let next = ask(&user, &ui_message("c", "b", "hello")).stream().await;
    assert!(Said::whole(next).await.done);
}
