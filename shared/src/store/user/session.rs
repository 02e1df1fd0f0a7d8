use aws_sdk_dynamodb::types::TransactWriteItem;

use super::super::item::{self, Item};
use super::super::part::Condition;
use super::super::read::Range;
use super::super::write::WriteError;
use super::super::{StoreError, keys};
use super::{UserStore, WithSession};
use crate::clock::Timestamp;
use crate::id::SessionId;
use crate::model::{Account, Profile, Session};

/// A list shows so many sessions: some 40 KB.
const MAX_SESSIONS: usize = 100;

impl UserStore<'_> {
    /// The session with its account and, unless it is archived, its profile. One round trip,
    /// 3 read units.
    pub async fn session(&self) -> Result<(Session, Account, Option<Profile>), StoreError> {
        let key = keys::profile(self.user());
        let mut own = self.read_with_session(std::slice::from_ref(&key)).await?;
        let profile: Option<Profile> = own.rows.take(&key)?;
        Ok((own.session, own.account, profile.and_then(Profile::unless_archived)))
    }

    /// The sessions of the user that hold, the latest first, at most 100. One round trip a megabyte
    /// of sessions, also of those that have ended.
    pub async fn sessions(&self) -> Result<Vec<Session>, StoreError> {
        let (first, last) =
            (keys::SESSION.to_owned(), format!("{}{}", keys::SESSION, keys::AFTER_LETTERS));
        let mut range = Range::partition(keys::user_partition(self.user()));
        range.between = Some((first, last));
        let (own, items) =
            tokio::join!(self.read_with_session(&[]), self.store.query(&range, usize::MAX));
        let (own, now) = (own?, self.store.clock.now());
        let mut sessions: Vec<Session> =
            items?.into_iter().map(item::read).collect::<Result<_, _>>()?;
        sessions.retain(|session| session.is_valid(own.account.auth_epoch, now));
        sessions.sort_by_key(|session| std::cmp::Reverse(session.created_at));
        sessions.truncate(MAX_SESSIONS);
        Ok(sessions)
    }

    /// Moves the end of the session's idle lifetime. One round trip, 1 write unit.
    /// [`StoreError::SignedOut`] if it has been ended meanwhile.
    pub async fn renew_session(
        &self,
        session: Session,
        expires_at: Timestamp,
    ) -> Result<Session, StoreError> {
        let now = self.store.clock.now();
        let update = self
            .store
            .update(&keys::session(self.user(), &session.session_id))
            .update_expression("SET expires_at = :expires_at, updated_at = :now")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":expires_at", item::s(expires_at.to_string()))
            .expression_attribute_values(":now", item::s(now.to_string()));
        match self.store.send_update(update).await {
            Ok(_) => Ok(Session { expires_at, updated_at: now, ..session }),
            Err(WriteError::ConditionFailed(..)) => Err(StoreError::SignedOut),
            Err(error) => Err(error.into()),
        }
    }

    /// Makes sure that the session holds; one round trip, 2 read units.
    pub async fn check_session(&self) -> Result<(), StoreError> {
        self.read_with_session(&[]).await.map(drop)
    }

    /// Ends the present session; two round trips. One that does not hold any more is left alone.
    pub async fn end_session(&self) -> Result<(), StoreError> {
        self.end_session_of(self.signed_in.session_id()).await
    }

    /// Ends a session of the user; one that there is not is no error. Two round trips.
    pub async fn end_session_of(&self, session: &SessionId) -> Result<(), StoreError> {
        self.read_with_session(&[]).await?;
        self.store.delete(&keys::session(self.user(), session)).await
    }

    /// Ends every session of the user, also one that is being made from what was read before. Two
    /// round trips, one transaction.
    pub async fn end_sessions(&self) -> Result<(), StoreError> {
        self.raise(|_| Ok(None)).await
    }

    /// Ends every session of the user but the present one. Two round trips, one transaction.
    pub async fn end_other_sessions(&self) -> Result<(), StoreError> {
        self.raise(|own| self.keep_session(own).map(Some)).await
    }

    /// Raises the epoch in one transaction, with a part of the caller's. Where another request was
    /// quicker, a second tab's for example, it begins anew, unless that has ended this session.
    async fn raise(
        &self,
        part: impl Fn(&WithSession) -> Result<Option<TransactWriteItem>, StoreError>,
    ) -> Result<(), StoreError> {
        const MAX_TRIES: usize = 5;
        for _ in 0..MAX_TRIES {
            let own = self.read_with_session(&[]).await?;
            let mut parts: Vec<_> = self.raise_epoch(&own, None)?.into();
            parts.extend(part(&own)?);
            match self.store.transact(parts).await {
                Ok(()) => return Ok(()),
                Err(WriteError::ConditionFailed(..)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(StoreError::Conflict("the epoch kept changing".into()))
    }

    /// The part that lets the present session count in the next epoch.
    pub(super) fn keep_session(&self, own: &WithSession) -> Result<TransactWriteItem, StoreError> {
        let key = keys::session(self.user(), &own.session.session_id);
        let condition = Condition::present().value(":next", item::n(own.next_epoch()));
        self.store.update_part(&key, "SET auth_epoch = :next", condition)
    }
}

/// A session's item goes when the session can't be used any more, whatever was renewed.
pub(in crate::store) fn session_item(session: &Session) -> Result<Item, StoreError> {
    let key = keys::session(&session.user_id, &session.session_id);
    Ok(item::expires(item::write(key, "session", session)?, session.ends_at()))
}
