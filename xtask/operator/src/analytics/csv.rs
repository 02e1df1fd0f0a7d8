//! The table as CSV (RFC 4180).

use super::background;
use super::merge::Table;
use super::ratings::Ratings;
use super::row::{Kind, Totals};

const HEAD: &str = "\
row,content_type,notes_version,software_level,hardware_background,interactions,ratings,mean,interval_low,\
interval_high,rated_0,rated_1,rated_2,rated_3,rated_4,rated_5,users_at_least";

/// The file. What is not told, and what there is not, is empty.
pub fn file(table: &Table) -> String {
    let mut lines = vec![HEAD.to_owned()];
    for (kind, totals) in table.lines() {
        let fields = of_kind(kind).into_iter().chain(of_totals(totals));
        lines.push(fields.map(|field| quoted(&field)).collect::<Vec<_>>().join(","));
    }
    lines.push(String::new());
    lines.join("\r\n")
}

fn of_kind(kind: Option<&Kind>) -> Vec<String> {
    let Some(Kind { content_type, background }) = kind else {
        return ["others", "", "", "", ""].map(str::to_owned).to_vec();
    };
    let (level, hardware) = (background::level(*background), background::hardware(*background));
    let row = if level.is_empty() && hardware.is_empty() { "no profile" } else { "background" };
    let version = background.notes_version.to_string();
    [row, content_type.as_str(), &version, level, hardware].map(str::to_owned).to_vec()
}

fn of_totals(totals: &Totals) -> Vec<String> {
    let ratings = totals.ratings();
    let decimal = |number: Option<f64>| number.map(|number| format!("{number:.3}"));
    let (low, high) = ratings.and_then(Ratings::interval).unzip();
    let mut fields = vec![
        Some(totals.interactions.to_string()),
        ratings.map(|ratings| ratings.count.to_string()),
        decimal(ratings.and_then(Ratings::mean)),
        decimal(low),
        decimal(high),
    ];
    for at in 0..6 {
        let near = ratings.and_then(|ratings| ratings.distribution.get(at));
        fields.push(near.map(u64::to_string));
    }
    fields.push(Some(totals.groups.len().to_string()));
    fields.into_iter().map(Option::unwrap_or_default).collect()
}

/// A field, in quotes if it has a character that means something.
fn quoted(field: &str) -> String {
    if field.contains(['"', ',', '\r', '\n']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_something_is_quoted() {
        let fields = ["chat", "a,b", "say \"x\"", "two\r\nlines", ""].map(quoted);
        assert_eq!(fields, ["chat", "\"a,b\"", "\"say \"\"x\"\"\"", "\"two\r\nlines\"", ""]);
    }
}
