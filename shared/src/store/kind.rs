//! The kinds of items that the table has, and for each whether its user's export has it, and what removes
//! it when its user is erased. A new kind does not compile before both are decided.

use std::time::Duration;

use crate::model::{CodePurpose, MailJob, OAuthState};

macro_rules! kinds {
    ($($(#[$about:meta])* $kind:ident $name:literal,)*) => {
        /// What an item is. Every item has the name of its kind as `kind`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Kind {
            $($(#[$about])* $kind,)*
        }

        impl Kind {
            /// All kinds.
            pub const ALL: &[Self] = &[$(Self::$kind,)*];

            /// The name as the table has it.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)*
                }
            }
        }
    };
}

kinds! {
    /// A user's account.
    Account "account",
    /// What signs in with an address.
    Credential "credential",
    /// A user's account at a provider.
    ExternalAccount "external_account",
    /// Whose account at a provider it is.
    ExternalOwner "external_owner",
    /// A sign-in at a provider that has begun.
    OAuthState "oauth_state",
    /// A background profile.
    Profile "profile",
    /// A session.
    Session "session",
    /// A conversation.
    Conversation "conversation",
    /// A message of a conversation.
    Message "message",
    /// An interaction with personalized content.
    Interaction "interaction",
    /// What is counted of a day's interactions.
    Tally "tally",
    /// A turn of a chat.
    ChatTurn "chat_turn",
    /// A segment of a running reply.
    Segment "segment",
    /// How many requests have joined a running reply.
    Joins "joins",
    /// A client's own id of a chat.
    Chat "chat",
    /// What a user has used of a day's quota.
    Quota "quota",
    /// What all users have used of a day's quota.
    StackQuota "stack_quota",
    /// An idempotency key.
    IdempotencyKey "turn",
    /// A mail that is to be sent.
    MailJob "mail_job",
    /// The tokens of a user's links in mails.
    LinkTokens "link_tokens",
    /// The tokens of links that sign in with an address.
    MagicLinks "magic_links",
    /// The codes that were mailed to an address for one purpose.
    Codes "codes",
    /// That mails to an address come back.
    Bounced "bounced",
    /// What is to be deleted in the background.
    SweepJob "sweep_job",
    /// What remains of an erased user: that there was one.
    Erased "erased",
    /// What a network has done in a window of time.
    Attempts "attempts",
    /// Wrong passwords of an address or of a user.
    Failures "failures",
    /// The public part of a signing key.
    PublicKey "public_key",
    /// The sealed part of a signing key.
    SealedKey "sealed_key",
}

/// Whether an export has the items of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Export {
    /// It has.
    Shown,
    /// It has not, for this reason.
    LeftOut(&'static str),
}

/// What removes the items of a kind when their user is erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Erasure {
    /// The transaction that erases the user.
    AtOnce,
    /// The sweep, which empties the user's partition.
    UserPartition,
    /// The sweep, which looks for them before it empties the user's partition.
    ExternalAccounts,
    /// The sweep, which empties the partition of each conversation.
    ConversationPartition,
    /// The sweep, unless the address has a new account; what is counted for one network expires within
    /// this time.
    Address(Duration),
    /// Their `ttl`: they expire within this time.
    Expires(Duration),
    /// The sweep that does the job.
    WhenDone,
    /// Nothing: they are about nobody.
    NotPersonal,
}

impl Kind {
    /// The kind with this name; `None` if there is no such kind.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }

    /// Whether the user's export has items of this kind, and if not, why.
    pub const fn export(self) -> Export {
        match self {
            Self::Account
            | Self::ExternalAccount
            | Self::Profile
            | Self::Session
            | Self::Conversation
            | Self::Message
            | Self::Interaction
            | Self::ChatTurn
            | Self::Chat
            | Self::Quota => Export::Shown,
            Self::Credential => Export::LeftOut("it signs in"),
            Self::LinkTokens | Self::MagicLinks | Self::Codes => {
                Export::LeftOut("they open the account")
            }
            Self::ExternalOwner => Export::LeftOut("the external account is shown"),
            Self::OAuthState => Export::LeftOut("it ends when the browser comes back"),
            Self::MailJob => Export::LeftOut("it ends when the mail is sent"),
            Self::Segment | Self::Joins => Export::LeftOut("the reply has the text"),
            Self::IdempotencyKey => Export::LeftOut("the item that it led to is shown"),
            Self::Failures | Self::Attempts | Self::Bounced => {
                Export::LeftOut("it is about networks and addresses that anybody may try")
            }
            Self::SweepJob | Self::Erased => Export::LeftOut("it is about what was deleted"),
            Self::StackQuota | Self::Tally | Self::PublicKey | Self::SealedKey => {
                Export::LeftOut("it is about nobody")
            }
        }
    }

    /// What removes items of this kind when their user is erased.
    pub const fn erasure(self) -> Erasure {
        match self {
            Self::Account | Self::Credential => Erasure::AtOnce,
            Self::ExternalOwner => Erasure::ExternalAccounts,
            Self::OAuthState => Erasure::Expires(OAuthState::LIFETIME),
            Self::ExternalAccount
            | Self::Profile
            | Self::Session
            | Self::Conversation
            | Self::Interaction
            | Self::ChatTurn
            | Self::Chat
            | Self::Quota
            | Self::LinkTokens
            | Self::IdempotencyKey => Erasure::UserPartition,
            Self::Message | Self::Segment | Self::Joins => Erasure::ConversationPartition,
            Self::Failures | Self::Bounced => Erasure::Address(Duration::from_hours(30 * 24)),
            Self::MailJob => Erasure::Expires(MailJob::LIFETIME),
            Self::MagicLinks => Erasure::Expires(MailJob::MAGIC_LINK_LIFETIME),
            Self::Codes => Erasure::Expires(CodePurpose::LIFETIME),
            Self::Attempts => Erasure::Expires(Duration::from_mins(10)),
            Self::SweepJob => Erasure::WhenDone,
            Self::Erased | Self::StackQuota | Self::Tally | Self::PublicKey | Self::SealedKey => {
                Erasure::NotPersonal
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_kind() {
        for kind in Kind::ALL {
            assert_eq!(Kind::named(kind.name()), Some(*kind));
        }
        assert_eq!(Kind::named("unknown"), None);
    }
}
