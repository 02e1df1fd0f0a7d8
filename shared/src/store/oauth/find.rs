use super::OAuth;
use super::claim::{Claim, ExternalOwner};
use crate::id::UserId;
use crate::model::{Account, Credential, ExternalAccount, Profile};
use crate::store::{StoreError, keys};
use crate::text::{Email, ProviderId};

/// A user with what a sign-in through a provider needs.
#[derive(Debug)]
pub struct KnownUser {
    /// The account.
    pub account: Account,
    /// The profile, unless it is archived.
    pub profile: Option<Profile>,
    /// The user's account at this provider, if one is linked.
    pub external: Option<ExternalAccount>,
}

/// Who somebody is whom a provider has signed in.
#[derive(Debug)]
pub enum ExternalUserState {
    /// The user to whom this account at the provider is linked.
    Linked(Box<KnownUser>),
    /// Nobody has the account; this user has its address.
    SameAddress(Box<KnownUser>, Claim),
    /// Nobody has the account or its address.
    Unknown(Claim),
}

impl OAuth<'_> {
    /// Who has an account at a provider or, if nobody has it, its address. Two round trips, one if
    /// nobody has either.
    pub async fn find(
        &self,
        provider: &ProviderId,
        subject: &str,
        email: Option<&Email>,
    ) -> Result<ExternalUserState, StoreError> {
        let owner = keys::external_owner(provider, subject);
        let credential = email.map(keys::credential);
        let wanted: Vec<_> =
            [Some(owner.clone()), credential.clone()].into_iter().flatten().collect();
        let mut rows = self.store.get(&wanted).await?;
        let owner: Option<ExternalOwner> = rows.take(&owner)?;
        let credential = match &credential {
            Some(credential) => rows.take::<Credential>(credential)?,
            None => None,
        };
        let claim = match owner {
            None => Claim::Free,
            Some(ExternalOwner { user_id }) => match self.user(&user_id, provider).await? {
                Some(known) if known.has(subject) => {
                    return Ok(ExternalUserState::Linked(Box::new(known)));
                }
                Some(_) => Claim::LeftByUnlinking(user_id),
                None => Claim::LeftByErased(user_id),
            },
        };
        let same_address = match credential {
            Some(credential) => self.user(&credential.user_id, provider).await?,
            None => None,
        };
        Ok(match same_address {
            Some(known) => ExternalUserState::SameAddress(Box::new(known), claim),
            None => ExternalUserState::Unknown(claim),
        })
    }

    async fn user(
        &self,
        user: &UserId,
        provider: &ProviderId,
    ) -> Result<Option<KnownUser>, StoreError> {
        let account = keys::account(user);
        let (profile, external) = (keys::profile(user), keys::external_account(user, provider));
        let wanted = [account.clone(), profile.clone(), external.clone()];
        let mut rows = self.store.get(&wanted).await?;
        let account: Option<Account> = rows.take(&account)?;
        let profile: Option<Profile> = rows.take(&profile)?;
        let (profile, external) =
            (profile.and_then(Profile::unless_archived), rows.take(&external)?);
        Ok(account.map(|account| KnownUser { account, profile, external }))
    }
}

impl KnownUser {
    fn has(&self, subject: &str) -> bool {
        self.external.as_ref().is_some_and(|external| external.subject == subject)
    }
}
