//! PUT /api/personalization/interactions/{interaction_id}/rating: rates how well an interaction worked.

use serde::Deserialize;
use shared::app::Caller;
use shared::http::{Exit, Json, Request, Result, serve_signed_in};
use shared::model::{Effectiveness, Interaction};
use shared::problem::{OrNotFound, Problem};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    personalization_effectiveness: Effectiveness,
}

async fn rate_interaction(caller: Caller, request: Request) -> Result<Json<Interaction>> {
    let id = request.interaction_id()?;
    let Body { personalization_effectiveness } = request.json()?;
    let store = caller.store();
    let interaction = store
        .rate_interaction(&id, personalization_effectiveness)
        .await
        .or_not_found(Problem::InteractionNotFound)?;
    Ok(Json(interaction))
}

fn main() -> Exit {
    serve_signed_in(rate_interaction)
}
