use super::refusal::{Refusal, Refused};
use super::{MAX_TRIES, Visitor, changes_again_and_again};
use crate::app::App;
use crate::model::{Account, ExternalAccount, LinkTo};
use crate::problem::Problem;
use crate::store::ExternalUserState;

impl App {
    /// Links the visitor's account at a provider to the user who asked for it in a session that is still
    /// valid. The provider must say that the address is the visitor's, and it must be the user's address
    /// here. An account that is linked already gets new tokens. Three or four round trips, the last of
    /// them a transaction.
    pub async fn link_by_provider(
        &self,
        visitor: &Visitor<'_>,
        link: &LinkTo,
    ) -> Result<(), Refused> {
        let (store, user) = (self.store.oauth(), &visitor.user);
        for _ in 0..MAX_TRIES {
            let account = store.linking_user(link).await?.ok_or(Refusal::UnableToLink)?;
            may_link(visitor, &account)?;
            let found =
                store.find(visitor.provider.id(), &user.subject, user.email.as_ref()).await?;
            let is_done = match found {
                ExternalUserState::Linked(known) if known.account.user_id == account.user_id => {
                    match known.external {
                        Some(known) => store.renew(&self.extended(&known, visitor)?).await?,
                        None => false,
                    }
                }
                ExternalUserState::Linked(_) => return Err(Refusal::OfSomebodyElse.into()),
                ExternalUserState::SameAddress(known, claim)
                    if known.account.user_id == account.user_id =>
                {
                    if known.external.is_some() {
                        return Err(Refusal::UnableToLink.into());
                    }
                    let external = self.new_external(visitor, &account.user_id)?;
                    store.link(&account, &link.session_id, &external, &claim).await?
                }
                // The address has another owner by now.
                ExternalUserState::SameAddress(..) | ExternalUserState::Unknown(_) => false,
            };
            if is_done {
                return Ok(());
            }
        }
        Err(changes_again_and_again().into())
    }

    /// The account with the visitor's tokens, which may be good for more than before.
    fn extended(
        &self,
        known: &ExternalAccount,
        visitor: &Visitor<'_>,
    ) -> Result<ExternalAccount, Problem> {
        let mut renewed = self.renewed(known, visitor)?;
        for scope in &visitor.tokens.scopes {
            if !renewed.scopes.contains(scope) {
                renewed.scopes.push(scope.clone());
            }
        }
        Ok(renewed)
    }
}

fn may_link(visitor: &Visitor<'_>, account: &Account) -> Result<(), Refusal> {
    if !visitor.user.email_verified {
        return Err(Refusal::UnableToLink);
    }
    if visitor.user.email.as_ref() != Some(&account.email) {
        return Err(Refusal::DifferentEmail);
    }
    Ok(())
}
