//! The signing keys of one ring in the memory of a function, and when it reads them again.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::{App, key_rotation};
use crate::auth::{KeyRing, SessionToken, SignedIn, SigningKey, TokenError, VerifiedTokens};
use crate::clock::Timestamp;
use crate::id::UserId;
use crate::model::Ring;
use crate::problem::Problem;

/// Minimum time between two reads of the keys because of an unknown key id.
const REREAD: Duration = Duration::from_secs(30);
/// How often a function that signs looks for a newer key: more often than the ten minutes for which
/// a key is published before it signs.
const REFRESH: Duration = Duration::from_mins(5);

#[derive(Debug)]
pub(super) struct Signer {
    ring: Ring,
    keys: Mutex<Keys>,
    verified_tokens: VerifiedTokens,
}

#[derive(Debug)]
struct Keys {
    public: Arc<KeyRing>,
    /// When an unknown key id last caused a read.
    reread_at: Option<Timestamp>,
    signing: Option<CurrentKey>,
}

/// The key that signs.
#[derive(Debug, Clone)]
struct CurrentKey {
    key: Arc<SigningKey>,
    /// We look for a newer key from then on.
    until: Timestamp,
}

impl Signer {
    pub(super) fn new(ring: Ring) -> Self {
        let public = Arc::new(KeyRing::new(ring, Vec::new()));
        let keys = Mutex::new(Keys { public, reread_at: None, signing: None });
        Self { ring, keys, verified_tokens: VerifiedTokens::default() }
    }

    /// Verifies a token as [`Signer::verify_all`] does.
    pub(super) async fn verify(
        &self,
        app: &App,
        token: &SessionToken,
    ) -> Result<SignedIn, Problem> {
        let valid = self.verify_all(app, vec![token.clone()]).await?;
        let first = valid.into_iter().next();
        first.map(|(signed_in, _)| signed_in).ok_or(Problem::Unauthorized(None))
    }

    /// Those of these tokens that verify with the keys in memory. If none does, and one names an
    /// unknown key, the keys are read again, unless that was done a short time ago for such a key.
    pub(super) async fn verify_all(
        &self,
        app: &App,
        tokens: Vec<SessionToken>,
    ) -> Result<Vec<(SignedIn, SessionToken)>, Problem> {
        let public = self.public();
        let (mut valid, mut unknown) = (Vec::new(), Vec::new());
        let mut failure = None;
        for token in tokens {
            match self.verify_with(app, &public, &token) {
                Ok(signed_in) => valid.push((signed_in, token)),
                Err(error @ TokenError::UnknownKey(_)) => {
                    unknown.push(token);
                    failure = Some(error);
                }
                Err(error) => failure = Some(error),
            }
        }
        if valid.is_empty() && !unknown.is_empty() && self.may_reread(app) {
            let public = self.reread(app).await?;
            for token in unknown {
                match self.verify_with(app, &public, &token) {
                    Ok(signed_in) => valid.push((signed_in, token)),
                    Err(error) => failure = Some(error),
                }
            }
        }
        match failure {
            Some(error) if valid.is_empty() => Err(error.into()),
            _ => Ok(valid),
        }
    }

    /// The user whom a token of ours names, valid or not, as far as the keys in memory tell.
    pub(super) fn names_user(&self, app: &App, token: &SessionToken) -> Option<UserId> {
        token.names_user(&self.public(), &app.config.issuer)
    }

    fn verify_with(
        &self,
        app: &App,
        public: &KeyRing,
        token: &SessionToken,
    ) -> Result<SignedIn, TokenError> {
        self.verified_tokens.verify(token, public, &app.config.issuer, app.clock.now())
    }

    fn public(&self) -> Arc<KeyRing> {
        Arc::clone(&self.lock().public)
    }

    fn may_reread(&self, app: &App) -> bool {
        let keys = self.lock();
        let due = |at: Timestamp| at.plus(REREAD) <= app.clock.now();
        keys.public.is_empty() || keys.reread_at.is_none_or(due)
    }

    async fn reread(&self, app: &App) -> Result<Arc<KeyRing>, Problem> {
        let now = app.clock.now();
        let public = self.reload(app).await?;
        self.lock().reread_at = Some(now);
        Ok(public)
    }

    /// Reads the public keys.
    pub(super) async fn reload(&self, app: &App) -> Result<Arc<KeyRing>, Problem> {
        let keys = app.store.signing_keys(self.ring).public().await?;
        let public = Arc::new(KeyRing::new(self.ring, keys));
        self.lock().public = Arc::clone(&public);
        Ok(public)
    }

    /// The key that signs now. The first function that needs a key makes it, and the first that finds
    /// it old publishes its successor. If several do so at the same time, one key is stored.
    pub(super) async fn signing(&self, app: &App) -> Result<Arc<SigningKey>, Problem> {
        let now = app.clock.now();
        let current = self.lock().signing.clone();
        match current {
            Some(current) if now < current.until => Ok(current.key),
            Some(CurrentKey { key, .. }) => {
                // If we can't look for a newer key, this one still signs.
                let newer = self.choose(app, Some(&key), now).await;
                Ok(newer.unwrap_or(key))
            }
            None => self.choose(app, None, now).await,
        }
    }

    async fn choose(
        &self,
        app: &App,
        current: Option<&Arc<SigningKey>>,
        now: Timestamp,
    ) -> Result<Arc<SigningKey>, Problem> {
        let mut public = self.reload(app).await?;
        if public.is_empty() {
            key_rotation::make_first(app, self.ring).await?;
            public = self.reload(app).await?;
        }
        let key = match current {
            Some(key) if public.signing(now).next() == Some(&key.public) => Arc::clone(key),
            _ => self.open_newest(app, &public, now).await?,
        };
        if key_rotation::is_due(app, &public, now) {
            key_rotation::publish_successor(app, self.ring, &public).await;
        }
        // A published successor signs from its time on, so the old key is not used after that.
        let successor = public.newest().filter(|newest| newest.generation > key.public.generation);
        let refresh = now.plus(REFRESH);
        let until = successor.map_or(refresh, |newest| newest.usable_from.min(refresh));
        self.lock().signing = Some(CurrentKey { key: Arc::clone(&key), until });
        Ok(key)
    }

    /// Opens the newest key that may sign. In the middle of a deployment, that key may be sealed
    /// under a secret that this function does not have yet: then its predecessor signs.
    async fn open_newest(
        &self,
        app: &App,
        public: &KeyRing,
        now: Timestamp,
    ) -> Result<Arc<SigningKey>, Problem> {
        let mut failure = Problem::internal("there is no signing key");
        for key in public.signing(now) {
            let sealed = app.store.signing_keys(self.ring).sealed(key).await?;
            match SigningKey::open(key.clone(), &sealed, &app.config.secrets) {
                Ok((opened, secret)) => {
                    if secret > 0 && public.newest() == Some(key) {
                        key_rotation::publish_successor(app, self.ring, public).await;
                    }
                    return Ok(Arc::new(opened));
                }
                Err(error) => failure = Problem::internal(error),
            }
        }
        // Neither of our secrets opens any key. A successor that we can open signs in ten minutes,
        // unless one is published already.
        if public.newest() == public.signing(now).next() {
            key_rotation::publish_successor(app, self.ring, public).await;
        }
        Err(failure)
    }

    fn lock(&self) -> MutexGuard<'_, Keys> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
