//! The tables of docs/cost.md and docs/scale.md. They follow from what the engine measured
//! (docs/data-model.md), the memory of each function (template.yaml), prices, limits and
//! assumptions (tests/bench).

mod alternatives;
mod beside;
mod bill;
mod entry;
mod figures;
mod format;
mod limits;
mod month;
mod operations;
mod prices;
mod scale;
mod server;
mod tables;

pub use format::thousands;
use std::path::Path;

use template::Template;

use crate::finding::Finding;

/// The page of dollars.
pub const COST: &str = "docs/cost.md";
/// The page of limits.
pub const SCALE: &str = "docs/scale.md";
/// What the engine measured.
const DATA_MODEL: &str = "docs/data-model.md";
/// What is charged.
const PRICES: &str = "tests/bench/prices.toml";
/// What AWS allows.
const LIMITS: &str = "tests/bench/limits.toml";
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
    /// docs/cost.md.
    pub cost: String,
    /// docs/scale.md.
    pub scale: String,
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
            cost: read(COST)?,
            scale: read(SCALE)?,
        })
    }
}

/// Compares both pages with their tables as they must be.
pub fn check(template: &Template, texts: &Texts) -> Vec<Finding> {
    let [cost, scale] = match pages(template, texts) {
        Ok(pages) => pages,
        Err(finding) => return vec![finding],
    };
    [(COST, &texts.cost, cost), (SCALE, &texts.scale, scale)]
        .into_iter()
        .filter_map(|(file, found, expected)| difference(file, found, &expected))
        .collect()
}

/// Both pages with their tables written again: [`COST`], then [`SCALE`].
pub fn pages(template: &Template, texts: &Texts) -> Result<[String; 2], Finding> {
    let prices = prices::Prices::read(&texts.prices)?;
    let limits = limits::Limits::read(&texts.limits)?;
    let figures = figures::Figures::read(&texts.figures)?;
    let rows = operations::rows(&texts.data_model)?;
    let operations = operations::join(&rows, template, &figures)?;
    let cost = tables::all(&operations, &figures, &prices, requests_per_second(template)?)?;
    let scale = scale::all(&operations, &figures, &limits, &texts.data_model)?;
    Ok([fill(COST, &texts.cost, &cost)?, fill(SCALE, &texts.scale, &scale)?])
}

/// The default of the stage's limit.
fn requests_per_second(template: &Template) -> Result<f64, Finding> {
    let default = template.document.pointer("/Parameters/RequestsPerSecond/Default");
    default.and_then(serde_json::Value::as_f64).ok_or_else(|| {
        let says = "has no parameter RequestsPerSecond with a number as its default";
        Finding::new("template.yaml", says, "docs/cost.md needs it: add it")
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

/// The first line that differs.
fn difference(file: &str, found: &str, expected: &str) -> Option<Finding> {
    if found == expected {
        return None;
    }
    let differs = expected.lines().zip(found.lines()).find(|(expected, found)| expected != found);
    let says = differs.map_or_else(
        || "has a table of another length than its sources".to_owned(),
        |(expected, found)| format!("has the line {found} where its sources say {expected}"),
    );
    Some(Finding::new(file, says, REMEDY))
}
