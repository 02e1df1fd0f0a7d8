//! POST /api/auth/sign-in/email: signs in, in the format of Better Auth's client.

use serde::{Deserialize, Serialize};
use shared::app::{App, Init, SignIn};
use shared::auth::SessionToken;
use shared::http::{self, Exit, Request, Response, Result, serve_with};
use shared::model::{Ring, User};
use shared::problem::BetterAuthError;
use shared::text::{Email, Password};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    email: String,
    password: String,
    #[serde(default, deserialize_with = "http::present")]
    remember_me: Option<bool>,
    #[serde(rename = "callbackURL", default, deserialize_with = "http::present")]
    callback_url: Option<String>,
}

#[derive(Serialize)]
struct ResponseBody {
    redirect: bool,
    token: SessionToken,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    user: User,
}

async fn sign_in_email(app: &'static App, request: Request) -> Result<Response> {
    request.refuse_foreign_sign_in(app)?;
    let body: Body = request.better_auth_json_or_form()?;
    let link = request.mail_link(app, body.callback_url)?;
    let url = link.callback_url.clone();
    let new = app
        .sign_in(SignIn {
            email: Email::try_from(body.email).map_err(|_| BetterAuthError::InvalidEmail)?,
            password: Password::attempt_within_limits(&body.password)
                .map_err(BetterAuthError::from)?,
            remember: body.remember_me.unwrap_or(true),
            client: request.client(),
            link,
        })
        .await?;
    let body = ResponseBody {
        redirect: url.is_some(),
        token: new.token.clone(),
        url: url.clone(),
        user: new.user(),
    };
    let response = Response::json(200, &body).signed_in(app, &request, &new)?;
    Ok(match url {
        Some(url) => response.header("location", &url),
        None => response,
    })
}

fn main() -> Exit {
    serve_with(Init::default().two_connections().signs(Ring::Session), sign_in_email)
}
