//! DELETE /api/conversations/{conversation_id}: deletes a conversation with all its messages.

use shared::app::Caller;
use shared::http::{Exit, NoContent, Request, Result, serve_signed_in};
use shared::problem::{OrNotFound, Problem};

async fn delete_conversation(caller: Caller, request: Request) -> Result<NoContent> {
    let deleted = caller.store().delete_conversation(request.conversation_id()?).await;
    deleted.or_not_found(Problem::ConversationNotFound)?;
    Ok(NoContent)
}

fn main() -> Exit {
    serve_signed_in(delete_conversation)
}
