//! GET /api/conversations/{conversation_id}: reads a conversation.

use shared::app::App;
use shared::http::{self, Error, Json, Request, Result};
use shared::model::Conversation;
use shared::problem::{OrNotFound, Problem};

async fn get_conversation(app: &App, request: Request) -> Result<Json<Conversation>> {
    let caller = request.signed_in(app).await?;
    let conversation = app.store.of(&caller).conversation(request.conversation_id()?).await;
    conversation.or_not_found(Problem::ConversationNotFound).map(Json)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), Error> {
    http::serve(get_conversation).await
}
