//! Which parts of a bill are large, and how it compares, for docs/cost.md.

use super::bill::{Bill, Usage};
use super::figures::Figures;
use super::format::{head, row};
use super::month::{self, SIZES};
use super::operations::{Operation, of_name};
use super::prices::Prices;
use crate::finding::Finding;

/// The operations that stand for others.
#[derive(Debug, Clone)]
pub struct Typical {
    /// A turn of the chat.
    pub turn: String,
    /// A read.
    pub read: String,
    /// A sign-in.
    pub sign_in: String,
    /// A sign-in with a wrong password.
    pub wrong_password: String,
}

/// The table.
pub fn table(
    operations: &[Operation],
    figures: &Figures,
    prices: &Prices,
) -> Result<String, Finding> {
    let bill = |name: &String| -> Result<Bill, Finding> {
        // That each is there was checked when rows and figures were joined.
        let usage = of_name(operations, name).map(|one| Usage::of_a_million(one, figures));
        usage.unwrap_or_default().bill(prices, false)
    };
    let typical = &figures.typical;
    let (turn, read) = (bill(&typical.turn)?, bill(&typical.read)?);
    let reply = &figures.reply;
    let segments = prices.of("write_units", reply.seconds * reply.write_units_per_second)?;
    let [users, ..] = SIZES;
    let accounts = month::usage(operations, figures, users, false).bill(prices, false)?;
    let storage = prices.of("storage", 1.0)? + prices.of("backup", 1.0)?;
    let shares = [
        ("of a turn of the chat: Lambda's time, mostly waiting", turn.time / turn.total()),
        ("of it: writing its lease and segments while it runs", segments / turn.total()),
        ("of it: the API that streams", turn.gateway / turn.total()),
        ("of a month of accounts only: mails", accounts.mail / accounts.total()),
    ];
    let times = [
        ("the log lines of a read, beside its function", read.logs / (read.requests + read.time)),
        (
            "a wrong password, beside a good sign-in",
            bill(&typical.wrong_password)?.total() / bill(&typical.sign_in)?.total(),
        ),
        (
            "a stored gigabyte with its backup, beside the disk of a Postgres",
            storage / prices.of("postgres_storage", 1.0)?,
        ),
    ];
    let mut table = head(&["", "how much"]);
    for (what, share) in shares {
        table.push_str(&row(&[what.to_owned(), format!("{:.0} %", share * 100.0)]));
    }
    for (what, ratio) in times {
        table.push_str(&row(&[what.to_owned(), format!("{ratio:.1} times")]));
    }
    Ok(table)
}
