//! PATCH /api/conversations/{conversation_id}: gives a conversation another title or another active branch.

use serde::Deserialize;
use shared::app::Caller;
use shared::http::{Exit, Json, Request, Result, serve_signed_in};
use shared::id::MessageId;
use shared::model::{Conversation, ConversationChange};
use shared::problem::{OrNotFound, Problem};
use shared::text::Title;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    title: Option<Title>,
    active_message_id: Option<MessageId>,
}

async fn update_conversation(caller: Caller, request: Request) -> Result<Json<Conversation>> {
    let id = request.conversation_id()?;
    let Body { title, active_message_id } = request.title_json()?;
    if title.is_none() && active_message_id.is_none() {
        return Err(Problem::InvalidField {
            pointer: String::new(),
            detail: "must have a title or an active_message_id".to_owned(),
        });
    }
    let change = ConversationChange { title, active_message_id };
    let conversation = caller.store().change_conversation(id, &change).await;
    conversation.or_not_found(Problem::ConversationNotFound).map(Json)
}

fn main() -> Exit {
    serve_signed_in(update_conversation)
}
