//! POST /api/chat: one turn, as JSON or as a UI message stream of the AI SDK.

mod body;

use body::Body;
use serde_json::json;
use shared::app::chat::{ChatRequest, Reply};
use shared::app::{App, Init};
use shared::assistant::{Timed, configured};
use shared::config::AssistantConfig;
use shared::http::{self, Error, Request, Response, Result, Streamed};

async fn chat(app: &'static App, assistant: &'static Timed, request: Request) -> Result<Streamed> {
    let caller = request.signed_in(app).await?;
    let key = request.idempotency_key()?;
    let body: Body = request.chat_json()?;
    let streams = !request.accepts("application/json")
        && (body.is_of_ai_sdk() || request.accepts("text/event-stream"));
    let (chat, trigger) = body.parse()?;
    let reply = app.chat(assistant, caller, ChatRequest { chat, trigger, key }).await?;
    if streams { Streamed::ui_messages(&request, reply).await } else { whole(reply).await }
}

async fn whole(reply: Reply) -> Result<Streamed> {
    let (turn, history, left) = (reply.turn.clone(), reply.history, reply.quota_remaining);
    let (response, ending) = reply.whole().await?;
    let answer = json!({
        "conversation_id": turn.conversation_id,
        "user_message_id": turn.question_id,
        "message_id": turn.reply_id,
        "interaction_id": turn.interaction_id,
        "response": response,
        "finish_reason": ending.finish,
        "usage": ending.usage,
        "history": history,
    });
    Ok(Response::json(200, &answer).quota_left(left).into())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), Error> {
    // It lives as long as the process.
    let assistant: &Timed = Box::leak(Box::new(configured(&AssistantConfig::from_env()?)));
    let init = Init::default().two_connections();
    http::serve_streamed(init, move |app, request| chat(app, assistant, request)).await
}
