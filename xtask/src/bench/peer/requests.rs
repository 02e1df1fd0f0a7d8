//! The requests to the peer.

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use harness::node::Process;
use hyper::Request;
use serde_json::{Value, json};

const PASSWORD: &str = "correct horse battery staple";
const EMAIL: &str = "ada@example.com";

/// An account with a session.
#[derive(Debug)]
pub struct Account {
    token: String,
}

/// Makes the account, and the key that signs its tokens.
pub async fn sign_up(process: &Process) -> Result<Account> {
    let body = json!({
        "name": "Ada",
        "email": EMAIL,
        "password": PASSWORD,
        "software_level": "beginner",
        "hardware_background": "robotics",
    });
    let response = process.send(post("sign-up/email", &body)?).await?;
    let token = response.headers().get("set-auth-token").context("a sign-up gives no token")?;
    let account = Account { token: token.to_str()?.to_owned() };
    process.send(like("get-session", &account)?).await?;
    Ok(account)
}

/// The request that this function of ours serves, without scheme and host.
pub fn like(function: &str, account: &Account) -> Result<Request<Bytes>> {
    match function {
        "get-session" => Ok(Request::get("/api/auth/get-session")
            .header("authorization", format!("Bearer {}", account.token))
            .body(Bytes::new())?),
        "sign-in-email" => post("sign-in/email", &json!({"email": EMAIL, "password": PASSWORD})),
        _ => bail!("{function} has no counterpart"),
    }
}

fn post(path: &str, body: &Value) -> Result<Request<Bytes>> {
    let request = Request::post(format!("/api/auth/{path}"));
    let request = request.header("content-type", "application/json");
    Ok(request.body(body.to_string().into())?)
}
