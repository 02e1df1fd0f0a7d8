//! All keys of the table are built here. Every key of a user's data begins with the user's id, which
//! only a proof of sign-in gives.

mod address;
mod oauth;
#[cfg(test)]
mod tests;

use crate::clock::Timestamp;
use crate::digest::sha256_hex;
use crate::id::{ConversationId, InteractionId, MessageId, RunId, SessionId, UserId};
use crate::model::{
    Action, HardwareBackground, IdempotencyKey, Interaction, LinkPurpose, MailJob, Network, Ring,
    Role, Scope, SoftwareLevel, Subject, TurnKey,
};
use crate::text::Email;

pub(super) use address::{
    address_partition, bounced, codes, credential, credential_of, magic_links,
};
pub(super) use oauth::{external_account, external_owner, oauth_state};

/// The index of the table.
pub(super) const INDEX: &str = "gsi1";
/// The sort key of a credential.
pub(super) const CREDENTIAL: &str = "CREDENTIAL";
/// The sort key's prefix of conversations.
pub(super) const CONVERSATION: &str = "CONVERSATION#";
/// The sort key's prefix of sessions.
pub(super) const SESSION: &str = "SESSION#";
/// The sort key's prefix of interactions.
pub(super) const INTERACTION: &str = "INTERACTION#";
/// The sort key's prefix of accounts at providers.
pub(super) const PROVIDER: &str = "PROVIDER#";
/// The sort key's prefix of quotas.
pub(super) const QUOTA: &str = "QUOTA#";
/// The sort key's prefix of messages.
pub(super) const MESSAGE: &str = "MESSAGE#";
/// The sort key's prefix of turns and of idempotency keys, which are hashes of different texts.
const TURN: &str = "TURN#";
/// The partition of sweep jobs.
pub(super) const SWEEPS: &str = "SWEEPS";
/// The partition of mails that are to be sent.
pub(super) const MAILS: &str = "MAILS";
/// Sorts after every digit: ends a range of sort keys that end with a number.
pub(super) const AFTER_DIGITS: &str = ":";
/// Sorts after every letter and digit: ends a range of sort keys that end with a random id.
pub(super) const AFTER_LETTERS: &str = "~";

/// A primary key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) pk: String,
    pub(super) sk: String,
}

fn of_user(user: &UserId, sk: impl Into<String>) -> Key {
    Key { pk: user_partition(user), sk: sk.into() }
}

pub(super) fn user_partition(user: &UserId) -> String {
    format!("USER#{user}")
}

pub(super) fn account(user: &UserId) -> Key {
    of_user(user, "ACCOUNT")
}

/// The mark of an erased user.
pub(super) fn erased(user: &UserId) -> Key {
    Key { pk: format!("ERASED#{}", sha256_hex(&[user.as_str().as_bytes()])), sk: "ERASED".into() }
}

/// The tokens of a user's links for one purpose.
pub(super) fn link_tokens(user: &UserId, purpose: LinkPurpose) -> Key {
    of_user(
        user,
        match purpose {
            LinkPurpose::ResetPassword => "TOKEN#RESET_PASSWORD",
            LinkPurpose::VerifyEmail => "TOKEN#VERIFY_EMAIL",
            LinkPurpose::ChangeEmail => "TOKEN#CHANGE_EMAIL",
            LinkPurpose::DeleteUser => "TOKEN#DELETE_USER",
        },
    )
}

pub(super) fn profile(user: &UserId) -> Key {
    of_user(user, "PROFILE")
}

pub(super) fn session(user: &UserId, session: &SessionId) -> Key {
    of_user(user, format!("{SESSION}{session}"))
}

/// A turn of a chat.
pub(super) fn chat_turn(user: &UserId, key: &TurnKey) -> Key {
    of_user(user, format!("{TURN}{}", key.as_str()))
}

/// An idempotency key of an operation, hashed together with it.
pub(super) fn idempotency(user: &UserId, key: &IdempotencyKey, operation: &str) -> Key {
    of_user(user, format!("{TURN}{}", key.within(operation)))
}

pub(super) fn interaction(user: &UserId, id: &InteractionId) -> Key {
    of_user(user, format!("{INTERACTION}{}", id.as_str()))
}

/// The id has sixteen digits, so that the text sorts as the numbers do.
pub(super) fn conversation(user: &UserId, id: ConversationId) -> Key {
    of_user(user, format!("{CONVERSATION}{:016}", id.get()))
}

/// The index partition of a user's conversations by last activity.
pub(super) fn conversations_by_activity(user: &UserId) -> String {
    format!("USER#{user}#CONVERSATIONS")
}

pub(super) fn activity_sort(updated_at: Timestamp, id: ConversationId) -> String {
    format!("{updated_at}#{:016}", id.get())
}

pub(super) fn messages_partition(user: &UserId, conversation: ConversationId) -> String {
    format!("USER#{user}#CONVERSATION#{conversation}")
}

pub(super) fn message(user: &UserId, conversation: ConversationId, id: MessageId) -> Key {
    Key { pk: messages_partition(user, conversation), sk: message_sort(id) }
}

pub(super) fn message_sort(id: MessageId) -> String {
    format!("{MESSAGE}{:016}", id.get())
}

/// The sort key's prefix of the segments of one run's reply; they sort in the order of writing.
pub(super) fn segments(run: &RunId) -> String {
    format!("SEGMENT#{run}#")
}

/// The number has six digits; the longest reply has a few hundred segments.
pub(super) fn segment(
    user: &UserId,
    conversation: ConversationId,
    run: &RunId,
    number: usize,
) -> Key {
    let sk = format!("{}{number:06}", segments(run));
    Key { pk: messages_partition(user, conversation), sk }
}

/// The count of requests that have joined a run. It sorts after the run's segments, and ends a range
/// of them, so that who reads those reads it as well.
pub(super) fn joins(user: &UserId, conversation: ConversationId, run: &RunId) -> Key {
    let sk = format!("{}{AFTER_DIGITS}", segments(run));
    Key { pk: messages_partition(user, conversation), sk }
}

/// The chat id of an AI SDK client; hashed, since the client may choose any text.
pub(super) fn chat(user: &UserId, chat_id: &str) -> Key {
    of_user(user, format!("CHAT#{}", sha256_hex(&[chat_id.as_bytes()])))
}

/// The quota that a user has used on a day in UTC, such as `2026-01-31`.
pub(super) fn quota(user: &UserId, date: &str) -> Key {
    of_user(user, format!("{QUOTA}{date}"))
}

/// The quota that all users of the stack have used together on a day in UTC.
pub(super) fn stack_quota(date: &str) -> Key {
    Key { pk: "QUOTA#ALL".into(), sk: date.into() }
}

/// The index partition of a conversation's messages of one role.
pub(super) fn messages_by_role(user: &UserId, conversation: ConversationId, role: Role) -> String {
    format!("{}#ROLE#{}", messages_partition(user, conversation), role.as_str())
}

/// The partition of a ring's public keys.
pub(super) fn public_keys(ring: Ring) -> String {
    format!("{}#PUBLIC", ring_name(ring))
}

pub(super) fn public_key(ring: Ring, generation: u64) -> Key {
    Key { pk: public_keys(ring), sk: key_sort(generation) }
}

pub(super) fn sealed_key(ring: Ring, generation: u64) -> Key {
    Key { pk: format!("{}#SEALED", ring_name(ring)), sk: key_sort(generation) }
}

fn ring_name(ring: Ring) -> &'static str {
    match ring {
        Ring::Session => "SIGNING_KEYS",
        Ring::Token => "TOKEN_KEYS",
    }
}

fn key_sort(generation: u64) -> String {
    format!("KEY#{generation:016}")
}

/// What is counted for one network in one window of time; the network is hashed here, too.
pub(super) fn attempts(action: Action, network: &Network, window: i64) -> Key {
    let action = match action {
        Action::SignIn => "SIGN_IN",
        Action::SignUp => "SIGN_UP",
        Action::Mail => "MAIL",
    };
    rate(format!("RATE#{action}#{}#{window}", hashed(network)))
}

/// What is counted of the mails to an address in one window of time.
pub(super) fn mails_to(email: &Email, window: i64) -> Key {
    rate(format!("RATE#MAIL_TO#{}#{window}", email.hash()))
}

/// The wrong passwords of a subject.
pub(super) fn failures(subject: Subject<'_>, scope: Scope<'_>) -> Key {
    let who = match subject {
        Subject::Address(email) => email.hash().to_string(),
        Subject::User(user) => user.to_string(),
    };
    match scope {
        Scope::Network(network) => rate(format!("RATE#PASSWORD#{who}#{}", hashed(network))),
        Scope::AllNetworks => failures_of_address(&who),
    }
}

/// The wrong passwords of an address with this hash, from all networks.
pub(super) fn failures_of_address(hash: &str) -> Key {
    rate(format!("RATE#PASSWORD#{hash}"))
}

fn rate(pk: String) -> Key {
    Key { pk, sk: "RATE".into() }
}

fn hashed(network: &Network) -> String {
    sha256_hex(&[network.as_str().as_bytes()])
}

/// A job for the sweeper; the oldest one sorts first.
pub(super) fn conversation_sweep(
    created_at: Timestamp,
    user: &UserId,
    conversation: ConversationId,
) -> Key {
    Key { pk: SWEEPS.into(), sk: format!("{created_at}#{user}#{conversation}") }
}

/// A job for the sweeper that is about a whole user.
pub(super) fn user_sweep(created_at: Timestamp, user: &UserId) -> Key {
    Key { pk: SWEEPS.into(), sk: format!("{created_at}#{user}") }
}

/// A mail that is to be sent; the oldest one sorts first.
pub(super) fn mail_job(job: &MailJob) -> Key {
    Key { pk: MAILS.into(), sk: format!("{}#{}", job.created_at, job.id) }
}

/// The partition of the tallies of a day in UTC, such as `2026-01-31`.
pub(super) fn tallies(date: &str) -> String {
    format!("TALLY#{date}")
}

/// The tally that counts an interaction. Without a profile, `-` stands for what it would say: no choice
/// has this name.
pub(super) fn tally(interaction: &Interaction) -> Key {
    let used = interaction.background_used;
    let level = used.software_level.map_or("-", SoftwareLevel::as_str);
    let hardware = used.hardware_background.map_or("-", HardwareBackground::as_str);
    let content_type = interaction.content_type.as_str();
    let sk = format!("{content_type}#{level}#{hardware}#{}", used.notes_version);
    Key { pk: tallies(&interaction.timestamp.date()), sk }
}
