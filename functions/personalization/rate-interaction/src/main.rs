//! PUT /api/personalization/interactions/{interaction_id}/rating: says how well it worked.

use serde::Deserialize;
use shared::app::App;
use shared::http::{self, Error, Json, Request, Result};
use shared::model::{Effectiveness, Interaction};
use shared::problem::{OrNotFound, Problem};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    personalization_effectiveness: Effectiveness,
}

async fn rate_interaction(app: &App, request: Request) -> Result<Json<Interaction>> {
    let caller = request.signed_in(app).await?;
    let id = request.interaction_id()?;
    let Body { personalization_effectiveness } = request.json()?;
    let store = app.store.of(&caller);
    let interaction = store
        .rate_interaction(&id, personalization_effectiveness)
        .await
        .or_not_found(Problem::InteractionNotFound)?;
    Ok(Json(interaction))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), Error> {
    http::serve(rate_interaction).await
}
