//! New signing keys: the first of a ring, and the successor of one that is old or still sealed
//! under the secret before.

use super::App;
use crate::auth::{AuthSecret, KeyRing, LEAD, SigningKey};
use crate::clock::Timestamp;
use crate::model::Ring;
use crate::problem::Problem;

/// Whether the newest key is due for a successor.
pub(super) fn is_old(app: &App, ring: &KeyRing, now: Timestamp) -> bool {
    ring.newest().is_some_and(|key| key.usable_from.plus(app.config.key_rotation) <= now)
}

/// Makes a ring's first key, which signs at once: nobody can hold an older one.
pub(super) async fn make_first(app: &App, ring: Ring) -> Result<(), Problem> {
    let now = app.clock.now();
    let key = SigningKey::generate(1, now, now).map_err(Problem::internal)?;
    add(app, ring, &key).await
}

/// Publishes the successor of the newest key, some time before it signs. A failure is logged only:
/// the present key goes on signing, and the next function tries again.
pub(super) async fn succeed(app: &App, ring: Ring, keys: &KeyRing) {
    if let Err(problem) = publish(app, ring, keys).await {
        tracing::warn!(cause = problem.causes(), "no successor of a signing key could be made");
    }
}

async fn publish(app: &App, ring: Ring, keys: &KeyRing) -> Result<(), Problem> {
    let now = app.clock.now();
    let generation = keys.newest().map_or(1, |key| key.generation + 1);
    let key = SigningKey::generate(generation, now, now.plus(LEAD)).map_err(Problem::internal)?;
    add(app, ring, &key).await?;
    tracing::info!(generation, "published the successor of a signing key");
    Ok(())
}

async fn add(app: &App, ring: Ring, key: &SigningKey) -> Result<(), Problem> {
    let secret: Option<&AuthSecret> = app.config.secrets.first();
    let secret =
        secret.ok_or_else(|| Problem::internal("AUTH_SECRET is not set for this function"))?;
    app.store.signing_keys(ring).add(key, secret).await?;
    Ok(())
}
