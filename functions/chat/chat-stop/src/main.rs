//! POST /api/chat/{chat_id}/stop: ends the answer that comes in a chat; what has come is kept.

use shared::app::{App, Init};
use shared::http::{self, Error, NoContent, Request, Result};

async fn chat_stop(app: &App, request: Request) -> Result<NoContent> {
    let caller = request.signed_in(app).await?;
    app.stop_reply(&caller, &request.chat()?).await?;
    Ok(NoContent)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), Error> {
    http::serve_streamed(Init::default(), chat_stop).await
}
