//! POST /api/personalization/interactions: stores a personalized content interaction.

use serde::Deserialize;
use shared::app::Caller;
use shared::http::{Created, Exit, Request, Result, serve_signed_in};
use shared::log;
use shared::model::{ContentType, Effectiveness, Interaction};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    content_type: ContentType,
    personalization_effectiveness: Option<Effectiveness>,
}

async fn create_interaction(caller: Caller, request: Request) -> Result<Created<Interaction>> {
    let key = request.idempotency_key()?;
    let Body { content_type, personalization_effectiveness } = request.json()?;
    let store = caller.store();
    let interaction =
        store.create_interaction(content_type, personalization_effectiveness, key.as_ref()).await?;
    log::note("interaction_id", interaction.id.as_str());
    Ok(Created(interaction))
}

fn main() -> Exit {
    serve_signed_in(create_interaction)
}
