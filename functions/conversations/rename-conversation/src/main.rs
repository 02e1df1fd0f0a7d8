//! PATCH /api/conversations/{conversation_id}: gives a conversation another title.

use serde::Deserialize;
use shared::app::Caller;
use shared::http::{Exit, Json, Request, Result, serve_signed_in};
use shared::model::Conversation;
use shared::problem::{OrNotFound, Problem};
use shared::text::Title;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    title: Title,
}

async fn rename_conversation(caller: Caller, request: Request) -> Result<Json<Conversation>> {
    let id = request.conversation_id()?;
    let Body { title } = request.title_json()?;
    let conversation = caller.store().rename_conversation(id, &title).await;
    conversation.or_not_found(Problem::ConversationNotFound).map(Json)
}

fn main() -> Exit {
    serve_signed_in(rename_conversation)
}
