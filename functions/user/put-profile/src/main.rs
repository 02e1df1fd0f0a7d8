//! PUT /api/user/profile: makes, changes or revives the caller's background profile.

use serde::Serialize;
use shared::app::Caller;
use shared::http::{Exit, Json, Request, Result, serve_signed_in};
use shared::id::UserId;
use shared::model::{Background, HardwareBackground, SoftwareLevel};

#[derive(Serialize)]
struct ResponseBody {
    success: bool,
    user_id: UserId,
    software_level: SoftwareLevel,
    hardware_background: HardwareBackground,
}

async fn put_profile(caller: Caller, request: Request) -> Result<Json<ResponseBody>> {
    let background: Background = request.json()?;
    let profile = caller.store().put_profile(background).await?;
    Ok(Json(ResponseBody {
        success: true,
        user_id: profile.user_id,
        software_level: profile.software_level,
        hardware_background: profile.hardware_background,
    }))
}

fn main() -> Exit {
    serve_signed_in(put_profile)
}
