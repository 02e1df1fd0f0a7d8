//! POST /api/conversations/{conversation_id}/messages: appends a message to a conversation.

use serde::Deserialize;
use shared::app::App;
use shared::http::{self, Created, Error, Request, Result};
use shared::model::{Message, Role};
use shared::problem::{OrNotFound, Problem};
use shared::text::Content;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    role: Role,
    content: Content,
}

async fn append_message(app: &App, request: Request) -> Result<Created<Message>> {
    let caller = request.signed_in(app).await?;
    let id = request.conversation_id()?;
    let key = request.idempotency_key()?;
    let Body { role, content } = request.content_json()?;
    let message = app.store.of(&caller).append_message(id, role, content, key.as_ref()).await;
    message.or_not_found(Problem::ConversationNotFound).map(Created)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), Error> {
    http::serve(append_message).await
}
