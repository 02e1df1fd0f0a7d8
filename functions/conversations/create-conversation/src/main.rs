//! POST /api/conversations: makes a conversation.

use serde::Deserialize;
use shared::app::App;
use shared::http::{self, Created, Error, Request, Result};
use shared::model::Conversation;
use shared::problem::{OrNotFound, Problem};
use shared::text::Title;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    #[serde(default)]
    title: Title,
}

async fn create_conversation(app: &App, request: Request) -> Result<Created<Conversation>> {
    let caller = request.signed_in(app).await?;
    let key = request.idempotency_key()?;
    let Body { title } = request.optional_json()?;
    let conversation = app.store.of(&caller).create_conversation(title, key.as_ref()).await;
    conversation.or_not_found(Problem::ConversationNotFound).map(Created)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), Error> {
    http::serve(create_conversation).await
}
