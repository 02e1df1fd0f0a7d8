//! DELETE /api/conversations/{conversation_id}: deletes a conversation with all its messages.

use shared::app::App;
use shared::http::{self, Error, NoContent, Request, Result};
use shared::problem::{OrNotFound, Problem};

async fn delete_conversation(app: &App, request: Request) -> Result<NoContent> {
    let caller = request.signed_in(app).await?;
    let deleted = app.store.of(&caller).delete_conversation(request.conversation_id()?).await;
    deleted.or_not_found(Problem::ConversationNotFound)?;
    Ok(NoContent)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), Error> {
    http::serve(delete_conversation).await
}
