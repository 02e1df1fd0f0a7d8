//! The signing keys that a function holds in memory, and when it reads them anew.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::App;
use crate::auth::{KeyRing, SessionToken, SignedIn, SigningKey, TokenError};
use crate::clock::Timestamp;
use crate::problem::Problem;
use crate::store::Store;

/// An unknown key id makes a function read the keys at most this often.
const REREAD: Duration = Duration::from_secs(30);
/// A function that signs looks for a newer key this often: more often than the ten minutes that a
/// later key is published before it is used.
const REFRESH: Duration = Duration::from_mins(5);

#[derive(Debug, Default)]
pub(super) struct Keys(Mutex<Held>);

#[derive(Debug, Default, Clone)]
struct Held {
    ring: KeyRing,
    /// When an unknown key id last made the keys be read.
    reread_at: Option<Timestamp>,
    /// The key that signs, and when it was chosen.
    signing: Option<(Arc<SigningKey>, Timestamp)>,
}

impl Keys {
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
                let ring = self.reload(&app.store).await?;
                Ok(token.verify(&ring, &app.config.issuer, now)?)
            }
            outcome => Ok(outcome?),
        }
    }

    /// Reads the public keys.
    pub(super) async fn reload(&self, store: &Store) -> Result<KeyRing, Problem> {
        let ring = KeyRing::new(store.signing_keys().public().await?);
        self.lock().ring = ring.clone();
        Ok(ring)
    }

    /// The key that signs now. The first function that needs one makes it; a race makes one.
    pub(super) async fn signing(&self, app: &App) -> Result<Arc<SigningKey>, Problem> {
        let now = app.clock.now();
        if let Some((key, chosen_at)) = self.lock().signing.clone()
            && now < chosen_at.plus(REFRESH)
        {
            return Ok(key);
        }
        let mut ring = self.reload(&app.store).await?;
        if ring.is_empty() {
            self.make_first(app, now).await?;
            ring = self.reload(&app.store).await?;
        }
        let public =
            ring.signing(now).ok_or_else(|| Problem::internal("there is no signing key"))?;
        let sealed = app.store.signing_keys().sealed(public).await?;
        let key = SigningKey::open(public.clone(), &sealed, &app.config.secrets);
        let key = Arc::new(key.map_err(Problem::internal)?);
        self.lock().signing = Some((Arc::clone(&key), now));
        Ok(key)
    }

    async fn make_first(&self, app: &App, now: Timestamp) -> Result<(), Problem> {
        let secret = app.config.secrets.first();
        let secret =
            secret.ok_or_else(|| Problem::internal("AUTH_SECRET is not set for this function"))?;
        let key = SigningKey::generate(1, now, now).map_err(Problem::internal)?;
        app.store.signing_keys().add(&key, secret).await?;
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
