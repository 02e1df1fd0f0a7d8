//! Mails that are to be sent, and who gets none.

use super::codes::StoredCode;
use super::item::{self, Item};
use super::keys::{self, Key};
use super::kind::Kind;
use super::last_three::{LastThree, Mailed};
use super::links::StoredToken;
use super::write::{Condition, Part, Put, Write, happened};
use super::{Store, StoreError};
use crate::auth::{LinkToken, SignInToken};
use crate::id::UserId;
use crate::model::{Account, CodePurpose, Credential, LinkPurpose, MailJob};
use crate::text::Email;

/// The mails that are to be sent. An endpoint stores a job, the same for addresses with and without an
/// account, and the background function that sends them reads the rest.
#[derive(Debug)]
pub struct Mails<'a> {
    store: &'a Store,
}

/// A job as it is in the table.
#[derive(Debug)]
pub struct FoundMail {
    /// The job.
    pub job: MailJob,
    key: Key,
    sends: u64,
}

impl FoundMail {
    /// Maximum times that a mail is handed to SES without our learning that it was refused: once more
    /// than once, for a function that died or a response that was lost.
    const MAX_SENDS: u64 = 2;

    /// The job in an item.
    fn read(item: Item) -> Result<Self, StoreError> {
        let key = item::primary_key(&item)?;
        let sends = if item.contains_key("sends") { item::number(&item, "sends")? } else { 0 };
        Ok(Self { job: item::read(item)?, key, sends })
    }

    /// The sort key, under which the job is read again.
    pub fn sk(&self) -> &str {
        &self.key.sk
    }

    /// Whether the mail may have been sent as often as it may be.
    pub fn is_used_up(&self) -> bool {
        self.sends >= Self::MAX_SENDS
    }
}

/// Some jobs, oldest first.
#[derive(Debug, Default)]
pub struct MailPage {
    /// Those that can be read.
    pub jobs: Vec<FoundMail>,
    /// What is wrong with one that can't.
    pub malformed: Option<StoreError>,
    /// Where the next page begins, unless this is the last one.
    pub next: Option<String>,
}

/// What is known of an address that a mail goes to.
#[derive(Debug)]
pub struct Recipient {
    /// The account of the job's user or, if it names none, of the user who has the address.
    pub account: Option<Account>,
    /// The user who has the address.
    pub owner: Option<UserId>,
    /// Whether mails to the address come back.
    pub has_bounced: bool,
}

impl<'a> Mails<'a> {
    pub(super) fn new(store: &'a Store) -> Self {
        Self { store }
    }

    /// Stores a job. One round trip, 1 write unit.
    pub async fn post(&self, job: &MailJob) -> Result<(), StoreError> {
        self.store.send(mail_write(job)?).await.map(drop).map_err(Into::into)
    }

    /// The job with this sort key, which the table's stream gives; `None` if it is done.
    pub async fn job(&self, sk: &str) -> Result<Option<FoundMail>, StoreError> {
        let key = Key { pk: keys::MAILS.to_owned(), sk: sk.to_owned() };
        let mut rows = self.store.get(std::slice::from_ref(&key)).await?;
        rows.take_item(&key).map(FoundMail::read).transpose()
    }

    /// The jobs that are not done, oldest first, from where a page says that the next one begins.
    pub async fn page(&self, from: Option<String>) -> Result<MailPage, StoreError> {
        let (items, next) = self.store.jobs(keys::MAILS, from).await?;
        let mut page = MailPage { next, ..MailPage::default() };
        for item in items {
            match FoundMail::read(item) {
                Ok(mail) => page.jobs.push(mail),
                Err(error) => page.malformed = Some(error),
            }
        }
        Ok(page)
    }

    /// Counts that a mail is handed to SES, before it is. `false` if it may not be: the job is done, or
    /// others have done so as often as it may be. One round trip, 1 write unit.
    pub async fn begin(&self, mail: &FoundMail) -> Result<bool, StoreError> {
        let may = "attribute_exists(pk) AND (attribute_not_exists(#sends) OR #sends < :max)";
        let may = Condition::new(may)
            .name("#sends", "sends")
            .value(":max", item::n(FoundMail::MAX_SENDS));
        let begin = Write::update(&mail.key).add("sends", item::n(1)).when(may);
        happened(self.store.send(begin).await)
    }

    /// Takes back what [`Mails::begin`] has counted, since SES has not taken the mail.
    pub async fn not_sent(&self, mail: &FoundMail) -> Result<(), StoreError> {
        let back = Write::update(&mail.key).add("sends", item::n(-1)).when(Condition::present());
        happened(self.store.send(back).await).map(drop)
    }

    /// Deletes a job that is done. It may be repeated.
    pub async fn done(&self, mail: &FoundMail) -> Result<(), StoreError> {
        self.store.send(Write::delete(&mail.key)).await.map(drop).map_err(Into::into)
    }

    /// What is known of a job's address. Two round trips.
    pub async fn recipient(&self, job: &MailJob) -> Result<Recipient, StoreError> {
        let (credential, bounced) = (keys::credential(&job.to), keys::bounced(&job.to));
        let mut rows = self.store.get(&[credential.clone(), bounced.clone()]).await?;
        let has_bounced = rows.take_item(&bounced).is_some();
        let owner: Option<Credential> = rows.take(&credential)?;
        let owner = owner.map(|credential| credential.user_id);
        let user_id = job.user_id.clone().or_else(|| owner.clone());
        let account = match user_id {
            Some(user_id) => self.store.row(&keys::account(&user_id)).await?,
            None => None,
        };
        Ok(Recipient { account, owner, has_bounced })
    }

    /// A new token for a user's link. The last three of its purpose are valid, so that a stranger who
    /// asks for mails can't make the owner's link invalid. A job that is repeated replaces its own.
    /// Two round trips.
    pub async fn add_token(
        &self,
        user_id: &UserId,
        purpose: LinkPurpose,
        job: &MailJob,
    ) -> Result<LinkToken, StoreError> {
        let token = LinkToken::random(user_id.clone());
        let stored = StoredToken::of(job, self.store.clock.now().plus(LinkPurpose::LIFETIME));
        self.add_link(&LastThree::links(user_id, purpose), &token.hash(), job, &stored).await?;
        Ok(token)
    }

    /// The same for a link that signs in with the job's address.
    pub async fn add_magic_link(&self, job: &MailJob) -> Result<SignInToken, StoreError> {
        let address = job.to.hash();
        let token = SignInToken::random(address.clone());
        let expires_at = self.store.clock.now().plus(MailJob::MAGIC_LINK_LIFETIME);
        let stored = StoredToken::of(job, expires_at);
        self.add_link(&LastThree::magic_links(&address), &token.hash(), job, &stored).await?;
        Ok(token)
    }

    async fn add_link(
        &self,
        row: &LastThree,
        hash: &str,
        job: &MailJob,
        stored: &StoredToken,
    ) -> Result<(), StoreError> {
        let stored = item::value(stored)?;
        self.add(row, &Mailed { name: hash, job: &job.id, stored }).await
    }

    /// Stores a code for the job's address, as its HMAC. The last three of its purpose are valid. A job
    /// that is repeated replaces its own. Two round trips.
    pub async fn add_code(
        &self,
        purpose: CodePurpose,
        sealed: &str,
        job: &MailJob,
    ) -> Result<(), StoreError> {
        let expires_at = self.store.clock.now().plus(CodePurpose::LIFETIME);
        let stored = item::value(StoredCode::new(sealed, expires_at))?;
        let row = LastThree::codes(&job.to.hash(), purpose);
        self.add(&row, &Mailed { name: job.id.as_str(), job: &job.id, stored }).await
    }

    /// Reads a row and stores it with one more, until nobody else has changed it meanwhile.
    async fn add(&self, row: &LastThree, mailed: &Mailed<'_>) -> Result<(), StoreError> {
        const MAX_TRIES: usize = 5;
        for _ in 0..MAX_TRIES {
            let seen = self.store.get(std::slice::from_ref(row.key())).await?.take_item(row.key());
            let (next, unchanged) = row.with(seen.as_ref(), mailed, self.store.clock.now())?;
            if happened(self.store.send(Write::put(next).when(unchanged)).await)? {
                return Ok(());
            }
        }
        Err(StoreError::Conflict("links or codes changed again and again".into()))
    }

    /// Stores that mails to an address come back for good. One round trip, 1 write unit.
    pub async fn mark_bounced(&self, email: &Email) -> Result<(), StoreError> {
        let mark = Write::update(&keys::bounced(email))
            .set_kind(Kind::Bounced)
            .set_if_absent("bounced_at", item::s(self.store.clock.now().to_string()));
        self.store.send(mark).await.map(drop).map_err(Into::into)
    }
}

/// The write of a job, alone or in a transaction with what it belongs to.
pub(super) fn mail_write(job: &MailJob) -> Result<Write<Put>, StoreError> {
    Ok(Write::put(mail_item(job)?))
}

/// The same as a part of a transaction.
pub(super) fn mail_part(job: &MailJob) -> Result<Part, StoreError> {
    Ok(mail_write(job)?.when(Condition::absent()).into())
}

fn mail_item(job: &MailJob) -> Result<Item, StoreError> {
    let item = item::write(keys::mail_job(job), Kind::MailJob, job)?;
    Ok(item::expires(item, job.created_at.plus(MailJob::LIFETIME)))
}
