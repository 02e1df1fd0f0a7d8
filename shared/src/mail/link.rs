use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{Enclosed, Letter};
use crate::auth::{LinkToken, SignInToken};
use crate::model::MailJob;

/// What a value of a query may not contain as it is (RFC 3986, section 2.3).
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The address that a mail's button opens. Its page goes on to the job's `callback_url`.
pub(super) fn url(letter: Letter, job: &MailJob, enclosed: &Enclosed) -> Option<String> {
    match enclosed {
        Enclosed::Link(token) => of_user(letter, job, token),
        Enclosed::MagicLink(token) => Some(magic_link(job, token)),
        Enclosed::Nothing | Enclosed::Code(_) => None,
    }
}

fn magic_link(job: &MailJob, token: &SignInToken) -> String {
    let callback = job.callback_url.as_deref().unwrap_or("/");
    let pages = [
        ("callbackURL", Some(callback)),
        ("newUserCallbackURL", job.new_user_callback_url.as_deref()),
        ("errorCallbackURL", job.error_callback_url.as_deref()),
    ];
    let (origin, token) = (&job.origin, token.expose());
    let link = format!("{origin}/api/auth/magic-link/verify?token={token}");
    pages.into_iter().fold(link, |link, (name, page)| match page {
        Some(page) => format!("{link}&{name}={}", utf8_percent_encode(page, ENCODED)),
        None => link,
    })
}

fn of_user(letter: Letter, job: &MailJob, token: &LinkToken) -> Option<String> {
    let (origin, token) = (&job.origin, token.expose());
    let callback = |default: &str| {
        let url = job.callback_url.as_deref().unwrap_or(default);
        utf8_percent_encode(url, ENCODED).to_string()
    };
    match letter {
        Letter::ResetPassword => {
            Some(format!("{origin}/api/auth/reset-password/{token}?callbackURL={}", callback("")))
        }
        Letter::VerifyEmail { .. } | Letter::ChangeEmail => Some(format!(
            "{origin}/api/auth/verify-email?token={token}&callbackURL={}",
            callback("/")
        )),
        Letter::DeleteUser => Some(format!(
            "{origin}/api/auth/delete-user/callback?token={token}&callbackURL={}",
            callback("/")
        )),
        Letter::AccountExists | Letter::EmailChanged | Letter::MagicLink | Letter::Code(_) => None,
    }
}
