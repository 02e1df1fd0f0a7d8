//! POST /api/personalization/interactions: logs a personalized content interaction.

use serde::Deserialize;
use shared::app::App;
use shared::http::{self, Created, Error, Request, Result};
use shared::model::{ContentType, Effectiveness, Interaction};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    content_type: ContentType,
    personalization_effectiveness: Option<Effectiveness>,
}

async fn create_interaction(app: &App, request: Request) -> Result<Created<Interaction>> {
    let caller = request.signed_in(app).await?;
    let key = request.idempotency_key()?;
    let Body { content_type, personalization_effectiveness } = request.json()?;
    let store = app.store.of(&caller);
    let interaction =
        store.create_interaction(content_type, personalization_effectiveness, key.as_ref()).await?;
    Ok(Created(interaction))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), Error> {
    http::serve(create_interaction).await
}
