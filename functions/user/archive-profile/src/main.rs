//! DELETE /api/user/profile: archives the caller's background profile.

use shared::app::App;
use shared::http::{self, Error, NoContent, Request, Result};
use shared::problem::{OrNotFound, Problem};

async fn archive_profile(app: &App, request: Request) -> Result<NoContent> {
    let caller = request.signed_in(app).await?;
    let archived = app.store.of(&caller).archive_profile(app.config.profile_retention).await;
    archived.or_not_found(Problem::ProfileNotFound)?;
    Ok(NoContent)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), Error> {
    http::serve(archive_profile).await
}
