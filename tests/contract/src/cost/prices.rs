//! What is charged: by AWS for a unit, by others for a user.

use super::PRICES;
use super::entry::{self, Entry};
use crate::finding::Finding;

/// Where a figure was read, and when.
#[derive(Debug, Clone)]
pub struct Source {
    /// The page.
    pub page: String,
    /// The page's date.
    pub as_of: String,
    /// What else a reader must know.
    pub note: String,
}

impl Source {
    /// Reads `source`, `as_of` and `note`; the first two are required.
    pub fn read(entry: &Entry<'_>) -> Result<Self, Finding> {
        let page = entry.text("source")?;
        let as_of = entry.text("as_of")?;
        if !page.starts_with("https://") {
            return Err(entry.finding("has a `source` that is no address"));
        }
        if !is_date(&as_of) {
            return Err(entry.finding("has an `as_of` that is no year, month or day"));
        }
        Ok(Self { page, as_of, note: entry.optional_text("note").unwrap_or_default() })
    }
}

/// `2026`, `2026-09` or `2026-09-20`.
fn is_date(text: &str) -> bool {
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    ["0000", "0000-00", "0000-00-00"].contains(&shape.as_str())
}

/// What a unit costs.
#[derive(Debug, Clone)]
pub struct Price {
    /// Its key in the file.
    pub name: String,
    /// Dollars for one unit.
    pub dollars: f64,
    /// What the unit is.
    pub per: String,
    /// Units that each month has for nothing.
    pub free: f64,
    /// The seller's own page.
    pub vendor: String,
    /// Where it was read.
    pub source: Source,
}

/// Users up to `to` cost `each`.
#[derive(Debug, Clone, Copy)]
pub struct Tier {
    /// The last user.
    pub to: f64,
    /// Dollars a user and month.
    pub each: f64,
}

/// What a month costs for all users together.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What its seller calls it.
    pub name: String,
    /// Dollars a month, however many users there are.
    pub base: f64,
    /// What users cost beside it.
    pub tiers: Vec<Tier>,
}

/// Somebody who sells accounts by the user.
#[derive(Debug, Clone)]
pub struct Alternative {
    /// Who.
    pub name: String,
    /// Which users count.
    pub counts: String,
    /// What is offered.
    pub plans: Vec<Plan>,
    /// The seller's own page.
    pub vendor: String,
    /// Where it was read.
    pub source: Source,
}

/// The file of prices.
#[derive(Debug, Clone)]
pub struct Prices {
    /// What units cost, in the order of the file.
    pub list: Vec<Price>,
    /// What others charge.
    pub alternatives: Vec<Alternative>,
}

impl Prices {
    /// Reads the file's text.
    pub fn read(text: &str) -> Result<Self, Finding> {
        let document = entry::document(PRICES, text)?;
        let root = Entry::root(PRICES, &document);
        let named = root.table("price")?.named();
        Ok(Self {
            list: named
                .into_iter()
                .map(|(name, entry)| price(name, &entry))
                .collect::<Result<_, _>>()?,
            alternatives: root
                .list("alternative")?
                .iter()
                .map(alternative)
                .collect::<Result<_, _>>()?,
        })
    }

    /// The price of this name.
    pub fn get(&self, name: &str) -> Result<&Price, Finding> {
        self.list.iter().find(|price| price.name == name).ok_or_else(|| {
            Finding::new(PRICES, format!("lacks the price `{name}`"), "add it, with its source")
        })
    }

    /// What `units` of a price cost.
    pub fn of(&self, name: &str, units: f64) -> Result<f64, Finding> {
        Ok(self.get(name)?.dollars * units)
    }
}

fn price(name: String, entry: &Entry<'_>) -> Result<Price, Finding> {
    Ok(Price {
        name,
        dollars: entry.number("dollars")?,
        per: entry.text("per")?,
        free: entry.optional_number("free").unwrap_or_default(),
        vendor: entry.text("vendor")?,
        source: Source::read(entry)?,
    })
}

fn alternative(entry: &Entry<'_>) -> Result<Alternative, Finding> {
    let plans = entry.list("plan")?;
    Ok(Alternative {
        name: entry.text("name")?,
        counts: entry.text("counts")?,
        plans: plans.iter().map(plan).collect::<Result<_, _>>()?,
        vendor: entry.text("vendor")?,
        source: Source::read(entry)?,
    })
}

fn plan(entry: &Entry<'_>) -> Result<Plan, Finding> {
    let tiers = entry.list("tiers")?;
    let tier = |entry: &Entry<'_>| {
        Ok::<_, Finding>(Tier { to: entry.number("to")?, each: entry.number("each")? })
    };
    Ok(Plan {
        name: entry.text("name")?,
        base: entry.number("base")?,
        tiers: tiers.iter().map(tier).collect::<Result<_, _>>()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_a_month_and_a_day_are_dates() {
        assert!(["2026", "2026-09", "2026-09-20"].iter().all(|text| is_date(text)));
        assert!(["", "26", "2026-9", "today", "2026-09-20T00"].iter().all(|text| !is_date(text)));
    }
}
