use std::cmp::Reverse;

use super::{UserStore, WithSession, raise_epoch};
use crate::clock::Timestamp;
use crate::id::SessionId;
use crate::model::{Account, Profile, Session};
use crate::store::item::{self, Item};
use crate::store::read::Range;
use crate::store::write::{Condition, Update, Write, happened};
use crate::store::{Kind, StoreError, keys};

/// Maximum sessions in a list: some 40 KB.
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

    /// The user's valid sessions, the latest first, at most 100, with the present one. One round trip for each megabyte of
    /// sessions, including those that have ended.
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
        // The present session is listed, however many began after it.
        let is_other = |session: &Session| session.session_id != *self.signed_in.session_id();
        sessions.sort_by_key(|session| (is_other(session), Reverse(session.created_at)));
        sessions.truncate(MAX_SESSIONS);
        sessions.sort_by_key(|session| Reverse(session.created_at));
        Ok(sessions)
    }

    /// Moves the end of the session's idle lifetime. One round trip, 1 write unit.
    /// [`StoreError::SignedOut`] if it has been ended since it was read.
    pub async fn renew_session(
        &self,
        session: Session,
        expires_at: Timestamp,
    ) -> Result<Session, StoreError> {
        let now = self.store.clock.now();
        let update = Write::update(&keys::session(self.user(), &session.session_id))
            .set("expires_at", item::s(expires_at.to_string()))
            .set("updated_at", item::s(now.to_string()))
            .when(Condition::present());
        self.store.send(update).await.map_err(|error| error.or(StoreError::SignedOut))?;
        Ok(Session { expires_at, updated_at: now, ..session })
    }

    /// Checks that the session is valid; one round trip, 2 read units.
    pub async fn check_session(&self) -> Result<(), StoreError> {
        self.read_with_session(&[]).await.map(drop)
    }

    /// Ends the present session; two round trips. [`StoreError::SignedOut`] if it is not valid any
    /// more.
    pub async fn end_session(&self) -> Result<(), StoreError> {
        self.end_session_of(self.signed_in.session_id()).await
    }

    /// Ends a session of the user, if there is such a session. Two round trips.
    pub async fn end_session_of(&self, session: &SessionId) -> Result<(), StoreError> {
        self.read_with_session(&[]).await?;
        self.store.send(Write::delete(&keys::session(self.user(), session))).await?;
        Ok(())
    }

    /// Ends all sessions of the user, including those of a sign-in that is not finished yet. Two
    /// round trips, one transaction.
    pub async fn end_sessions(&self) -> Result<(), StoreError> {
        self.raise(|_| None).await
    }

    /// Ends all other sessions of the user. Two round trips, one transaction.
    pub async fn end_other_sessions(&self) -> Result<(), StoreError> {
        self.raise(|own| Some(self.carry_session(own))).await
    }

    /// Raises the epoch in one transaction, with the caller's write. If another request was faster,
    /// for example one of a second tab, it tries again, unless that request has ended this session.
    async fn raise(
        &self,
        write: impl Fn(&WithSession) -> Option<Write<Update>>,
    ) -> Result<(), StoreError> {
        const MAX_TRIES: usize = 5;
        for _ in 0..MAX_TRIES {
            let own = self.read_with_session(&[]).await?;
            let writes = raise_epoch(&own.account, None).into_iter().chain(write(&own));
            if happened(self.store.transact(writes).await)? {
                return Ok(());
            }
        }
        Err(StoreError::Conflict("the epoch changed again and again".into()))
    }

    /// The write that makes the present session valid in the next epoch.
    pub(super) fn carry_session(&self, own: &WithSession) -> Write<Update> {
        Write::update(&keys::session(self.user(), &own.session.session_id))
            .set("auth_epoch", item::n(own.next_epoch()))
            .when(Condition::present())
    }
}

/// The item of a session. Its `ttl` is the latest end that the session can have, however often it is
/// renewed.
pub(in crate::store) fn session_item(session: &Session) -> Result<Item, StoreError> {
    let key = keys::session(&session.user_id, &session.session_id);
    Ok(item::expires(item::write(key, Kind::Session, session)?, session.ends_at()))
}
