//! POST /api/auth/sign-in/email: signs in as Better Auth's client asks, with cookies and a header.

use serde::{Deserialize, Serialize};
use shared::app::{App, Init, SignIn};
use shared::auth::SessionToken;
use shared::http::{self, Error, Request, Response, Result};
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
struct SignedIn {
    redirect: bool,
    token: SessionToken,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    user: User,
}

async fn sign_in_email(app: &App, request: Request) -> Result<Response> {
    request.refuse_foreign_sign_in(app)?;
    let body: Body = request.better_auth_json_or_form()?;
    let url = request.callback_url(app, body.callback_url)?;
    let new = app
        .sign_in(SignIn {
            email: Email::try_from(body.email).map_err(|_| BetterAuthError::InvalidEmail)?,
            password: Password::attempt_within_limits(&body.password)
                .map_err(BetterAuthError::from)?,
            remember: body.remember_me.unwrap_or(true),
            client: request.client(),
        })
        .await?;
    let user = User::new(new.account, new.profile.as_ref());
    let signed_in =
        SignedIn { redirect: url.is_some(), token: new.token.clone(), url: url.clone(), user };
    let answer =
        Response::json(200, &signed_in).signed_in(app, &request, &new.token, &new.session)?;
    Ok(match url {
        Some(url) => answer.header("location", &url),
        None => answer,
    })
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), Error> {
    let init = Init::default().two_connections().signs(Ring::Session);
    http::serve_with(init, sign_in_email).await
}
