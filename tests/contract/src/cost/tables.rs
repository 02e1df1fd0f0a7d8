//! The tables of docs/cost.md.

use super::beside;
use super::bill::{Bill, Usage};
use super::figures::Figures;
use super::format::{count, dollars, head, plain, row};
use super::month::{self, SIZES};
use super::operations::{Operation, of_name};
use super::prices::{Plan, Prices, Source};
use super::shares;
use crate::finding::Finding;

const SECONDS_OF_A_DAY: f64 = 86_400.0;

/// Each table with the name of its markers.
pub fn all(
    operations: &[Operation],
    figures: &Figures,
    prices: &Prices,
    requests_per_second: f64,
) -> Result<Vec<(&'static str, String)>, Finding> {
    Ok(vec![
        ("operations", of_operations(operations, figures, prices)?),
        ("month", of_a_month(figures)),
        ("bill", of_users(operations, figures, prices)?),
        ("alternatives", beside::of_alternatives(operations, figures, prices)?),
        ("server", beside::of_a_server(operations, figures, prices)?),
        ("busy", beside::of_a_busy_server(operations, figures, prices)?),
        ("shares", shares::table(operations, figures, prices)?),
        ("day", of_a_day(operations, figures, prices, requests_per_second)?),
        ("prices", of_prices(prices)),
    ])
}

fn of_operations(
    operations: &[Operation],
    figures: &Figures,
    prices: &Prices,
) -> Result<String, Finding> {
    let mut table = head(&[
        "a million times",
        "billed",
        "Lambda requests",
        "Lambda time",
        "API Gateway",
        "DynamoDB",
        "logs",
        "data out",
        "together",
    ]);
    for operation in operations {
        let bill = Usage::of_a_million(operation, figures).bill(prices, false)?;
        let billed =
            format!("{} ms, {} MB", count(operation.billed_ms), count(operation.memory_mb));
        let lines = [
            bill.requests,
            bill.time,
            bill.gateway,
            bill.table,
            bill.logs,
            bill.data_out,
            bill.total(),
        ];
        let cells = [shown(operation), billed].into_iter().chain(lines.map(dollars));
        table.push_str(&row(&cells.collect::<Vec<_>>()));
    }
    Ok(table)
}

fn of_a_month(figures: &Figures) -> String {
    let mut table = head(&["operation", "accounts only", "with the chat"]);
    for (name, times) in &figures.accounts {
        table.push_str(&row(&[name.clone(), plain(*times), plain(*times)]));
    }
    for (name, times) in &figures.chat {
        table.push_str(&row(&[name.clone(), String::new(), plain(*times)]));
    }
    table
}

/// A line of the bill: its name, and where it is.
type Line = (&'static str, fn(&Bill) -> f64);

fn of_users(
    operations: &[Operation],
    figures: &Figures,
    prices: &Prices,
) -> Result<String, Finding> {
    const LINES: [Line; 9] = [
        ("Lambda requests", |bill| bill.requests),
        ("Lambda time", |bill| bill.time),
        ("API Gateway", |bill| bill.gateway),
        ("DynamoDB", |bill| bill.table),
        ("storage and its backup", |bill| bill.storage),
        ("logs", |bill| bill.logs),
        ("data out", |bill| bill.data_out),
        ("mail", |bill| bill.mail),
        ("**together**", Bill::total),
    ];
    let bills = |less_free: bool| {
        let of = |users: f64, with_chat: bool| {
            month::usage(operations, figures, users, with_chat).bill(prices, less_free)
        };
        let without = SIZES.map(|users| of(users, false)).into_iter();
        without.chain(SIZES.map(|users| of(users, true))).collect::<Result<Vec<Bill>, Finding>>()
    };
    let (full, less_free) = (bills(false)?, bills(true)?);
    let mut columns_of_sizes = vec!["a month".to_owned()];
    for what in ["", ", with the chat"] {
        columns_of_sizes.extend(SIZES.map(|users| format!("{} users{what}", count(users))));
    }
    let mut table = head(&columns_of_sizes);
    let line = |name: &str, columns: &[Bill], of: fn(&Bill) -> f64| {
        let cells = columns.iter().map(|bill| dollars(of(bill)));
        row(&[name.to_owned()].into_iter().chain(cells).collect::<Vec<_>>())
    };
    for (name, of) in LINES {
        table.push_str(&line(name, &full, of));
    }
    table.push_str(&line("together, less what is free each month", &less_free, Bill::total));
    let of_tokens = |users: f64| tokens(operations, figures, prices, users).map(dollars);
    let of_the_model = SIZES.map(of_tokens).into_iter().collect::<Result<Vec<_>, Finding>>()?;
    let cells = ["and the model's tokens", "", "", ""].map(str::to_owned).into_iter();
    table.push_str(&row(&cells.chain(of_the_model).collect::<Vec<_>>()));
    Ok(table)
}

/// What the model's tokens of a month cost.
fn tokens(
    operations: &[Operation],
    figures: &Figures,
    prices: &Prices,
    users: f64,
) -> Result<f64, Finding> {
    let millions = users * month::turns(operations, figures, true) / 1e6;
    Ok(prices.of("model_input", millions * figures.reply.input_tokens)?
        + prices.of("model_output", millions * figures.reply.output_tokens)?)
}

fn of_a_day(
    operations: &[Operation],
    figures: &Figures,
    prices: &Prices,
    requests_per_second: f64,
) -> Result<String, Finding> {
    let requests = requests_per_second * SECONDS_OF_A_DAY;
    let mut table = head(&["nothing but", "requests in a day", "a day"]);
    for operation in figures.day.iter().filter_map(|name| of_name(operations, name)) {
        let million = Usage::of_a_million(operation, figures).bill(prices, false)?.total();
        let cells = [shown(operation), count(requests), dollars(requests / 1e6 * million)];
        table.push_str(&row(&cells));
    }
    Ok(table)
}

/// As docs/data-model.md writes it: the function between backticks.
fn shown(operation: &Operation) -> String {
    let function = &operation.row.function;
    operation.row.name.replacen(function, &format!("`{function}`"), 1)
}

fn of_prices(prices: &Prices) -> String {
    let mut table = head(&["price", "dollars", "free each month", "read in", "seller"]);
    for price in &prices.list {
        let free = if price.free > 0.0 { plain(price.free) } else { String::new() };
        let link = format!("[now]({})", price.vendor);
        table.push_str(&row(&[
            format!("`{}`, per {}", price.name, price.per),
            price.dollars.to_string(),
            free,
            read_in(&price.source),
            link,
        ]));
    }
    for alternative in &prices.alternatives {
        let link = format!("[now]({})", alternative.vendor);
        let plans: Vec<String> = alternative.plans.iter().map(terms).collect();
        table.push_str(&row(&[
            alternative.name.clone(),
            plans.join("; "),
            String::new(),
            read_in(&alternative.source),
            link,
        ]));
    }
    table
}

/// What a plan asks: `Pro: 25 a month, a user 0 to 50,000, 0.02 to 100,000`.
fn terms(plan: &Plan) -> String {
    let tiers = plan.tiers.iter().map(|tier| format!("{} to {}", tier.each, count(tier.to)));
    let tiers: Vec<String> = tiers.collect();
    format!("{}: {} a month, a user {}", plan.name, plan.base, tiers.join(", "))
}

/// A link to the page, its date, and the note.
pub fn read_in(source: &Source) -> String {
    let note = if source.note.is_empty() { String::new() } else { format!("; {}", source.note) };
    format!("[{}]({}){note}", source.as_of, source.page)
}
