//! GET /api/conversations: lists the caller's conversations.

use serde::Serialize;
use shared::app::{Caller, Init};
use shared::http::{Exit, Json, Request, Result, serve_signed_in_with};
use shared::model::Conversation;
use shared::store::{ConversationOrder, Order};

#[derive(Serialize)]
struct Conversations {
    conversations: Vec<Conversation>,
    next_cursor: Option<String>,
}

async fn list_conversations(caller: Caller, request: Request) -> Result<Json<Conversations>> {
    let query = request.query(&["sort", "order", "limit", "cursor"])?;
    let sort = query.word("sort")?.unwrap_or(ConversationOrder::CreatedAt);
    let page = caller.store().conversations(sort, &query.page(Order::Desc)?).await?;
    Ok(Json(Conversations { conversations: page.items, next_cursor: page.next_cursor }))
}

fn main() -> Exit {
    serve_signed_in_with(Init::default().two_connections(), list_conversations)
}
