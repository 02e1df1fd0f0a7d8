//! Mails: what each says, and Amazon SES, which sends them. Only the function `send-mail` uses this module,
//! so that no other function links the client of SES.

mod enclosed;
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

pub use enclosed::Enclosed;
pub use failure::SendError;
pub use letter::Letter;
pub use mailer::Mailer;

use words::Words;

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
    /// Writes the mail of a job, with what it encloses.
    pub fn write(letter: Letter, job: &MailJob, enclosed: &Enclosed, product: &str) -> Self {
        let words = Words::of(letter, job, enclosed, product);
        Self {
            to: job.to.clone(),
            tag: letter.tag(),
            text: plain::render(&words, product),
            html: html::render(&words, product),
            subject: words.subject,
        }
    }
}
