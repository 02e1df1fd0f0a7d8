//! Afterwards: what is stored, beside what the clients were told.

pub mod account;
pub mod conversation;
pub mod rows;
pub mod tallies;

use crate::told::Told;
use crate::user::User;
use crate::world::World;
use futures_util::{StreamExt as _, stream};
use std::sync::Arc;

/// So many accounts are compared at the same time.
const AT_ONCE: usize = 8;

/// Compares every account over HTTP. Nothing breaks meanwhile, so every response must be a good one.
/// Returns how many messages were compared.
pub async fn accounts(world: &Arc<World>, told: &[Told], had_faults: bool) -> usize {
    let compared = stream::iter(told.iter().enumerate()).map(|(number, told)| {
        let user = User::comparing(Arc::clone(world), number, told.clone());
        account::compare(user, had_faults)
    });
    compared.buffer_unordered(AT_ONCE).fold(0, |sum, count| async move { sum + count }).await
}
