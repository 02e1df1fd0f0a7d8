//! PATCH /api/conversations/{conversation_id}: gives a conversation another title.

use serde::Deserialize;
use shared::app::App;
use shared::http::{self, Error, Json, Request, Result};
use shared::model::Conversation;
use shared::problem::{OrNotFound, Problem};
use shared::text::Title;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    title: Title,
}

async fn rename_conversation(app: &App, request: Request) -> Result<Json<Conversation>> {
    let caller = request.signed_in(app).await?;
    let id = request.conversation_id()?;
    let Body { title } = request.json()?;
    let conversation = app.store.of(&caller).rename_conversation(id, &title).await;
    conversation.or_not_found(Problem::ConversationNotFound).map(Json)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), Error> {
    http::serve(rename_conversation).await
}
