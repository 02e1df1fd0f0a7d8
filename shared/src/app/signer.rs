//! The signing keys of one ring that a function holds in memory, and when it reads them anew.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::{App, key_rotation};
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
pub(super) struct Signer {
    ring: Ring,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    ring: KeyRing,
    /// When an unknown key id last made the keys be read.
    reread_at: Option<Timestamp>,
    /// The key that signs, and until when it does so without another look.
    signing: Option<(Arc<SigningKey>, Timestamp)>,
}

impl Signer {
    pub(super) fn new(ring: Ring) -> Self {
        let state = State { ring: KeyRing::new(ring, Vec::new()), reread_at: None, signing: None };
        Self { ring, state: Mutex::new(state) }
    }

    /// Verifies a token with the keys at hand; reads them anew if it names an unknown one and the
    /// last time was long enough ago, or if there is no key yet.
    pub(super) async fn verify(
        &self,
        app: &App,
        token: &SessionToken,
    ) -> Result<SignedIn, Problem> {
        let (ring, reread_at) = {
            let state = self.lock();
            (state.ring.clone(), state.reread_at)
        };
        let now = app.clock.now();
        match token.verify(&ring, &app.config.issuer, now) {
            Err(TokenError::UnknownKey(_))
                if ring.is_empty() || reread_at.is_none_or(|at| at.plus(REREAD) <= now) =>
            {
                let ring = self.reload(app).await?;
                self.lock().reread_at = Some(now);
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
        let state = self.lock().signing.clone();
        match state {
            Some((key, until)) if now < until => Ok(key),
            Some((key, _)) => {
                // A key that can't be looked for does no harm: the one at hand goes on.
                let next = self.choose(app, Some(&key), now).await;
                Ok(next.unwrap_or(key))
            }
            None => self.choose(app, None, now).await,
        }
    }

    async fn choose(
        &self,
        app: &App,
        state: Option<&Arc<SigningKey>>,
        now: Timestamp,
    ) -> Result<Arc<SigningKey>, Problem> {
        let mut ring = self.reload(app).await?;
        if ring.is_empty() {
            key_rotation::make_first(app, self.ring).await?;
            ring = self.reload(app).await?;
        }
        let key = match state {
            Some(key) if ring.signing(now).next() == Some(&key.public) => Arc::clone(key),
            _ => self.open(app, &ring, now).await?,
        };
        if key_rotation::is_old(app, &ring, now) {
            key_rotation::succeed(app, self.ring, &ring).await;
        }
        // A published successor takes over on time, so that the old key is not used beyond that.
        let successor = ring.newest().filter(|newest| newest.generation > key.public.generation);
        let refresh = now.plus(REFRESH);
        let until = successor.map_or(refresh, |newest| newest.usable_from.min(refresh));
        self.lock().signing = Some((Arc::clone(&key), until));
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
                        key_rotation::succeed(app, self.ring, ring).await;
                    }
                    return Ok(Arc::new(key));
                }
                Err(error) => failure = Problem::internal(error),
            }
        }
        // Both secrets are others than the one that sealed the keys. A successor that this
        // function can open mends it in ten minutes, unless one is under way.
        if ring.newest() == ring.signing(now).next() {
            key_rotation::succeed(app, self.ring, ring).await;
        }
        Err(failure)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
