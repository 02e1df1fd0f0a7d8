//! POST /api/chat/{chat_id}/stop: stops the running reply of a chat; what was written so far is kept.

use shared::app::{Caller, Init};
use shared::http::{Exit, NoContent, Request, Result, serve_signed_in_streamed};

async fn chat_stop(caller: Caller, request: Request) -> Result<NoContent> {
    caller.app.stop_reply(&caller.signed_in, &request.chat()?).await?;
    Ok(NoContent)
}

fn main() -> Exit {
    serve_signed_in_streamed(Init::default(), chat_stop)
}
