use super::refusal::{Refusal, Refused};
use super::{MAX_TRIES, Visitor, changes_again_and_again};
use crate::app::{App, NewSession, Newcomer};
use crate::model::{Account, Profile, Session};
use crate::problem::Problem;
use crate::store::{Claim, ExternalUserState, KnownUser, NewExternalUser};
use crate::text::Email;

/// Somebody whom a provider has signed in.
#[derive(Debug)]
pub struct SignedInByProvider {
    /// The session.
    pub new: NewSession,
    /// Whether the account was made just now.
    pub is_new: bool,
}

impl App {
    /// Signs in the user to whom the visitor's account at a provider is linked. If it is linked to
    /// nobody, it is linked to the user who has its address, if that is proven on both sides; if nobody
    /// has the address, and the provider says that it is the visitor's, a user is made. Three round
    /// trips, four for a new user, the last of them a transaction.
    pub async fn sign_in_by_provider(
        &self,
        visitor: &Visitor<'_>,
    ) -> Result<SignedInByProvider, Refused> {
        let user = &visitor.user;
        let mut is_counted = false;
        for _ in 0..MAX_TRIES {
            let store = self.store.oauth();
            let found = store.find(visitor.provider.id(), &user.subject, user.email.as_ref());
            let signed_in = match found.await? {
                ExternalUserState::Linked(known) => self.sign_in_known(visitor, *known).await?,
                ExternalUserState::SameAddress(known, claim) => {
                    self.link_and_sign_in(visitor, *known, &claim).await?
                }
                ExternalUserState::Unknown(claim) => {
                    let email = proven_email(visitor)?;
                    if !is_counted {
                        self.count_sign_up(&visitor.client.network()).await?;
                        is_counted = true;
                    }
                    self.sign_up_by_provider(visitor, email, &claim).await?
                }
            };
            if let Some(signed_in) = signed_in {
                return Ok(signed_in);
            }
        }
        Err(changes_again_and_again().into())
    }

    async fn sign_in_known(
        &self,
        visitor: &Visitor<'_>,
        known: KnownUser,
    ) -> Result<Option<SignedInByProvider>, Refused> {
        let KnownUser { account, profile, external: Some(external) } = known else {
            return Ok(None);
        };
        if self.config.mail.require_verified && !account.email_verified {
            return Err(Refusal::EmailNotVerified.into());
        }
        let external = self.renewed(&external, visitor)?;
        let new = self.session_of(visitor, account, profile).await?;
        let is_begun = self.store.oauth().sign_in(&external, &new.session).await?;
        Ok(is_begun.then_some(SignedInByProvider { new, is_new: false }))
    }

    async fn link_and_sign_in(
        &self,
        visitor: &Visitor<'_>,
        known: KnownUser,
        claim: &Claim,
    ) -> Result<Option<SignedInByProvider>, Refused> {
        let KnownUser { account, profile, external } = known;
        let is_same = visitor.user.email.as_ref() == Some(&account.email);
        let is_proven = visitor.user.email_verified && account.email_verified;
        if external.is_some() || !is_same || !is_proven {
            return Err(Refusal::NotLinked.into());
        }
        let external = self.new_external(visitor, &account.user_id)?;
        let new = self.session_of(visitor, account, profile).await?;
        let store = self.store.oauth();
        let linked = store.link_and_sign_in(&new.account, &external, claim, &new.session).await?;
        Ok(linked.then_some(SignedInByProvider { new, is_new: false }))
    }

    async fn sign_up_by_provider(
        &self,
        visitor: &Visitor<'_>,
        email: Email,
        claim: &Claim,
    ) -> Result<Option<SignedInByProvider>, Refused> {
        let (name, image) = (visitor.user.name.clone(), visitor.user.image.clone());
        let (account, credential) = self.newcomer(email, Newcomer { name, image });
        let external = self.new_external(visitor, &account.user_id)?;
        let new = self.session_of(visitor, account, None).await?;
        let rows = NewExternalUser {
            account: &new.account,
            credential: &credential,
            external: &external,
            session: &new.session,
        };
        let is_made = self.store.oauth().sign_up(rows, claim).await?;
        Ok(is_made.then_some(SignedInByProvider { new, is_new: true }))
    }

    /// A session that is not stored yet. It is signed before, so that a failure here leaves nothing
    /// behind.
    async fn session_of(
        &self,
        visitor: &Visitor<'_>,
        account: Account,
        profile: Option<Profile>,
    ) -> Result<NewSession, Problem> {
        let (user_id, epoch) = (account.user_id.clone(), account.auth_epoch);
        let session =
            Session::begin(user_id, epoch, self.clock.now(), visitor.client.clone(), true);
        let token = self.mint(&session).await?;
        Ok(NewSession { session, token, account, profile })
    }
}

/// The address of a new user. One that is not proven would let whoever has typed it there into the
/// account that its owner makes here.
fn proven_email(visitor: &Visitor<'_>) -> Result<Email, Refusal> {
    match &visitor.user.email {
        None => Err(Refusal::EmailNotFound),
        Some(_) if !visitor.user.email_verified => Err(Refusal::EmailNotVerified),
        Some(email) => Ok(email.clone()),
    }
}
