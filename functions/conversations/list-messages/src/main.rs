//! GET /api/conversations/{conversation_id}/messages: lists the messages of a conversation.

use serde::Serialize;
use shared::app::{Caller, Init};
use shared::http::{Exit, Json, Request, Result, serve_signed_in_with};
use shared::model::Message;
use shared::problem::{OrNotFound, Problem};
use shared::store::Order;

#[derive(Serialize)]
struct Messages {
    messages: Vec<Message>,
    next_cursor: Option<String>,
}

async fn list_messages(caller: Caller, request: Request) -> Result<Json<Messages>> {
    let id = request.conversation_id()?;
    let query = request.query(&["branch", "role", "order", "limit", "cursor"])?;
    let messages = if let Some(branch) = query.branch()? {
        caller.store().branch(id, branch, &query.page(Order::Desc)?).await
    } else {
        let (role, wanted) = (query.word("role")?, query.page(Order::Asc)?);
        caller.store().messages(id, role, &wanted).await
    };
    let page = messages.or_not_found(Problem::ConversationNotFound)?;
    Ok(Json(Messages { messages: page.items, next_cursor: page.next_cursor }))
}

fn main() -> Exit {
    serve_signed_in_with(Init::default().two_connections(), list_messages)
}
