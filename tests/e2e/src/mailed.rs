//! Links and codes that sign in, as if a mail with them had been sent just now.

use std::time::Duration;

use harness::stack::{Stack, TEST_SECRET, User};
use serde_json::{Value, json};
use shared::auth::{AuthSecret, Code, SignInToken};
use shared::clock::{Clock, Timestamp};
use shared::model::CodePurpose;
use shared::text::Email;

use crate::routes::SampleRoute;

/// The id of the mail.
const MAIL: &str = "jobjobjobjobjobjobjobjobjobjobjo";

/// The end of what is mailed now.
pub fn in_five_minutes() -> Timestamp {
    Clock::System.now().plus(Duration::from_mins(5))
}

/// The partition of an address's links and codes.
pub fn partition(email: &str) -> String {
    format!("ADDRESS#{}", address(email).hash())
}

/// The sort key of the codes for one purpose.
pub fn codes_key(purpose: CodePurpose) -> String {
    format!("TOKEN#{}_CODE", purpose.name())
}

/// The token of a link, which expires at `until`. It makes void what was mailed before.
///
/// # Panics
/// When the row can't be written.
pub async fn mint_magic_link(stack: &Stack, email: &str, until: Timestamp) -> String {
    let token = SignInToken::random(address(email).hash());
    let stored = json!({ "M": {
        "job": { "S": MAIL }, "email": { "S": email }, "expires_at": { "S": until.to_string() },
    } });
    let tokens = json!({ "tokens": { "M": { token.hash(): stored } } });
    put(stack, email, "TOKEN#MAGIC_LINK", "magic_links", tokens, until).await;
    token.expose()
}

/// A code, which expires at `until`. It makes void what was mailed before.
///
/// # Panics
/// When the row can't be written.
#[expect(clippy::expect_used, reason = "a test that meets the unexpected must fail")]
pub async fn mint_code(
    stack: &Stack,
    email: &str,
    purpose: CodePurpose,
    until: Timestamp,
) -> String {
    let secret = AuthSecret::try_from(TEST_SECRET.to_owned()).expect("a long secret");
    let code = Code::random();
    let sealed = code.seal(&secret, &[purpose.name(), email, MAIL]).expect("a key");
    let stored = json!({ "M": {
        "sealed": { "S": sealed }, "expires_at": { "S": until.to_string() }, "wrong": { "N": "0" },
    } });
    let codes = json!({ "codes": { "M": { MAIL: stored } } });
    put(stack, email, &codes_key(purpose), "codes", codes, until).await;
    code.expose().to_owned()
}

/// What an address needs before the route succeeds for it: a link or a code. Adds it to the request.
pub async fn with_mailed(stack: &Stack, email: &str, route: &mut SampleRoute) {
    let until = in_five_minutes();
    let purpose = match route.function.as_str() {
        "verify-magic-link" => {
            let token = mint_magic_link(stack, email, until).await;
            route.path = format!("{}?token={token}", route.path);
            return;
        }
        "confirm-magic-link" => {
            let token = mint_magic_link(stack, email, until).await;
            set(route, "token", &token);
            return;
        }
        "sign-in-email-otp" | "check-verification-otp" => CodePurpose::SignIn,
        "verify-email-otp" => CodePurpose::VerifyEmail,
        "reset-password-otp" => CodePurpose::ResetPassword,
        _ => return,
    };
    let code = mint_code(stack, email, purpose, until).await;
    set(route, "otp", &code);
}

/// Makes a user's address proven, so that a link or a code ends nothing.
///
/// # Panics
/// When the row can't be written.
#[expect(clippy::expect_used, reason = "a test that meets the unexpected must fail")]
pub async fn prove(stack: &Stack, user: &User) {
    let proven = [("email_verified", json!({ "BOOL": true }))];
    let pk = format!("USER#{}", user.id);
    stack.engine.set(&pk, "ACCOUNT", &proven).await.expect("the row is written");
}

/// A code that is not this one.
pub fn other_than(code: &str) -> &'static str {
    if code == "000000" { "000001" } else { "000000" }
}

fn set(route: &mut SampleRoute, name: &str, value: &str) {
    if let Some(fields) = route.body.as_object_mut() {
        fields.insert(name.to_owned(), json!(value));
    }
}

#[expect(clippy::expect_used, reason = "a test that meets the unexpected must fail")]
fn address(email: &str) -> Email {
    Email::try_from(email.to_owned()).expect("an address")
}

#[expect(clippy::expect_used, reason = "a test that meets the unexpected must fail")]
async fn put(stack: &Stack, email: &str, sk: &str, kind: &str, mut row: Value, until: Timestamp) {
    let keys = json!({
        "pk": { "S": partition(email) }, "sk": { "S": sk }, "kind": { "S": kind }, "v": { "N": "1" },
        "version": { "N": "1" }, "ttl": { "N": until.seconds().to_string() },
    });
    if let (Some(fields), Some(keys)) = (row.as_object_mut(), keys.as_object()) {
        fields.extend(keys.clone());
    }
    stack.engine.put_item(row).await.expect("the row is written");
}
