use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use shared::app::App;
use shared::auth::Code;
use shared::causes;
use shared::mail::{Enclosed, Letter, Mail, Mailer, SendError};
use shared::model::MailJob;
use shared::store::{FoundMail, Mails, Recipient, StoreError};

/// What became of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The job is gone: its mail was sent, or there is none to send.
    Done,
    /// Nothing helps now. The daily schedule tries again, until the job is given up.
    Stays,
    /// It may succeed if it is tried again soon.
    Later,
}

/// Turns jobs into mails.
pub struct Delivery {
    app: &'static App,
    mails: Mails<'static>,
    mailer: Option<&'static Mailer>,
    /// In seconds.
    oldest_waiting: AtomicU64,
}

impl Delivery {
    /// The connection to SES stays open between events.
    pub fn new(app: &'static App) -> Self {
        static MAILER: OnceLock<Option<Mailer>> = OnceLock::new();
        let mailer = MAILER.get_or_init(|| Mailer::new(&app.config)).as_ref();
        Self { app, mails: app.store.mails(), mailer, oldest_waiting: AtomicU64::default() }
    }

    /// Does the job with this sort key. It may be repeated wherever it ended: the job is deleted last,
    /// and a repeated one replaces its own token.
    pub async fn deliver(&self, sk: &str) -> Outcome {
        match self.try_to(sk).await {
            Ok(outcome) => outcome,
            Err(error @ StoreError::Corrupt(_)) => {
                tracing::error!(
                    job = sk,
                    cause = causes::on_one_line(&error),
                    "a mail job can't be done"
                );
                Outcome::Stays
            }
            Err(error) => {
                tracing::warn!(
                    job = sk,
                    cause = causes::on_one_line(&error),
                    "a mail job has to wait"
                );
                Outcome::Later
            }
        }
    }

    /// The age of the oldest mail that could not be sent at a try, in seconds; 0 if each was.
    pub fn age_of_oldest_waiting(&self) -> u64 {
        self.oldest_waiting.load(Ordering::Relaxed)
    }

    async fn try_to(&self, sk: &str) -> Result<Outcome, StoreError> {
        let Some(mail) = self.mails.job(sk).await? else { return Ok(Outcome::Done) };
        let outcome = self.try_mail(&mail).await;
        if !matches!(outcome, Ok(Outcome::Done)) {
            let age = mail.job.created_at.until(self.app.clock.now()).as_secs();
            self.oldest_waiting.fetch_max(age, Ordering::Relaxed);
        }
        outcome
    }

    async fn try_mail(&self, mail: &FoundMail) -> Result<Outcome, StoreError> {
        let id = mail.job.id.as_str();
        if mail.job.created_at.plus(MailJob::LIFETIME) <= self.app.clock.now() {
            tracing::error!(job = id, purpose = ?mail.job.purpose, "a mail was given up: it is too old");
            return self.done(mail).await;
        }
        if mail.is_used_up() {
            tracing::error!(job = id, "a mail was given up: it may have been sent twice already");
            return self.done(mail).await;
        }
        let recipient = self.mails.recipient(&mail.job).await?;
        // Stored for an address without an account as well, so that a wrong code gets the same response.
        let code = self.add_code(&mail.job).await?;
        if recipient.has_bounced {
            tracing::warn!(job = id, "a mail was not sent: mails to its address come back");
            return self.done(mail).await;
        }
        let letter = Letter::of(&mail.job, recipient.account.as_ref(), recipient.owner.as_ref());
        match (letter, self.mailer) {
            (None, _) => self.done(mail).await,
            (Some(_), None) => {
                tracing::error!(job = id, "a mail can't be sent: MAIL_SENDER is not set");
                Ok(Outcome::Stays)
            }
            (Some(letter), Some(mailer)) => self.send(mailer, mail, letter, &recipient, code).await,
        }
    }

    async fn send(
        &self,
        mailer: &Mailer,
        found: &FoundMail,
        letter: Letter,
        recipient: &Recipient,
        code: Option<Code>,
    ) -> Result<Outcome, StoreError> {
        let job = &found.job;
        let enclosed = match (letter.link(), &recipient.account, code) {
            (Some(purpose), Some(account), _) => {
                Enclosed::Link(self.mails.add_token(&account.user_id, purpose, job).await?)
            }
            (_, _, Some(code)) => Enclosed::Code(code),
            _ if letter == Letter::MagicLink => {
                Enclosed::MagicLink(self.mails.add_magic_link(job).await?)
            }
            _ => Enclosed::Nothing,
        };
        if !self.mails.begin(found).await? {
            // Another call does it, or has done it.
            return Ok(Outcome::Done);
        }
        let mail = Mail::write(letter, job, &enclosed, &self.app.config.mail.product_name);
        let (id, cause) = match mailer.send(&mail).await {
            Ok(()) => return self.done(found).await,
            Err(error) => (job.id.as_str(), error),
        };
        match &cause {
            SendError::Unknown(_) => {
                tracing::warn!(job = id, cause = %cause, "a mail may have to be sent again");
                return Ok(Outcome::Later);
            }
            SendError::NotSent(_) => tracing::warn!(job = id, cause = %cause, "a mail has to wait"),
            SendError::Refused(_) => {
                tracing::error!(job = id, cause = %cause, "a mail was refused");
            }
        }
        self.mails.not_sent(found).await?;
        let is_refused = matches!(cause, SendError::Refused(_));
        Ok(if is_refused { Outcome::Stays } else { Outcome::Later })
    }

    /// A new code for the job's address, if the job is about one.
    async fn add_code(&self, job: &MailJob) -> Result<Option<Code>, StoreError> {
        let Some(purpose) = job.purpose.code() else { return Ok(None) };
        let code = Code::random();
        let sealed = self.app.seal_code(&code, &job.to, purpose, job.id.as_str());
        let sealed =
            sealed.ok_or_else(|| StoreError::Unavailable("AUTH_SECRET is not set".into()))?;
        self.mails.add_code(purpose, &sealed, job).await?;
        Ok(Some(code))
    }

    async fn done(&self, mail: &FoundMail) -> Result<Outcome, StoreError> {
        self.mails.done(mail).await?;
        Ok(Outcome::Done)
    }
}
