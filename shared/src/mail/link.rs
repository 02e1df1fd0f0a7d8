use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::Letter;
use crate::auth::LinkToken;
use crate::model::MailJob;

/// What a value of a query may not contain as it is (RFC 3986, section 2.3).
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The address that a mail's button opens. Its page goes on to the job's `callback_url`.
pub(super) fn url(letter: Letter, job: &MailJob, token: &LinkToken) -> Option<String> {
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
        Letter::AccountExists | Letter::EmailChanged => None,
    }
}
