//! Turns of a chat without a function around them: on the real engine, with a clock that a test may
//! set.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use e2e::User;
use e2e::chat::{interactions, stored};
use harness::stack::Stack;
use serde_json::Value;
use shared::app::App;
use shared::app::chat::{Chat, ChatRequest, Reply, ReplyEvent};
use shared::assistant::{Timed, configured};
use shared::auth::{Issuer, SessionToken, SignedIn};
use shared::clock::Clock;
use shared::config::{
    AssistantConfig, AssistantKind, Config, Deadlines, Instructions, QuotaConfig, QuotaLimits,
};
use shared::model::Ending;
use shared::placement::{Before, NewMessage, Sent};
use shared::problem::Problem;
use shared::text::Content;

/// More than a test uses.
pub const QUOTA: QuotaConfig = QuotaConfig {
    user: QuotaLimits { messages: 100, tokens: 1_000_000 },
    unverified_percent: 100,
    stack_tokens: Some(10_000_000),
    stack_unverified_percent: 20,
};

/// What a chat function has from INIT on.
pub struct Scene {
    pub stack: Stack,
    pub user: User,
    pub app: &'static App,
    pub caller: SignedIn,
    assistant: &'static Timed,
    /// The time, if it stands still.
    time: Arc<AtomicI64>,
}

impl Scene {
    pub async fn new() -> Self {
        Self::with_quota(QUOTA).await
    }

    pub async fn with_quota(quota: QuotaConfig) -> Self {
        Self::with(quota, Clock::System).await
    }

    /// The time stands still, unless the test moves it.
    pub async fn standing_still(quota: QuotaConfig) -> Self {
        let now = Clock::System.now().milliseconds();
        let time = Arc::new(AtomicI64::new(now));
        Self { time: Arc::clone(&time), ..Self::with(quota, Clock::Fixed(time)).await }
    }

    async fn with(quota: QuotaConfig, clock: Clock) -> Self {
        let stack = Stack::builder().exact().start().await.unwrap();
        let user = stack.sign_up("ada").await;
        let config = config(&stack, quota);
        let app: &'static App = Box::leak(Box::new(App::new(config, clock)));
        let deadlines =
            Deadlines { first_byte: Duration::from_secs(5), total: Duration::from_secs(30) };
        let kind = AssistantKind::Echo { faults: true };
        let instructions = Instructions::default();
        let config = AssistantConfig { kind, instructions, titles: false, deadlines };
        let assistant = Box::leak(Box::new(configured(&config)));
        let caller = app.verify(&SessionToken::from(user.token.clone())).await.unwrap();
        stack.recorder.take();
        Self { stack, user, app, caller, assistant, time: Arc::default() }
    }

    pub async fn ask(&self, chat: impl Into<Option<Chat>>, sent: Sent) -> Result<Reply, Problem> {
        let request = ChatRequest { chat: chat.into(), sent, key: None };
        self.app.chat(self.assistant, self.caller.clone(), request).await
    }

    pub async fn messages(&self, conversation: u64) -> Vec<(u64, String, String)> {
        stored(&self.user, conversation).await
    }

    pub async fn interactions(&self) -> Vec<Value> {
        interactions(&self.user).await
    }

    /// Moves the time that stands still.
    pub fn wait(&self, time: Duration) {
        self.time.fetch_add(i64::try_from(time.as_millis()).unwrap(), Ordering::Relaxed);
    }
}

fn config(stack: &Stack, quota: QuotaConfig) -> Config {
    Config {
        table: super::tables::tables(stack, "chat"),
        issuer: Issuer("tessera".to_owned()),
        secrets: Vec::new(),
        sign_in_floor: Duration::ZERO,
        profile_retention: Duration::ZERO,
        public_url: None,
        clients: shared::config::ClientsConfig::default(),
        mail: shared::config::MailConfig::default(),
        attempts_per_address: 1,
        sign_ups_per_address: 1,
        key_rotation: Duration::from_hours(24),
        quota,
        init_read: true,
        log_level: shared::log::Level::INFO,
    }
}

/// A message alone, as the AI SDK has it.
pub fn submit(id: &str, text: &str) -> Sent {
    let text = Content::try_from(text.to_owned()).unwrap();
    let message = Some(NewMessage { text, client_id: id.parse().ok() });
    Sent { message, regenerate: false, named: None, before: Before::Message(None) }
}

/// Plain text, which waits while another turn is running.
pub fn plain(text: &str) -> Sent {
    let text = Content::try_from(text.to_owned()).unwrap();
    let message = Some(NewMessage { text, client_id: None });
    Sent { message, before: Before::Text(None), ..submit("-", "-") }
}

/// Asks for another reply than the one with this id.
pub fn regenerate(reply: &str) -> Sent {
    let named = Some(reply.to_owned());
    Sent { message: None, regenerate: true, named, before: Before::Text(None) }
}

pub fn chat(id: u64) -> Chat {
    Chat::Conversation(id.try_into().unwrap())
}

/// Reads a reply to its end.
pub async fn whole(mut reply: Reply) -> (String, Result<Ending, Problem>) {
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

pub fn code(result: Result<Reply, Problem>) -> &'static str {
    result.err().map_or("none", |problem| problem.code())
}
