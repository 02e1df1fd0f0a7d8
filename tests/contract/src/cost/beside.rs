//! The tables of docs/cost.md that compare with others.

use super::DATA_MODEL;
use super::alternatives;
use super::bill::Usage;
use super::figures::Figures;
use super::format::{count, dollars, head, row};
use super::month::{self, SIZES};
use super::operations::{Operation, of_name};
use super::prices::Prices;
use super::server;
use crate::finding::Finding;

/// The operation by which the smallest server is compared when it is busy all the time.
const BUSY: &str = "get-session";

/// What others charge for a month of users, below what it costs here.
pub fn of_alternatives(
    operations: &[Operation],
    figures: &Figures,
    prices: &Prices,
) -> Result<String, Finding> {
    let mut columns = vec!["accounts only, a month".to_owned()];
    columns.extend(SIZES.map(|users| format!("{} users", count(users))));
    columns.push("which users count".to_owned());
    let mut table = head(&columns);
    let mut line = |name: &str, cells: Vec<String>, counts: &str| {
        let row_of_cells = [name.to_owned()].into_iter().chain(cells).chain([counts.to_owned()]);
        table.push_str(&row(&row_of_cells.collect::<Vec<_>>()));
    };
    for (name, less_free) in [("Tessera", false), ("Tessera, less what is free each month", true)] {
        let of = |users: f64| {
            let bill = month::usage(operations, figures, users, false).bill(prices, less_free);
            bill.map(|bill| dollars(bill.total()))
        };
        let cells = SIZES.map(of).into_iter().collect::<Result<Vec<_>, Finding>>()?;
        line(name, cells, "none; requests do");
    }
    let of_a_server = servers(operations, figures, prices)?;
    let cells = of_a_server.iter().map(|server| dollars(server.total())).collect();
    line("Better Auth on a server of one's own", cells, "none; the busiest hour does");
    for alternative in &prices.alternatives {
        let cell = |users: f64| {
            alternatives::cheapest(alternative, users)
                .map_or_else(|| "no public price".to_owned(), dollars)
        };
        line(&alternative.name, SIZES.map(cell).into(), &alternative.counts);
    }
    Ok(table)
}

fn servers(
    operations: &[Operation],
    figures: &Figures,
    prices: &Prices,
) -> Result<Vec<server::Cost>, Finding> {
    let cost = |users: f64| {
        let seconds = month::better_auth_seconds(operations, figures, users);
        let ours = month::usage(operations, figures, users, false).bill(prices, false)?;
        server::cost(figures, prices, users, seconds, ours.data_out + ours.mail)
    };
    SIZES.map(cost).into_iter().collect()
}

/// What the server is made of.
pub fn of_a_server(
    operations: &[Operation],
    figures: &Figures,
    prices: &Prices,
) -> Result<String, Finding> {
    let mut table = head(&[
        "users",
        "tasks",
        "their price",
        "database",
        "load balancer, addresses",
        "data out, mail",
        "together",
    ]);
    for (users, cost) in SIZES.into_iter().zip(servers(operations, figures, prices)?) {
        let lines = [cost.compute, cost.database, cost.network, cost.the_same, cost.total()];
        let cells = [count(users), count(cost.tasks)].into_iter().chain(lines.map(dollars));
        table.push_str(&row(&cells.collect::<Vec<_>>()));
    }
    Ok(table)
}

/// The smallest server beside the same number of requests here.
pub fn of_a_busy_server(
    operations: &[Operation],
    figures: &Figures,
    prices: &Prices,
) -> Result<String, Finding> {
    let Some(operation) = of_name(operations, BUSY) else {
        return Err(Finding::new(DATA_MODEL, format!("has no row `{BUSY}`"), "add it"));
    };
    let million = Usage::of_a_million(operation, figures).bill(prices, false)?;
    // Bytes to the internet cost the same everywhere.
    let (ours, the_same) = (million.total(), million.data_out);
    let smallest = server::cost(figures, prices, 0.0, 0.0, 0.0)?.total();
    let most = server::requests_of_a_task(figures, operation.better_auth_ms) / 1e6;
    let mut table = head(&["`get-session`, in a month", "Tessera", "the smallest server"]);
    for millions in [1.0, smallest / (ours - the_same), most] {
        table.push_str(&row(&[
            count(millions * 1e6),
            dollars(millions * ours),
            dollars(smallest + millions * the_same),
        ]));
    }
    Ok(table)
}
