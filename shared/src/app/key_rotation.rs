//! New signing keys: the first key of a ring, and successors. A key gets a successor when it is old,
//! or when it is sealed under the previous secret.

use super::App;
use crate::auth::{AuthSecret, KeyRing, LEAD, SigningKey};
use crate::clock::Timestamp;
use crate::model::Ring;
use crate::problem::Problem;

/// Whether the newest key is so old that it needs a successor.
pub(super) fn is_due(app: &App, keys: &KeyRing, now: Timestamp) -> bool {
    keys.newest().is_some_and(|key| key.usable_from.plus(app.config.key_rotation) <= now)
}

/// Makes the first key of a ring. It signs at once, since no function has an older one.
pub(super) async fn make_first(app: &App, ring: Ring) -> Result<(), Problem> {
    let now = app.clock.now();
    let key = SigningKey::generate(1, now, now).map_err(Problem::internal)?;
    publish(app, ring, &key).await
}

/// Publishes the successor of the newest key, some time before it signs. A failure is only logged:
/// the present key still signs, and the next function tries again.
pub(super) async fn publish_successor(app: &App, ring: Ring, keys: &KeyRing) {
    if let Err(problem) = try_publish_successor(app, ring, keys).await {
        tracing::warn!(
            cause = problem.causes(),
            "the successor of a signing key could not be published"
        );
    }
}

async fn try_publish_successor(app: &App, ring: Ring, keys: &KeyRing) -> Result<(), Problem> {
    let now = app.clock.now();
    let generation = keys.newest().map_or(1, |key| key.generation + 1);
    let key = SigningKey::generate(generation, now, now.plus(LEAD)).map_err(Problem::internal)?;
    publish(app, ring, &key).await?;
    tracing::info!(generation, "published the successor of a signing key");
    Ok(())
}

async fn publish(app: &App, ring: Ring, key: &SigningKey) -> Result<(), Problem> {
    let secret: Option<&AuthSecret> = app.config.secrets.first();
    let secret =
        secret.ok_or_else(|| Problem::internal("AUTH_SECRET is not set for this function"))?;
    // It is rare and long: on the heap, no other future gets longer for it.
    Box::pin(app.store.signing_keys(ring).publish(key, secret)).await?;
    Ok(())
}
