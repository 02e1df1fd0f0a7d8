//! POST /api/auth/update-user: changes the caller's name, picture and background profile.

use serde::Deserialize;
use serde_json::json;
use shared::app::{App, Caller};
use shared::http::{Exit, Request, Response, Result, serve_signed_in};
use shared::model::{Background, Change, HardwareBackground, SoftwareLevel};
use shared::problem::{BetterAuthError, OrNotFound, Problem};
use shared::store::{BackgroundChange, UserChange};
use shared::text::{Image, Name};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Body {
    email: Change<serde_json::Value>,
    name: Change<Name>,
    image: Change<Image>,
    software_level: Change<SoftwareLevel>,
    hardware_background: Change<HardwareBackground>,
}

async fn update_user(caller: Caller, request: Request) -> Result<Response> {
    let body: Body = request.better_auth_json()?;
    if body.email != Change::Keep {
        return Err(BetterAuthError::EmailCanNotBeUpdated.into());
    }
    let background = background(caller.app, &body)?;
    let change = UserChange { name: body.name, image: body.image, background };
    if change.is_empty() {
        return Err(BetterAuthError::NoFieldsToUpdate.into());
    }
    let session = caller
        .store()
        .update_user(&change)
        .await
        .or_not_found(Problem::incomplete_background(missing(background)))?;
    Response::json(200, &json!({ "status": true })).session_renewed(&caller, &request, &session)
}

fn background(app: &App, body: &Body) -> Result<Option<BackgroundChange>> {
    let retention = app.config.profile_retention;
    Ok(Some(match (body.software_level, body.hardware_background) {
        (Change::Keep, Change::Keep) => return Ok(None),
        (Change::Set(software_level), Change::Set(hardware_background)) => {
            BackgroundChange::Both(Background { software_level, hardware_background })
        }
        (Change::Set(level), Change::Keep) => BackgroundChange::SoftwareLevel(level),
        (Change::Keep, Change::Set(hardware)) => BackgroundChange::HardwareBackground(hardware),
        (Change::Clear, Change::Clear) => BackgroundChange::Archive { retention },
        (Change::Clear, _) => return Err(Problem::incomplete_background("/software_level")),
        (_, Change::Clear) => return Err(Problem::incomplete_background("/hardware_background")),
    }))
}

/// The other field, which a new profile needs too.
fn missing(change: Option<BackgroundChange>) -> &'static str {
    match change {
        Some(BackgroundChange::HardwareBackground(_)) => "/software_level",
        _ => "/hardware_background",
    }
}

fn main() -> Exit {
    serve_signed_in(update_user)
}
