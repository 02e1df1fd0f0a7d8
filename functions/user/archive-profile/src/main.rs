//! DELETE /api/user/profile: archives the caller's background profile.

use shared::app::Caller;
use shared::http::{Exit, NoContent, Request, Result, serve_signed_in};
use shared::problem::{OrNotFound, Problem};

async fn archive_profile(caller: Caller, _: Request) -> Result<NoContent> {
    let archived = caller.store().archive_profile(caller.app.config.profile_retention).await;
    archived.or_not_found(Problem::ProfileNotFound)?;
    Ok(NoContent)
}

fn main() -> Exit {
    serve_signed_in(archive_profile)
}
