//! GET /api/conversations/{conversation_id}/messages: lists the messages of a conversation.

use serde::Serialize;
use shared::app::{App, Init};
use shared::http::{self, Error, Json, Request, Result};
use shared::model::Message;
use shared::problem::{OrNotFound, Problem};
use shared::store::Order;

#[derive(Serialize)]
struct Messages {
    messages: Vec<Message>,
    next_cursor: Option<String>,
}

async fn list_messages(app: &App, request: Request) -> Result<Json<Messages>> {
    let caller = request.signed_in(app).await?;
    let id = request.conversation_id()?;
    let query = request.query(&["role", "order", "limit", "cursor"])?;
    let (role, page) = (query.word("role")?, query.page(Order::Asc)?);
    let page = app.store.of(&caller).messages(id, role, &page).await;
    let page = page.or_not_found(Problem::ConversationNotFound)?;
    Ok(Json(Messages { messages: page.items, next_cursor: page.next_cursor }))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), Error> {
    http::serve_with(Init::default().two_connections(), list_messages).await
}
