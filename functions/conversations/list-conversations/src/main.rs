//! GET /api/conversations: lists the caller's conversations.

use serde::Serialize;
use shared::app::{App, Init};
use shared::http::{self, Error, Json, Request, Result};
use shared::model::Conversation;
use shared::store::{ConversationOrder, Order};

#[derive(Serialize)]
struct Conversations {
    conversations: Vec<Conversation>,
    next_cursor: Option<String>,
}

async fn list_conversations(app: &App, request: Request) -> Result<Json<Conversations>> {
    let caller = request.signed_in(app).await?;
    let query = request.query(&["sort", "order", "limit", "cursor"])?;
    let sort = query.word("sort")?.unwrap_or(ConversationOrder::CreatedAt);
    let page = app.store.of(&caller).conversations(sort, &query.page(Order::Desc)?).await?;
    Ok(Json(Conversations { conversations: page.items, next_cursor: page.next_cursor }))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), Error> {
    http::serve_with(Init::default().two_connections(), list_conversations).await
}
