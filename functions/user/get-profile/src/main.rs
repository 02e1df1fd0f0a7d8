//! GET /api/user/profile: reads the caller's background profile.

use shared::app::App;
use shared::http::{self, Error, Json, Request, Result};
use shared::model::Profile;
use shared::problem::Problem;

async fn get_profile(app: &App, request: Request) -> Result<Json<Profile>> {
    let caller = request.signed_in(app).await?;
    let profile = app.store.of(&caller).profile().await?;
    profile.map(Json).ok_or(Problem::ProfileNotFound)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), Error> {
    http::serve(get_profile).await
}
