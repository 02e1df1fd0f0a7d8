//! POST /api/conversations: makes a conversation.

use serde::Deserialize;
use shared::app::Caller;
use shared::http::{Created, Exit, Request, Result, serve_signed_in};
use shared::model::Conversation;
use shared::problem::{OrNotFound, Problem};
use shared::text::Title;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    #[serde(default)]
    title: Title,
}

async fn create_conversation(caller: Caller, request: Request) -> Result<Created<Conversation>> {
    let key = request.idempotency_key()?;
    let Body { title } = request.optional_title_json()?;
    let conversation = caller.store().create_conversation(title, key.as_ref()).await;
    conversation.or_not_found(Problem::ConversationNotFound).map(Created)
}

fn main() -> Exit {
    serve_signed_in(create_conversation)
}
