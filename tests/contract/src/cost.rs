//! The tables of docs/cost.md and docs/scale.md, and those of sums in docs/operating.md and docs/deploying.md.
//! They follow from what the engine measured (docs/data-model.md), template.yaml, prices, limits and
//! assumptions (tests/bench).

mod alternatives;
mod beside;
mod bill;
mod entry;
mod figures;
mod format;
mod limits;
mod measured;
mod month;
mod operations;
mod prices;
mod scale;
mod server;
mod shares;
mod stack;
mod tables;

pub use format::thousands;
use std::path::Path;

use template::Template;

use crate::finding::Finding;

/// The page of dollars.
pub const COST: &str = "docs/cost.md";
/// The page of limits.
pub const SCALE: &str = "docs/scale.md";
/// The page of the operator, with what metrics and alarms cost.
pub const OPERATING: &str = "docs/operating.md";
/// The page of parameters, with what the most expensive day costs.
pub const DEPLOYING: &str = "docs/deploying.md";
/// Which fields of the log are metrics.
const METRICS: &str = "shared/src/log/metrics.rs";
/// What the engine measured.
const DATA_MODEL: &str = "docs/data-model.md";
/// What is charged.
const PRICES: &str = "tests/bench/prices.toml";
/// What AWS allows.
const LIMITS: &str = "tests/bench/limits.toml";
/// What the functions take of the CPU.
const MEASURED: &str = "docs/performance/bench.md";
/// What is assumed.
const FIGURES: &str = "tests/bench/figures.toml";
const REMEDY: &str = "run `cargo xtask check --fix`";

/// The texts that the tables are made from, and the pages that contain them.
#[derive(Debug, Clone)]
pub struct Texts {
    /// docs/data-model.md.
    pub data_model: String,
    /// tests/bench/prices.toml.
    pub prices: String,
    /// tests/bench/limits.toml.
    pub limits: String,
    /// tests/bench/figures.toml.
    pub figures: String,
    /// docs/performance/bench.md.
    pub measured: String,
    /// shared/src/log/metrics.rs.
    pub metrics: String,
    /// docs/cost.md.
    pub cost: String,
    /// docs/scale.md.
    pub scale: String,
    /// docs/operating.md.
    pub operating: String,
    /// docs/deploying.md.
    pub deploying: String,
}

impl Texts {
    /// Reads the texts of the repository at `root`; one that can't be read is a finding.
    pub fn read(root: &Path) -> Result<Self, Finding> {
        let read = |file: &str| {
            std::fs::read_to_string(root.join(file)).map_err(|error| {
                Finding::new(
                    file,
                    format!("cannot be read: {error}"),
                    "add it; docs/cost.md needs it",
                )
            })
        };
        Ok(Self {
            data_model: read(DATA_MODEL)?,
            prices: read(PRICES)?,
            limits: read(LIMITS)?,
            figures: read(FIGURES)?,
            measured: read(MEASURED)?,
            metrics: read(METRICS)?,
            cost: read(COST)?,
            scale: read(SCALE)?,
            operating: read(OPERATING)?,
            deploying: read(DEPLOYING)?,
        })
    }
}

/// Compares each page with its tables as they must be.
pub fn check(template: &Template, texts: &Texts) -> Vec<Finding> {
    let pages = match pages(template, texts) {
        Ok(pages) => pages,
        Err(finding) => return vec![finding],
    };
    let measured = measured::check(&texts.figures, &texts.measured);
    let measured = measured.unwrap_or_else(|finding| vec![finding]);
    pages.iter().filter_map(Page::difference).chain(measured).collect()
}

/// A page with tables that are computed.
pub struct Page<'a> {
    /// Its file.
    pub file: &'static str,
    /// What it says.
    pub found: &'a str,
    /// What it must say.
    pub expected: String,
}

impl Page<'_> {
    /// The first line that differs.
    fn difference(&self) -> Option<Finding> {
        if self.found == self.expected {
            return None;
        }
        let mut lines = self.expected.lines().zip(self.found.lines());
        let says = lines.find(|(expected, found)| expected != found).map_or_else(
            || "has a table of another length than its sources".to_owned(),
            |(expected, found)| format!("has the line {found} where its sources say {expected}"),
        );
        Some(Finding::new(self.file, says, REMEDY))
    }
}

/// Each page with its tables written again.
pub fn pages<'a>(template: &Template, texts: &'a Texts) -> Result<[Page<'a>; 4], Finding> {
    let prices = prices::Prices::read(&texts.prices)?;
    let limits = limits::Limits::read(&texts.limits)?;
    let figures = figures::Figures::read(&texts.figures)?;
    let rows = operations::rows(&texts.data_model)?;
    let operations = operations::join(&rows, template, &figures)?;
    let requests_per_second = default_of(template, "RequestsPerSecond")?;
    let cost = tables::all(&operations, &figures, &prices, requests_per_second)?;
    let scale = scale::all(&operations, &figures, &limits, &texts.data_model)?;
    let observed = [("observed", stack::observed(template, &texts.metrics, &prices)?)];
    let day = [("largest-day", stack::largest_day(template, &figures, &limits, &prices)?)];
    let page = |file, found: &'a str, tables: &[(&str, String)]| {
        Ok::<_, Finding>(Page { file, found, expected: fill(file, found, tables)? })
    };
    Ok([
        page(COST, &texts.cost, &cost)?,
        page(SCALE, &texts.scale, &scale)?,
        page(OPERATING, &texts.operating, &observed)?,
        page(DEPLOYING, &texts.deploying, &day)?,
    ])
}

/// The default of a parameter that is a number.
fn default_of(template: &Template, parameter: &str) -> Result<f64, Finding> {
    let default = template.document.pointer(&format!("/Parameters/{parameter}/Default"));
    default.and_then(serde_json::Value::as_f64).ok_or_else(|| {
        let says = format!("has no parameter {parameter} with a number as its default");
        Finding::new("template.yaml", says, "tables of docs need it: add it")
    })
}

/// A page with the text between the markers of each name replaced.
fn fill(file: &str, page: &str, tables: &[(&str, String)]) -> Result<String, Finding> {
    let mut page = page.to_owned();
    for (name, table) in tables {
        let (open, close) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
        let split = page.split_once(&open).and_then(|(before, rest)| {
            let (_, after) = rest.split_once(&close)?;
            Some((before, after))
        });
        let Some((before, after)) = split else {
            let says = format!("has no place for the table {name}");
            let remedy = format!("add the lines <!-- {name} --> and {close}, then {REMEDY}");
            return Err(Finding::new(file, says, remedy));
        };
        page = format!("{before}{open}{table}{close}{after}");
    }
    Ok(page)
}
