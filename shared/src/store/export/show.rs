//! The items of an export: what each kind shows of its rows.

use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use crate::clock::Timestamp;
use crate::id::{ConversationId, ExternalAccountId, InteractionId, MessageId, SessionId, UserId};
use crate::model::{
    Account, Ending, ExternalAccount, Interaction, Profile, QuotaUsed, Session, Turn, TurnState,
};
use crate::store::item::{self, Item};
use crate::store::user::{conversation, message};
use crate::store::{Kind, StoreError, keys};
use crate::text::{Email, Image, Name, ProviderId};

/// Shows rows of a user as they are at a time.
pub(super) struct Show<'a> {
    pub(super) account: &'a Account,
    pub(super) now: Timestamp,
}

/// The fields of an item, with its kind before them.
#[derive(Serialize)]
struct Tagged<T> {
    kind: &'static str,
    #[serde(flatten)]
    fields: T,
}

#[derive(Serialize)]
struct AccountFields {
    id: UserId,
    email: Email,
    name: Name,
    image: Option<Image>,
    email_verified: bool,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// Nothing of it signs in.
#[derive(Serialize)]
struct SessionFields {
    session_id: SessionId,
    user_id: UserId,
    expires_at: Timestamp,
    created_at: Timestamp,
    updated_at: Timestamp,
    ip_address: String,
    user_agent: String,
}

#[derive(Serialize)]
struct QuotaFields {
    date: String,
    #[serde(flatten)]
    used: QuotaUsed,
}

/// The tokens are left out: they open the account at the provider.
#[derive(Serialize)]
struct ExternalAccountFields {
    id: ExternalAccountId,
    user_id: UserId,
    provider: ProviderId,
    account_id: String,
    scopes: Vec<String>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// The client's own id is stored as a hash only.
#[derive(Serialize, Deserialize)]
struct ChatFields {
    conversation_id: ConversationId,
}

#[derive(Serialize)]
struct TurnFields {
    conversation_id: ConversationId,
    question_id: MessageId,
    reply_id: MessageId,
    interaction_id: InteractionId,
    state: TurnState,
    started_at: Timestamp,
    ending: Option<Ending>,
}

impl Show<'_> {
    /// The item as JSON; `None` if it has expired, is being deleted, or is of a kind that is not
    /// exported.
    pub(super) fn item(&self, item: Item) -> Result<Option<Box<RawValue>>, StoreError> {
        let name = item::text(&item, "kind")?;
        let kind = Kind::named(name)
            .ok_or_else(|| StoreError::corrupt(format!("an item of the kind {name:?}")))?;
        let has_expired = item::number(&item, "ttl").is_ok_and(|ttl| self.is_past(ttl));
        if has_expired || item.contains_key("deleting") {
            return Ok(None);
        }
        match kind {
            Kind::Account => tagged(kind, account(item::read(item)?)),
            Kind::Profile => tagged(kind, item::read::<Profile>(item)?),
            Kind::Session => self.session(kind, item::read(item)?),
            Kind::Conversation => tagged(kind, conversation(item)?),
            Kind::Message => tagged(kind, message(item)?),
            Kind::Interaction => tagged(kind, item::read::<Interaction>(item)?),
            Kind::ChatTurn => tagged(kind, turn(item::read(item)?)),
            Kind::Chat => tagged(kind, item::read::<ChatFields>(item)?),
            Kind::Quota => tagged(kind, quota(item)?),
            Kind::ExternalAccount => tagged(kind, external_account(item::read(item)?)),
            Kind::Credential
            | Kind::ExternalOwner
            | Kind::OAuthState
            | Kind::Segment
            | Kind::Joins
            | Kind::StackQuota
            | Kind::Tally
            | Kind::IdempotencyKey
            | Kind::LinkTokens
            | Kind::MagicLinks
            | Kind::Codes
            | Kind::MailJob
            | Kind::Bounced
            | Kind::SweepJob
            | Kind::Erased
            | Kind::Attempts
            | Kind::Failures
            | Kind::PublicKey
            | Kind::SealedKey => Ok(None),
        }
    }

    fn is_past(&self, seconds: u64) -> bool {
        i64::try_from(seconds).is_ok_and(|seconds| seconds <= self.now.seconds())
    }

    fn session(&self, kind: Kind, row: Session) -> Result<Option<Box<RawValue>>, StoreError> {
        if !row.is_valid(self.account.auth_epoch, self.now) {
            return Ok(None);
        }
        tagged(
            kind,
            SessionFields {
                session_id: row.session_id,
                user_id: row.user_id,
                expires_at: row.expires_at,
                created_at: row.created_at,
                updated_at: row.updated_at,
                ip_address: row.ip_address,
                user_agent: row.user_agent,
            },
        )
    }
}

fn tagged<T: Serialize>(kind: Kind, fields: T) -> Result<Option<Box<RawValue>>, StoreError> {
    let tagged = Tagged { kind: kind.name(), fields };
    to_raw_value(&tagged).map(Some).map_err(StoreError::corrupt)
}

fn account(row: Account) -> AccountFields {
    AccountFields {
        id: row.user_id,
        email: row.email,
        name: row.name,
        image: row.image,
        email_verified: row.email_verified,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

fn external_account(row: ExternalAccount) -> ExternalAccountFields {
    ExternalAccountFields {
        id: row.id,
        user_id: row.user_id,
        provider: row.provider,
        account_id: row.subject,
        scopes: row.scopes,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

fn quota(item: Item) -> Result<QuotaFields, StoreError> {
    let date = item::text(&item, "sk")?.trim_start_matches(keys::QUOTA).to_owned();
    Ok(QuotaFields { date, used: item::read(item)? })
}

fn turn(row: Turn) -> TurnFields {
    TurnFields {
        conversation_id: row.conversation_id,
        question_id: row.question_id,
        reply_id: row.reply_id,
        interaction_id: row.interaction_id,
        state: row.state,
        started_at: row.started_at,
        ending: row.ending,
    }
}
