//! GET /api/chat/{chat_id}/stream: joins the running reply of a chat, from its beginning.

use shared::app::{Caller, Init};
use shared::http::{
    Exit, IgnoredParts, NoContent, Request, Result, Streamed, serve_signed_in_streamed,
};

async fn chat_stream(caller: Caller, request: Request) -> Result<Streamed> {
    match caller.app.running_reply(caller.signed_in, &request.chat()?).await? {
        Some(reply) => Streamed::ui_messages(reply, &IgnoredParts::default()).await,
        None => Ok(NoContent.into()),
    }
}

fn main() -> Exit {
    serve_signed_in_streamed(Init::default().two_connections(), chat_stream)
}
