//! Turns of a chat, on the real engine, without a function around them.

use std::time::Duration;

use e2e::chat::{interactions, stored};
use e2e::{User, append, conversation, whole_list};
use harness::proxy::{Effect, Rule};
use harness::stack::Stack;
use serde_json::{Value, json};
use shared::app::App;
use shared::app::chat::{Chat, ChatRequest, NewMessage, Reply, ReplyEvent, Trigger};
use shared::assistant::{Timed, configured};
use shared::auth::{Issuer, SessionToken, SignedIn};
use shared::clock::Clock;
use shared::config::{
    AssistantConfig, AssistantKind, Config, CredentialsConfig, Deadlines, QuotaLimits, TableConfig,
};
use shared::model::{Ending, Finish};
use shared::problem::Problem;
use shared::text::Content;

struct Scene {
    stack: Stack,
    user: User,
    app: &'static App,
    assistant: &'static Timed,
    caller: SignedIn,
}

impl Scene {
    async fn new() -> Self {
        Self::with_quota(QuotaLimits { messages: 100, tokens: 1_000_000 }).await
    }

    async fn with_quota(quota: QuotaLimits) -> Self {
        let stack = Stack::builder().exact().start().await.unwrap();
        let user = stack.sign_up("ada").await;
        let config = Config {
            table: TableConfig {
                name: stack.template.table_name().to_owned(),
                region: "us-east-1".to_owned(),
                endpoint: Some(stack.proxy.url("chat")),
                credentials: CredentialsConfig {
                    access_key_id: "local".to_owned(),
                    secret_access_key: "local".to_owned().into(),
                    session_token: None,
                },
                ca_bundle: None,
            },
            issuer: Issuer("tessera".to_owned()),
            secrets: Vec::new(),
            sign_in_floor: Duration::ZERO,
            profile_retention: Duration::ZERO,
            public_url: None,
            clients: shared::config::ClientsConfig::default(),
            attempts_per_address: 1,
            sign_ups_per_address: 1,
            key_rotation: Duration::from_hours(24),
            quota,
            init_read: true,
        };
        let app: &'static App = Box::leak(Box::new(App::new(config, Clock::System)));
        let deadlines =
            Deadlines { first_byte: Duration::from_secs(5), total: Duration::from_secs(30) };
        let kind = AssistantKind::Echo { faults: true };
        let assistant = Box::leak(Box::new(configured(&AssistantConfig { kind, deadlines })));
        let caller = app.verify(&SessionToken::from(user.token.clone())).await.unwrap();
        stack.recorder.take();
        Self { stack, user, app, assistant, caller }
    }

    async fn ask(&self, chat: impl Into<Option<Chat>>, ask: Trigger) -> Result<Reply, Problem> {
        let request = ChatRequest { chat: chat.into(), trigger: ask, key: None };
        self.app.chat(self.assistant, self.caller.clone(), request).await
    }

    async fn messages(&self, conversation: u64) -> Vec<(u64, String, String)> {
        stored(&self.user, conversation).await
    }

    async fn interactions(&self) -> Vec<Value> {
        interactions(&self.user).await
    }
}

fn submit(id: &str, text: &str) -> Trigger {
    let text = Content::try_from(text.to_owned()).unwrap();
    Trigger::Submit { message: NewMessage { text, client_id: id.parse().ok() }, edits: None }
}

fn chat(id: u64) -> Chat {
    Chat::Conversation(id.try_into().unwrap())
}

/// Reads a reply to its end.
async fn whole(mut reply: Reply) -> (String, Result<Ending, Problem>) {
    let mut text = String::new();
    while let Some(event) = reply.events.recv().await {
        match event {
            ReplyEvent::Delta(delta) => text.push_str(&delta),
            ReplyEvent::Finished(ending) => return (text, Ok(ending)),
            ReplyEvent::Failed(problem) => return (text, Err(problem)),
        }
    }
    panic!("the reply has no end: {text}");
}

fn code(result: Result<Reply, Problem>) -> &'static str {
    result.err().map_or("none", |problem| problem.code())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_turn_makes_its_conversation_and_stores_what_was_said() {
    let scene = Scene::new().await;
    let reply = scene.ask(None, submit("a", "How does a servo\nhold its position?")).await.unwrap();
    let (turn, left) = (reply.turn.clone(), reply.quota_remaining.unwrap());
    assert_eq!((turn.conversation_id.get(), left.messages), (1, 99));
    let (text, ending) = whole(reply).await;
    assert_eq!(ending.unwrap().finish, Finish::Stop);
    let stored = scene.messages(1).await;
    let expected = [
        (1, "user".to_owned(), "How does a servo\nhold its position?".to_owned()),
        (2, "assistant".to_owned(), text),
    ];
    assert_eq!(stored, expected);
    let path = "/api/conversations";
    let (list, _) = whole_list(&scene.user, path, "conversations").await;
    assert_eq!(list[0]["title"], "How does a servo hold its position?");
    let interactions = scene.interactions().await;
    assert_eq!(interactions.len(), 1);
    assert_eq!(interactions[0]["id"], turn.interaction_id.as_str());
    assert_eq!(
        (&interactions[0]["conversation_id"], &interactions[0]["message_id"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(interactions[0]["background_used"]["software_level"], "beginner");
}

/// Two round trips before the assistant is asked, one after it, however long the conversation is.
#[tokio::test(flavor = "multi_thread")]
async fn a_turn_costs_the_same_in_a_long_conversation() {
    let scene = Scene::new().await;
    let mut costs = Vec::new();
    for length in [4, 60] {
        let id = conversation(&scene.user).await;
        for number in 0..length {
            append(&scene.user, id, &format!("message {number}")).await;
        }
        scene.stack.recorder.take();
        let reply = scene.ask(chat(id), submit("a", "hello")).await.unwrap();
        let before = harness::proxy::round_trips(&scene.stack.recorder.take());
        whole(reply).await.1.unwrap();
        let calls = scene.stack.recorder.take();
        let after = harness::proxy::round_trips(&calls);
        let written: f64 = calls.iter().map(|call| call.write_units).sum();
        costs.push((before, after, written));
    }
    assert_eq!(costs[0], costs[1]);
    assert_eq!((costs[0].0, costs[0].1), (2, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_message_is_one_turn_in_a_row_and_at_once() {
    let scene = Scene::new().await;
    let alias = || Chat::Alias("chat-of-the-client".parse().unwrap());
    let first = scene.ask(alias(), submit("a", "hello")).await.unwrap();
    let id = first.turn.conversation_id;
    let said = whole(first).await.0;
    let again = scene.ask(alias(), submit("a", "hello")).await.unwrap();
    assert_eq!(again.turn.conversation_id, id);
    assert_eq!(whole(again).await.0, said);
    assert_eq!(scene.messages(1).await.len(), 2);

    let slow = "[[slow]] one two three four five six seven eight nine ten";
    let (a, b) =
        tokio::join!(scene.ask(alias(), submit("b", slow)), scene.ask(alias(), submit("b", slow)),);
    let (a, b) = tokio::join!(whole(a.unwrap()), whole(b.unwrap()));
    assert_eq!(a.0, b.0, "the second joins the first");
    let messages = scene.messages(1).await;
    assert_eq!((messages.len(), &messages[3].2), (4, &a.0));
    assert_eq!(scene.interactions().await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_message_waits_for_its_turn() {
    let scene = Scene::new().await;
    let slow = "[[slow]] one two three four five six seven eight nine ten";
    let id = conversation(&scene.user).await;
    let first = scene.ask(chat(id), submit("a", slow)).await.unwrap();
    assert_eq!(code(scene.ask(chat(id), submit("b", "hello")).await), "TURN_IN_PROGRESS");
    // A client that hangs up loses nothing.
    drop(first.events);
    let joined = scene.ask(chat(id), submit("a", slow)).await.unwrap();
    let (text, ending) = whole(joined).await;
    assert!(ending.is_ok() && text.ends_with("ten"), "{text}");
    let next = scene.ask(chat(id), submit("b", "hello")).await.unwrap();
    whole(next).await.1.unwrap();
    assert_eq!(scene.messages(id).await.len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_turn_that_fails_keeps_its_question_and_is_tried_again() {
    let scene = Scene::new().await;
    let id = conversation(&scene.user).await;
    for _ in 0..2 {
        let reply = scene.ask(chat(id), submit("a", "please [[fail]] now")).await.unwrap();
        let problem = whole(reply).await.1.unwrap_err();
        assert_eq!((problem.status(), problem.code()), (503, "ASSISTANT_UNAVAILABLE"));
        assert_eq!(scene.messages(id).await.len(), 1, "the question, once");
    }
    assert_eq!(scene.interactions().await, Vec::<Value>::new());
    // The conversation goes on.
    let text = Content::try_from("better".to_owned()).unwrap();
    let message = NewMessage { text, client_id: "a".parse().ok() };
    let edit = Trigger::Submit { message, edits: Some("a".to_owned()) };
    whole(scene.ask(chat(id), edit).await.unwrap()).await.1.unwrap();
    let messages = scene.messages(id).await;
    assert_eq!(messages.iter().map(|m| m.2.as_str()).next(), Some("better"));
    assert_eq!(messages.len(), 2, "the edited question is deleted");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_reply_replaces_the_last_one() {
    let scene = Scene::new().await;
    let id = conversation(&scene.user).await;
    whole(scene.ask(chat(id), submit("a", "hello")).await.unwrap()).await.1.unwrap();
    let regenerate =
        |reply: &str| Trigger::Regenerate { reply: Some(reply.to_owned()), message: None };
    let reply = scene.ask(chat(id), regenerate("2")).await.unwrap();
    assert_eq!(reply.turn.reply_id.get(), 3);
    whole(reply).await.1.unwrap();
    let ids: Vec<u64> = scene.messages(id).await.iter().map(|message| message.0).collect();
    assert_eq!(ids, [1, 3], "a new id, and the old reply is deleted");
    let again = scene.ask(chat(id), regenerate("2")).await.unwrap();
    assert_eq!(again.turn.reply_id.get(), 3, "the same request is the same turn");
    whole(again).await.1.unwrap();
    whole(scene.ask(chat(id), submit("b", "more")).await.unwrap()).await.1.unwrap();
    assert_eq!(code(scene.ask(chat(id), regenerate("1")).await), "NOT_LAST_TURN");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_turn_stores_what_was_said() {
    let scene = Scene::new().await;
    let id = conversation(&scene.user).await;
    let slow = "[[slow]] one two three four five six seven eight nine ten eleven twelve";
    let reply = scene.ask(chat(id), submit("a", slow)).await.unwrap();
    let conversation_id = id.try_into().unwrap();
    scene.app.store.of(&scene.caller).stop_turn(conversation_id).await.unwrap();
    let (text, ending) = whole(reply).await;
    assert_eq!(ending.unwrap().finish, Finish::Stop);
    assert!(!text.ends_with("twelve"), "{text}");
    assert_eq!(scene.messages(id).await[1].2, text, "what was streamed is what is stored");
    scene.app.store.of(&scene.caller).stop_turn(conversation_id).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_turn_whose_function_died_is_tried_again_when_its_lease_has_ended() {
    let scene = Scene::new().await;
    let id = conversation(&scene.user).await;
    // The close never reaches the table, as if the function had died before it.
    let rule = Rule::new(Effect::Throttle).function("chat").operation("TransactWriteItems");
    let fault = scene.stack.proxy.inject(rule.skip(1).always());
    let reply = scene.ask(chat(id), submit("a", "hello")).await.unwrap();
    assert!(whole(reply).await.1.is_err());
    assert!(fault.hits() > 0);
    scene.stack.proxy.clear_faults();
    assert_eq!(code(scene.ask(chat(id), submit("b", "other")).await), "TURN_IN_PROGRESS");
    let past = json!({ "S": "2020-01-01T00:00:00.000Z" });
    let (pk, sk) = (format!("USER#{}", scene.user.id), format!("CONVERSATION#{id:016}"));
    scene.stack.engine.set(&pk, &sk, &[("turn_until", past)]).await.unwrap();
    let reply = scene.ask(chat(id), submit("a", "hello")).await.unwrap();
    whole(reply).await.1.unwrap();
    let messages = scene.messages(id).await;
    let ids: Vec<u64> = messages.iter().map(|message| message.0).collect();
    assert_eq!(ids, [1, 3], "no id is used twice");
    assert_eq!(scene.interactions().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quota_is_counted_with_the_question_and_ends_with_the_day() {
    let scene = Scene::with_quota(QuotaLimits { messages: 2, tokens: 1_000_000 }).await;
    for left in [1, 0] {
        let reply = scene.ask(None, submit(&format!("m{left}"), "hello")).await.unwrap();
        assert_eq!(reply.quota_remaining.unwrap().messages, left);
        whole(reply).await.1.unwrap();
    }
    let refused = scene.ask(None, submit("c", "hello")).await.err().unwrap();
    assert_eq!((refused.status(), refused.code()), (429, "QUOTA_EXCEEDED"));
    assert!(refused.retry_after().is_some_and(|seconds| seconds <= 86_400));
    let (list, _) = whole_list(&scene.user, "/api/conversations", "conversations").await;
    assert_eq!(list.len(), 2, "nothing is written beyond the quota");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_users_conversation_is_none() {
    let scene = Scene::new().await;
    let stranger = scene.stack.sign_up("eve").await;
    let id = conversation(&stranger).await;
    assert_eq!(code(scene.ask(chat(id), submit("a", "hello")).await), "CONVERSATION_NOT_FOUND");
}
