//! A month of some users.

use super::bill::Usage;
use super::figures::Figures;
use super::operations::{Operation, of_name};

const MILLION: f64 = 1e6;

/// Numbers of users that the tables have a column for.
pub const SIZES: [f64; 3] = [1_000.0, 100_000.0, 1_000_000.0];

/// What `users` use in a month, with or without the chat.
pub fn usage(operations: &[Operation], figures: &Figures, users: f64, with_chat: bool) -> Usage {
    let mut usage = Usage::default();
    let mut mails = 0.0;
    for (operation, times) in month(operations, figures, with_chat) {
        usage.add(&Usage::of_a_million(operation, figures), users * times / MILLION);
        if operation.row.function == "send-mail" {
            mails += users * times;
        }
    }
    let turns = turns(operations, figures, with_chat);
    let stored = &figures.stored;
    let bytes = stored.user_bytes + turns * stored.turn_bytes * stored.months_of_turns;
    let gb = users * bytes / 1e9;
    usage.with("storage", gb).with("backup", gb).with("mail", mails / 1_000.0)
}

/// The operations of a user's month, and how often each.
fn month<'a>(
    operations: &'a [Operation],
    figures: &'a Figures,
    with_chat: bool,
) -> impl Iterator<Item = (&'a Operation, f64)> {
    let chat = if with_chat { figures.chat.as_slice() } else { &[] };
    let named = figures.accounts.iter().chain(chat);
    named.filter_map(move |(name, times)| Some((of_name(operations, name)?, *times)))
}

/// The questions that a user asks in a month.
pub fn turns(operations: &[Operation], figures: &Figures, with_chat: bool) -> f64 {
    month(operations, figures, with_chat)
        .filter(|(operation, _)| operation.waits_for_reply)
        .map(|(_, times)| times)
        .sum()
}

/// CPU seconds that the same month takes on Better Auth, without the chat.
pub fn better_auth_seconds(operations: &[Operation], figures: &Figures, users: f64) -> f64 {
    let ms = month(operations, figures, false)
        .map(|(operation, times)| operation.better_auth_ms * times)
        .sum::<f64>();
    users * ms / 1_000.0
}
