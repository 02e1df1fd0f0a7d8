//! The links of mails: their tokens, as whoever sends a mail makes them, and the mails that are to be
//! sent.

use std::time::Duration;

use harness::provider::Person;
use harness::stack::{Stack, TEST_PROVIDER, User};
use serde_json::{Map, Value, json};
use shared::auth::LinkToken;
use shared::clock::{Clock, Timestamp};
use shared::id::UserId;

use crate::mailed::{prove, with_mailed};
use crate::routes::SampleRoute;
use crate::social::{self, Browser};

/// Choosing a new password.
pub const RESET: &str = "RESET_PASSWORD";
/// Proving the address.
pub const VERIFY: &str = "VERIFY_EMAIL";
/// Changing the address.
pub const CHANGE: &str = "CHANGE_EMAIL";
/// All purposes.
pub const PURPOSES: [&str; 4] = [RESET, VERIFY, CHANGE, "DELETE_USER"];

/// A token of this user, as if a mail with it had been sent to `email` just now.
pub async fn mint(stack: &Stack, user: &User, email: &str, purpose: &str) -> String {
    mint_until(stack, user, email, purpose, Clock::System.now().plus(Duration::from_hours(1))).await
}

/// The same, but it expires at `until`.
///
/// # Panics
/// When the table can't be written.
#[expect(clippy::expect_used, reason = "a test that meets the unexpected must fail")]
pub async fn mint_until(
    stack: &Stack,
    user: &User,
    email: &str,
    purpose: &str,
    until: Timestamp,
) -> String {
    let id = UserId::try_from(user.id.clone()).expect("the id of a user");
    let token = LinkToken::random(id);
    let (pk, sk) = (format!("USER#{}", user.id), format!("TOKEN#{purpose}"));
    let row = stack.engine.get_item(&pk, &sk).await.expect("the row is read");
    let seen = row.as_ref().and_then(|row| row.get("tokens")?.get("M")?.as_object());
    let mut tokens: Map<String, Value> = seen.cloned().unwrap_or_default();
    let stored = json!({ "M": {
        "job": { "S": "jobjobjobjobjobjobjobjobjobjobjo" },
        "email": { "S": email },
        "expires_at": { "S": until.to_string() },
    } });
    tokens.insert(token.hash(), stored);
    let item = json!({
        "pk": { "S": pk }, "sk": { "S": sk }, "kind": { "S": "link_tokens" }, "v": { "N": "1" },
        "version": { "N": "1" }, "tokens": { "M": tokens },
        "ttl": { "N": until.seconds().to_string() },
    });
    stack.engine.put_item(item).await.expect("the row is written");
    token.expose()
}

/// A route whose request succeeds for this user: those that links of mails lead to need a link.
pub async fn with_link(stack: &Stack, user: &User, mut route: SampleRoute) -> SampleRoute {
    if let Some(ready) = with_provider(stack, user, &route).await {
        return ready;
    }
    let purpose = match route.function.as_str() {
        "open-reset-link" | "reset-password" => RESET,
        "verify-email" | "confirm-email" => VERIFY,
        _ => {
            if route.takes_mailed() {
                prove(stack, user).await;
                with_mailed(stack, &user.email, &mut route).await;
            }
            return route;
        }
    };
    let token = mint(stack, user, &user.email, purpose).await;
    match route.function.as_str() {
        "open-reset-link" => {
            route.path = format!("/api/auth/reset-password/{token}?callbackURL=%2Freset");
        }
        "verify-email" => route.path = format!("{}?token={token}", route.path),
        _ => {
            if let Some(fields) = route.body.as_object_mut() {
                fields.insert("token".to_owned(), json!(token));
            }
        }
    }
    route
}

/// A route about accounts at providers whose request succeeds for this user; `None` for another route.
async fn with_provider(stack: &Stack, user: &User, route: &SampleRoute) -> Option<SampleRoute> {
    const ROUTES: [&str; 5] =
        ["finish-social", "account-info", "unlink-account", "get-access-token", "refresh-token"];
    let mut route = route.clone();
    if !ROUTES.contains(&route.function.as_str()) {
        return None;
    }
    let begun = Browser::new(stack).beginning(&json!({ "provider": "github" })).await;
    if begun.status != 200 {
        // Nothing succeeds in a stack that is broken.
        let state = "x".repeat(32);
        route.path = format!("{}?state={state}", route.path);
        route.cookie = Some(("__Secure-better-auth.state".to_owned(), state));
        return Some(route);
    }
    match route.function.as_str() {
        "finish-social" => {
            let mut browser = Browser::new(stack);
            let visitor = Person::new(&random_name());
            route.path = browser.callback_of(TEST_PROVIDER, visitor).await;
            let cookie = browser.jar.iter().next();
            route.cookie = cookie.map(|(name, value)| (name.to_owned(), value.to_owned()));
        }
        "account-info" => {
            let id = social::linked(stack, user).await;
            route.path = format!("{}?accountId={id}", route.path);
        }
        "unlink-account" | "get-access-token" | "refresh-token" => {
            let id = social::linked(stack, user).await;
            route.body.as_object_mut()?.insert("accountId".to_owned(), json!(id));
        }
        _ => return None,
    }
    Some(route)
}

/// The name of somebody who is new.
pub fn random_name() -> String {
    UserId::random().as_str().to_lowercase()
}

/// The same for several routes.
pub async fn with_links(stack: &Stack, user: &User, routes: Vec<SampleRoute>) -> Vec<SampleRoute> {
    let mut ready = Vec::new();
    for route in routes {
        ready.push(with_link(stack, user, route).await);
    }
    ready
}

/// The mails that are to be sent, oldest first, as what is stored of each.
///
/// # Panics
/// When the table can't be read.
#[expect(clippy::expect_used, reason = "a test that meets the unexpected must fail")]
pub async fn mails(stack: &Stack) -> Vec<Value> {
    let jobs = stack.engine.query("MAILS", "").await.expect("the jobs are read");
    let text = |job: &Value, name: &str| job.get(name)?.get("S").cloned();
    let fields = [
        "purpose",
        "to",
        "user_id",
        "origin",
        "callback_url",
        "new_user_callback_url",
        "error_callback_url",
        "name",
    ];
    let plain =
        |job: &Value| fields.iter().map(|name| (*name, text(job, name))).collect::<Vec<_>>();
    jobs.iter()
        .map(|job| {
            let present = plain(job).into_iter().filter_map(|(name, value)| Some((name, value?)));
            present.map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>().into()
        })
        .collect()
}

/// Deletes the mails that are to be sent.
///
/// # Panics
/// When the table can't be written.
#[expect(clippy::expect_used, reason = "a test that meets the unexpected must fail")]
pub async fn forget_mails(stack: &Stack) {
    for job in stack.engine.query("MAILS", "").await.expect("the jobs are read") {
        let sk = job.get("sk").and_then(|sk| sk.get("S")?.as_str()).unwrap_or_default();
        stack.engine.delete_item("MAILS", sk).await.expect("the job is deleted");
    }
}

/// The kinds of links of which the user has valid or expired tokens.
///
/// # Panics
/// When the table can't be read.
#[expect(clippy::expect_used, reason = "a test that meets the unexpected must fail")]
pub async fn purposes_of(stack: &Stack, user: &User) -> Vec<String> {
    let rows = stack.engine.query(&format!("USER#{}", user.id), "TOKEN#").await;
    let rows = rows.expect("the rows are read");
    let sk =
        |row: &Value| row.get("sk")?.get("S")?.as_str()?.strip_prefix("TOKEN#").map(str::to_owned);
    rows.iter().filter_map(sk).collect()
}
