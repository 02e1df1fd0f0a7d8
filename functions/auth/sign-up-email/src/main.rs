//! POST /api/auth/sign-up/email: makes an account and signs it in, in the format of Better Auth's client.

use serde::{Deserialize, Serialize};
use shared::app::{App, Init, SignUp, SignedUp};
use shared::auth::SessionToken;
use shared::http::{self, Exit, Request, Response, Result, serve_with};
use shared::model::{Background, HardwareBackground, Ring, SoftwareLevel, User};
use shared::problem::{BetterAuthError, Problem};
use shared::text::{Email, Image, Name, Password};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    name: Name,
    email: Email,
    password: String,
    #[serde(default, deserialize_with = "http::present")]
    image: Option<Image>,
    #[serde(rename = "callbackURL", default, deserialize_with = "http::present")]
    callback_url: Option<String>,
    #[serde(default, deserialize_with = "http::present")]
    remember_me: Option<bool>,
    #[serde(rename = "software_level")]
    software_level: Option<SoftwareLevel>,
    #[serde(rename = "hardware_background")]
    hardware_background: Option<HardwareBackground>,
}

#[derive(Serialize)]
struct ResponseBody {
    token: Option<SessionToken>,
    user: User,
}

async fn sign_up_email(app: &'static App, request: Request) -> Result<Response> {
    request.refuse_foreign_sign_in(app)?;
    let body: Body = request.better_auth_json_or_form()?;
    let background = background(&body)?;
    if body.password.is_empty() {
        return Err(Problem::empty_field("/password"));
    }
    let link = request.mail_link(app, body.callback_url)?;
    let signed_up = app
        .sign_up(SignUp {
            email: body.email,
            password: Password::try_from(body.password).map_err(BetterAuthError::from)?,
            name: body.name,
            image: body.image,
            background,
            remember: body.remember_me.unwrap_or(true),
            client: request.client(),
            link,
        })
        .await?;
    match signed_up {
        SignedUp::Session(new) => {
            let body = ResponseBody { token: Some(new.token.clone()), user: new.user() };
            Response::json(200, &body).signed_in(app, &request, &new)
        }
        SignedUp::Unverified(user) => {
            Ok(Response::json(200, &ResponseBody { token: None, user: *user }))
        }
    }
}

/// The background profile. It needs both fields: one alone is an error.
fn background(body: &Body) -> Result<Option<Background>> {
    let missing = match (body.software_level, body.hardware_background) {
        (Some(software_level), Some(hardware_background)) => {
            return Ok(Some(Background { software_level, hardware_background }));
        }
        (None, None) => return Ok(None),
        (None, Some(_)) => "/software_level",
        (Some(_), None) => "/hardware_background",
    };
    Err(Problem::incomplete_background(missing))
}

fn main() -> Exit {
    serve_with(Init::default().signs(Ring::Session), sign_up_email)
}
