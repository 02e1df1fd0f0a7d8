//! The mails that a stack has sent.

use super::Stack;
use crate::outbox::Mail;

impl Stack {
    /// The mails to an address, oldest first. Functions send them when the stream is delivered.
    pub fn mails_to(&self, address: &str) -> Vec<Mail> {
        let mut mails = self.outbox.mails();
        mails.retain(|mail| mail.to == address);
        mails
    }

    /// Delivers the stream, and returns the newest mail to an address that came with it.
    ///
    /// # Panics
    /// When none came.
    #[expect(clippy::panic, reason = "a test that meets the unexpected must fail")]
    pub async fn next_mail(&self, address: &str) -> Mail {
        let before = self.mails_to(address).len();
        if let Err(error) = self.deliver_stream().await {
            panic!("the stream is not delivered: {error:#}");
        }
        match self.mails_to(address).into_iter().skip(before).next_back() {
            Some(mail) => mail,
            None => panic!("{address} got no mail"),
        }
    }
}
