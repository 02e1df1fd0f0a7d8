//! GET /api/chat/{chat_id}/stream: joins the answer that comes in a chat, from its beginning.

use shared::app::{App, Init};
use shared::http::{self, Error, NoContent, Request, Result, Streamed};

async fn chat_stream(app: &'static App, request: Request) -> Result<Streamed> {
    let caller = request.signed_in(app).await?;
    match app.running_reply(caller, &request.chat()?).await? {
        Some(reply) => Streamed::ui_messages(&request, reply).await,
        None => Ok(NoContent.into()),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), Error> {
    http::serve_streamed(Init::default().two_connections(), chat_stream).await
}
