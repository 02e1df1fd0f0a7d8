//! PUT /api/personalization/interactions/{interaction_id}/rating: rates how well an interaction worked.

use std::time::Duration;

use serde::Deserialize;
use shared::app::Caller;
use shared::http::{Exit, Json, Request, Result, serve_signed_in};
use shared::id::InteractionId;
use shared::model::{Effectiveness, Interaction};
use shared::problem::{OrNotFound, Problem};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    personalization_effectiveness: Effectiveness,
}

/// The longest time from the start of a reply until it is stored; chat's time-out.
const LONGEST_REPLY: Duration = Duration::from_mins(3);

async fn rate_interaction(caller: Caller, request: Request) -> Result<Json<Interaction>> {
    let id = request.interaction_id()?;
    let Body { personalization_effectiveness } = request.json()?;
    let store = caller.store();
    let interaction = store
        .rate_interaction(&id, personalization_effectiveness)
        .await
        .or_not_found(missing(&caller, &id))?;
    Ok(Json(interaction))
}

/// Why there is no such interaction. A client knows the id of a reply's interaction from the first
/// words on, and the interaction is stored with the last ones.
fn missing(caller: &Caller, id: &InteractionId) -> Problem {
    let age = id.time().until(caller.app.clock.now());
    if id.is_of_run_of(caller.signed_in.user_id()) && age < LONGEST_REPLY {
        Problem::ReplyNotStored
    } else {
        Problem::InteractionNotFound
    }
}

fn main() -> Exit {
    serve_signed_in(rate_interaction)
}
