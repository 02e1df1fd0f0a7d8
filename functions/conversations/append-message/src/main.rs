//! POST /api/conversations/{conversation_id}/messages: appends a message to a conversation.

use serde::Deserialize;
use shared::app::Caller;
use shared::http::{Created, Exit, Request, Result, serve_signed_in};
use shared::model::{Message, Role};
use shared::problem::{OrNotFound, Problem};
use shared::store::Parent;
use shared::text::Content;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    role: Role,
    content: Content,
    /// Left out: after the active message. `null`: the first of a branch.
    #[serde(default)]
    parent_id: Parent,
}

async fn append_message(caller: Caller, request: Request) -> Result<Created<Message>> {
    let id = request.conversation_id()?;
    let key = request.idempotency_key()?;
    let Body { role, content, parent_id } = request.content_json()?;
    let message = caller.store().append_message(id, role, content, parent_id, key.as_ref()).await;
    message.or_not_found(Problem::ConversationNotFound).map(Created)
}

fn main() -> Exit {
    serve_signed_in(append_message)
}
