//! GET /api/user/profile: reads the caller's background profile.

use shared::app::Caller;
use shared::http::{Exit, Json, Request, Result, serve_signed_in};
use shared::model::Profile;
use shared::problem::{OrNotFound, Problem};

async fn get_profile(caller: Caller, _: Request) -> Result<Json<Profile>> {
    let profile = caller.store().profile().await?;
    profile.or_not_found(Problem::ProfileNotFound).map(Json)
}

fn main() -> Exit {
    serve_signed_in(get_profile)
}
