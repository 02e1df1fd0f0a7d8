//! From what an operation takes to what it costs.

use template::Api;

use super::figures::Figures;
use super::operations::Operation;
use super::prices::Prices;
use crate::finding::Finding;

const MILLION: f64 = 1e6;
const GB: f64 = 1e9;

/// Units of every price, in the units of the file of prices.
#[derive(Debug, Clone, Default)]
pub struct Usage {
    units: Vec<(&'static str, f64)>,
}

/// What a use costs, line by line, in dollars.
#[derive(Debug, Clone, Default)]
pub struct Bill {
    /// Calls of functions.
    pub requests: f64,
    /// Their time.
    pub time: f64,
    /// API Gateway.
    pub gateway: f64,
    /// Read and write units.
    pub table: f64,
    /// What the table contains, and its backup.
    pub storage: f64,
    /// Log lines.
    pub logs: f64,
    /// Bytes to the internet.
    pub data_out: f64,
    /// Mails.
    pub mail: f64,
}

impl Usage {
    /// A million operations.
    pub fn of_a_million(operation: &Operation, figures: &Figures) -> Self {
        let bytes = &figures.bytes;
        let row = &operation.row;
        let gb_seconds = operation.memory_mb / 1_024.0 * operation.billed_ms / 1_000.0 * MILLION;
        let (reply_writes, response) = if operation.waits_for_reply {
            let reply = &figures.reply;
            (reply.seconds * reply.write_units_per_second, reply.bytes)
        } else {
            (0.0, if operation.api.is_some() { bytes.response } else { 0.0 })
        };
        let gateway_line = if operation.api == Some(Api::Http) { bytes.gateway_line } else { 0.0 };
        let line = bytes.own_line + bytes.lambda_line + gateway_line;
        let gateway = match operation.api {
            Some(Api::Http) => Some("http_api"),
            Some(Api::Rest) => Some("rest_api"),
            None => None,
        };
        let mut units = vec![
            ("lambda_requests", 1.0),
            ("lambda_time", gb_seconds),
            ("read_units", row.reads),
            ("write_units", row.writes + reply_writes),
            ("logs", line * MILLION / GB),
            ("data_out", response * MILLION / GB),
        ];
        units.extend(gateway.map(|name| (name, 1.0)));
        Self { units }
    }

    /// Adds units of a price.
    pub fn with(mut self, name: &'static str, units: f64) -> Self {
        self.units.push((name, units));
        self
    }

    /// Adds another use, `times` times.
    pub fn add(&mut self, other: &Self, times: f64) {
        self.units.extend(other.units.iter().map(|(name, units)| (*name, units * times)));
    }

    /// How many units of a price there are.
    pub fn of(&self, name: &str) -> f64 {
        self.units.iter().filter(|(other, _)| *other == name).map(|(_, units)| units).sum()
    }

    /// What it costs; with `less_free`, without what each month has for nothing.
    pub fn bill(&self, prices: &Prices, less_free: bool) -> Result<Bill, Finding> {
        let cost = |name: &str| {
            let price = prices.get(name)?;
            let free = if less_free { price.free } else { 0.0 };
            Ok::<f64, Finding>((self.of(name) - free).max(0.0) * price.dollars)
        };
        Ok(Bill {
            requests: cost("lambda_requests")?,
            time: cost("lambda_time")?,
            gateway: cost("http_api")? + cost("rest_api")?,
            table: cost("read_units")? + cost("write_units")?,
            storage: cost("storage")? + cost("backup")?,
            logs: cost("logs")?,
            data_out: cost("data_out")?,
            mail: cost("mail")?,
        })
    }
}

impl Bill {
    /// All lines together.
    pub fn total(&self) -> f64 {
        self.requests
            + self.time
            + self.gateway
            + self.table
            + self.storage
            + self.logs
            + self.data_out
            + self.mail
    }
}
