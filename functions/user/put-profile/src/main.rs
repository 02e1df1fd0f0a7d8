//! PUT /api/user/profile: makes, changes or revives the caller's background profile.

use serde::Serialize;
use shared::app::App;
use shared::http::{self, Error, Json, Request, Result};
use shared::id::UserId;
use shared::model::{Background, HardwareBackground, SoftwareLevel};

#[derive(Serialize)]
struct Stored {
    success: bool,
    user_id: UserId,
    software_level: SoftwareLevel,
    hardware_background: HardwareBackground,
}

async fn put_profile(app: &App, request: Request) -> Result<Json<Stored>> {
    let caller = request.signed_in(app).await?;
    let background: Background = request.json()?;
    let profile = app.store.of(&caller).put_profile(background).await?;
    Ok(Json(Stored {
        success: true,
        user_id: profile.user_id,
        software_level: profile.software_level,
        hardware_background: profile.hardware_background,
    }))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), Error> {
    http::serve(put_profile).await
}
