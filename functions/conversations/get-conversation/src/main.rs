//! GET /api/conversations/{conversation_id}: reads a conversation.

use shared::app::Caller;
use shared::http::{Exit, Json, Request, Result, serve_signed_in};
use shared::model::Conversation;
use shared::problem::{OrNotFound, Problem};

async fn get_conversation(caller: Caller, request: Request) -> Result<Json<Conversation>> {
    let conversation = caller.store().conversation(request.conversation_id()?).await;
    conversation.or_not_found(Problem::ConversationNotFound).map(Json)
}

fn main() -> Exit {
    serve_signed_in(get_conversation)
}
