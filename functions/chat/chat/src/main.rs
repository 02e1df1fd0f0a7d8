//! POST /api/chat: sends a question to the assistant; the reply is JSON or a stream for the AI SDK.

mod body;

use body::Body;
use serde_json::json;
use shared::app::chat::{ChatRequest, Reply};
use shared::app::{Caller, Init};
use shared::assistant::{Timed, configured};
use shared::config::{AssistantConfig, ConfigError, Instructions};
use shared::http::{
    Exit, IgnoredParts, Request, Response, Result, Streamed, serve_signed_in_streamed,
};

/// What the operator wants of every reply, unless a variable says it.
const INSTRUCTIONS: &str = include_str!("../instructions.txt");
const _: () = assert!(
    Instructions::fit(INSTRUCTIONS),
    "functions/chat/chat/instructions.txt has more than 10,000 characters"
);

async fn chat(caller: Caller, request: Request, assistant: &'static Timed) -> Result<Streamed> {
    let key = request.idempotency_key()?;
    let Body { chat, sent, is_of_ai_sdk, ignored } = Body::parse(&request.chat_text()?)?;
    let streams = !request.accepts("application/json")
        && (is_of_ai_sdk || request.accepts("text/event-stream"));
    let reply =
        caller.app.chat(assistant, caller.signed_in, ChatRequest { chat, sent, key }).await?;
    if streams {
        Streamed::ui_messages(reply, &ignored).await
    } else {
        whole(reply, &ignored).await
    }
}

async fn whole(reply: Reply, ignored: &IgnoredParts) -> Result<Streamed> {
    let (turn, history, left) = (reply.turn.clone(), reply.history, reply.quota_remaining);
    let (response, ending) = reply.whole().await?;
    let mut body = json!({
        "conversation_id": turn.conversation_id,
        "user_message_id": turn.question_id,
        "message_id": turn.reply_id,
        "interaction_id": turn.interaction_id,
        "parent_id": turn.parent_id,
        "response": response,
        "finish_reason": ending.finish,
        "usage": ending.usage,
        "history": history,
    });
    ignored.add_to(&mut body);
    Ok(Response::json(200, &body).quota_left(left).into())
}

fn main() -> std::result::Result<Exit, ConfigError> {
    let config = AssistantConfig::from_env(INSTRUCTIONS)?;
    // The assistant lives as long as the process.
    let assistant: &Timed = Box::leak(Box::new(configured(&config)));
    Ok(serve_signed_in_streamed(Init::default().two_connections(), move |caller, request| {
        chat(caller, request, assistant)
    }))
}
