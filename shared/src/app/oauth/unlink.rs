use super::{MAX_TRIES, changes_again_and_again};
use crate::app::Caller;
use crate::problem::{BetterAuthError, OAuthError, Problem};
use crate::store::{WayIn, WaysIn};

impl Caller {
    /// Takes one of the ways in which the caller can sign in away: an account at a provider by its id,
    /// or the password by the user's own. Three round trips, the last of them a transaction. The session
    /// must have begun less than a day ago. [`OAuthError::LastAccount`] for the last one, also if
    /// another request takes the other one away at the same time.
    pub async fn unlink(&self, id: &str) -> Result<(), Problem> {
        for _ in 0..MAX_TRIES {
            let ways = self.store().ways_in().await?;
            if !ways.session.is_fresh(self.app.clock.now()) {
                return Err(BetterAuthError::SessionNotFresh.into());
            }
            let all = all(&ways);
            if all.len() == 1 {
                return Err(OAuthError::LastAccount.into());
            }
            let is_meant = |way: &WayIn<'_>| way_id(&ways, *way) == id;
            let way = all.iter().copied().find(is_meant);
            let way = way.ok_or(OAuthError::AccountNotFound)?;
            let other = all.iter().copied().find(|other| !is_meant(other));
            let other = other.ok_or(OAuthError::LastAccount)?;
            if self.store().remove_way_in(&ways, way, other).await? {
                return Ok(());
            }
        }
        Err(changes_again_and_again())
    }
}

/// The password first: it does not change with each sign-in.
fn all(ways: &WaysIn) -> Vec<WayIn<'_>> {
    let password = ways.password_hash.as_deref().map(WayIn::Password);
    password.into_iter().chain(ways.external.iter().map(WayIn::External)).collect()
}

fn way_id<'a>(ways: &'a WaysIn, way: WayIn<'a>) -> &'a str {
    match way {
        WayIn::Password(_) => ways.account.user_id.as_str(),
        WayIn::External(external) => external.id.as_str(),
    }
}
