//! Mails: what each says, and Amazon SES, which sends them. Only the function `send-mail` uses this module,
//! so that no other function links the client of SES.

mod failure;
mod html;
mod letter;
mod link;
mod mailer;
mod plain;
mod sender;
#[cfg(test)]
mod tests;
mod words;

pub use failure::SendError;
pub use letter::Letter;
pub use mailer::Mailer;

use words::Words;

use crate::auth::LinkToken;
use crate::model::MailJob;
use crate::text::Email;

/// A mail as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    to: Email,
    /// The type, as SES counts it.
    tag: &'static str,
    subject: String,
    text: String,
    html: String,
}

impl Mail {
    /// Writes the mail of a job. The link has this token, if it needs one.
    pub fn write(letter: Letter, job: &MailJob, token: Option<&LinkToken>, product: &str) -> Self {
        let url = token.and_then(|token| link::url(letter, job, token));
        let words = Words::of(letter, job, url, product);
        Self {
            to: job.to.clone(),
            tag: letter.tag(),
            text: plain::render(&words, product),
            html: html::render(&words, product),
            subject: words.subject,
        }
    }
}
