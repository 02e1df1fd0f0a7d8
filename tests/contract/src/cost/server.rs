//! Better Auth on a server of one's own.

use super::figures::Figures;
use super::prices::Prices;
use crate::finding::Finding;

const SECONDS_PER_HOUR: f64 = 3_600.0;

/// What the server is made of, and what a month of it costs.
#[derive(Debug, Clone)]
pub struct Cost {
    /// How many tasks.
    pub tasks: f64,
    /// Their cores and memory.
    pub compute: f64,
    /// Postgres and its storage.
    pub database: f64,
    /// The load balancer, and the public addresses.
    pub network: f64,
    /// Bytes to the internet and mails, as many as ours.
    pub the_same: f64,
}

impl Cost {
    /// All together.
    pub fn total(&self) -> f64 {
        self.compute + self.database + self.network + self.the_same
    }
}

/// For so many users, whose month takes so many seconds of CPU, with what costs the same
/// everywhere.
pub fn cost(
    figures: &Figures,
    prices: &Prices,
    users: f64,
    cpu_seconds: f64,
    the_same: f64,
) -> Result<Cost, Finding> {
    let server = &figures.server;
    let mean_cores = cpu_seconds / (server.hours * SECONDS_PER_HOUR);
    let tasks = (mean_cores * server.peak / usable_cores(figures)).ceil().max(1.0);
    let hour_of_a_task = prices.of("fargate_core", server.task_cores)?
        + prices.of("fargate_memory", server.task_gb)?;
    let database = server.database.iter().find(|(up_to, _)| users <= *up_to);
    let database = database.or(server.database.last()).map_or("", |(_, price)| price.as_str());
    let hour_of_the_network = prices.of("load_balancer", 1.0)?
        + prices.of("load_balancer_use", server.balancer_units)?
        + prices.of("public_address", server.balancer_addresses + tasks)?;
    Ok(Cost {
        tasks,
        compute: tasks * hour_of_a_task * server.hours,
        database: prices.of(database, server.hours)?
            + prices.of("postgres_storage", server.storage_gb)?,
        network: hour_of_the_network * server.hours,
        the_same,
    })
}

/// The cores of one task that may be used.
fn usable_cores(figures: &Figures) -> f64 {
    figures.server.task_cores * figures.server.utilisation
}

/// How many requests of `ms` each one task serves in a month, if it is as busy as it may be all the
/// time.
pub fn requests_of_a_task(figures: &Figures, ms: f64) -> f64 {
    figures.server.hours * SECONDS_PER_HOUR * usable_cores(figures) / (ms / 1_000.0)
}
