//! The signing keys of one ring that a function holds in memory, and when it reads them anew.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::App;
use crate::auth::{KeyRing, SessionToken, SignedIn, SigningKey, TokenError};
use crate::clock::Timestamp;
use crate::model::Ring;
use crate::problem::Problem;

/// An unknown key id makes a function read the keys at most this often.
const REREAD: Duration = Duration::from_secs(30);
/// A function that signs looks for a newer key this often: more often than the ten minutes that a
/// later key is published before it is used.
const REFRESH: Duration = Duration::from_mins(5);

#[derive(Debug)]
pub(super) struct Keys {
    ring: Ring,
    held: Mutex<Held>,
}

#[derive(Debug)]
struct Held {
    ring: KeyRing,
    /// When an unknown key id last made the keys be read.
    reread_at: Option<Timestamp>,
    /// The key that signs, and when it was chosen.
    signing: Option<(Arc<SigningKey>, Timestamp)>,
}

impl Keys {
    pub(super) fn new(ring: Ring) -> Self {
        let held = Held { ring: KeyRing::new(ring, Vec::new()), reread_at: None, signing: None };
        Self { ring, held: Mutex::new(held) }
    }

    /// Verifies a token with the keys at hand; reads them anew if it names an unknown one and the
    /// last time was long enough ago, or if there is no key yet.
    pub(super) async fn verify(
        &self,
        app: &App,
        token: &SessionToken,
    ) -> Result<SignedIn, Problem> {
        let (ring, reread_at) = {
            let held = self.lock();
            (held.ring.clone(), held.reread_at)
        };
        let now = app.clock.now();
        match token.verify(&ring, &app.config.issuer, now) {
            Err(TokenError::UnknownKey(_))
                if ring.is_empty() || reread_at.is_none_or(|at| at.plus(REREAD) <= now) =>
            {
                self.lock().reread_at = Some(now);
                let ring = self.reload(app).await?;
                Ok(token.verify(&ring, &app.config.issuer, now)?)
            }
            outcome => Ok(outcome?),
        }
    }

    /// Reads the public keys.
    pub(super) async fn reload(&self, app: &App) -> Result<KeyRing, Problem> {
        let ring = KeyRing::new(self.ring, app.store.signing_keys(self.ring).public().await?);
        self.lock().ring = ring.clone();
        Ok(ring)
    }

    /// The key that signs now. The first function that needs one makes it, and the first that finds
    /// it old publishes its successor; a race makes one.
    pub(super) async fn signing(&self, app: &App) -> Result<Arc<SigningKey>, Problem> {
        let now = app.clock.now();
        let held = self.lock().signing.clone();
        if let Some((key, chosen_at)) = &held
            && now < chosen_at.plus(REFRESH)
        {
            return Ok(Arc::clone(key));
        }
        let mut ring = self.reload(app).await?;
        if ring.is_empty() {
            super::key_rotation::make_first(app, self.ring).await?;
            ring = self.reload(app).await?;
        }
        let key = match held {
            Some((key, _)) if ring.signing(now).next() == Some(&key.public) => key,
            _ => self.open(app, &ring, now).await?,
        };
        if super::key_rotation::is_old(app, &ring, now) {
            super::key_rotation::succeed(app, self.ring, &ring).await;
        }
        self.lock().signing = Some((Arc::clone(&key), now));
        Ok(key)
    }

    /// Opens the newest key that signs. One that is sealed under a secret that this function does
    /// not have yet, in the middle of a deployment, is passed over for its predecessor.
    async fn open(
        &self,
        app: &App,
        ring: &KeyRing,
        now: Timestamp,
    ) -> Result<Arc<SigningKey>, Problem> {
        let mut failure = Problem::internal("there is no signing key");
        for public in ring.signing(now) {
            let sealed = app.store.signing_keys(self.ring).sealed(public).await?;
            match SigningKey::open(public.clone(), &sealed, &app.config.secrets) {
                Ok((key, secret)) => {
                    if secret > 0 && ring.newest() == Some(public) {
                        super::key_rotation::succeed(app, self.ring, ring).await;
                    }
                    return Ok(Arc::new(key));
                }
                Err(error) => failure = Problem::internal(error),
            }
        }
        Err(failure)
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
