//! The tallies: what interactions are marked with is counted, and nothing twice.

use super::rows::{number, text};
use serde_json::Value;
use std::collections::BTreeMap;

/// What is counted of one day, content type, background and version of the notes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Counts {
    interactions: u64,
    rated: u64,
    hundredths: u64,
}

/// What is wrong with the tallies. Erased users leave the table and not the tallies, and with faults a batch of
/// the stream may have been given up.
pub fn differences(items: &[Value], all_are_left: bool, had_faults: bool) -> Vec<String> {
    let mut found = Vec::new();
    let mut marked: BTreeMap<String, Counts> = BTreeMap::new();
    let mut tallies: BTreeMap<String, Counts> = BTreeMap::new();
    for item in items {
        let (pk, sk) = (text(item, "pk"), text(item, "sk"));
        if let Some(date) = pk.strip_prefix("TALLY#") {
            let counts = Counts {
                interactions: number(item, "count"),
                rated: number(item, "rated"),
                hundredths: number(item, "sum"),
            };
            tallies.insert(format!("{date} {sk}"), counts);
        } else if sk.starts_with("INTERACTION#") {
            let rating = hundredths(item);
            match item.get("tallied").and_then(|mark| mark.get("N")).and_then(Value::as_str) {
                None if had_faults => {}
                None => found.push(format!("{pk} {sk} is not counted")),
                Some(mark) => {
                    let is_rating = mark.parse::<i64>().ok() == Some(rating.unwrap_or(-1));
                    if !is_rating && !had_faults {
                        found.push(format!("{pk} {sk} is counted as {mark}, not {rating:?}"));
                    }
                    let counts = marked.entry(tally_of(item)).or_default();
                    counts.interactions += 1;
                    if let Ok(counted) = mark.parse::<u64>() {
                        counts.rated += 1;
                        counts.hundredths += counted;
                    }
                }
            }
        }
    }
    for (row, marked) in &marked {
        let tally = tallies.get(row).copied().unwrap_or_default();
        let has_all = tally.interactions >= marked.interactions
            && tally.rated >= marked.rated
            && tally.hundredths >= marked.hundredths;
        if !has_all || (all_are_left && tally != *marked) {
            found.push(format!("the tally {row} has {tally:?}, its interactions {marked:?}"));
        }
    }
    found
}

/// The tally that an interaction counts in.
fn tally_of(item: &Value) -> String {
    let used = item.pointer("/background_used/M");
    let part = |name: &str, kind: &str| {
        let value = used.and_then(|used| used.get(name)?.get(kind)?.as_str());
        value.unwrap_or("-").to_owned()
    };
    let date = text(item, "timestamp").get(..10).unwrap_or_default();
    let content_type = text(item, "content_type");
    let (level, hardware) = (part("software_level", "S"), part("hardware_background", "S"));
    format!("{date} {content_type}#{level}#{hardware}#{}", part("notes_version", "N"))
}

fn hundredths(item: &Value) -> Option<i64> {
    let rating = item.pointer("/personalization_effectiveness/N")?.as_str()?;
    let (whole, decimals) = rating.split_once('.').unwrap_or((rating, ""));
    format!("{whole}{:0<2}", decimals.get(..2).unwrap_or(decimals)).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn interaction(id: &str, rating: &str, mark: &str) -> Value {
        let mut item = json!({
            "pk": { "S": "USER#a" },
            "sk": { "S": format!("INTERACTION#{id}") },
            "content_type": { "S": "chat" },
            "timestamp": { "S": "2026-01-31T00:00:00.000Z" },
            "background_used": { "M": {
                "software_level": { "S": "beginner" },
                "hardware_background": { "NULL": true },
                "notes_version": { "N": "1" },
            } },
            "tallied": { "N": mark },
        });
        if !rating.is_empty() {
            item["personalization_effectiveness"] = json!({ "N": rating });
        }
        item
    }

    fn items() -> Vec<Value> {
        let tally = json!({
            "pk": { "S": "TALLY#2026-01-31" }, "sk": { "S": "chat#beginner#-#1" },
            "count": { "N": "3" }, "rated": { "N": "2" }, "sum": { "N": "750" },
        });
        let rated = [interaction("1", "", "-1"), interaction("2", "2.5", "250")];
        [vec![tally, interaction("3", "5", "500")], rated.to_vec()].concat()
    }

    #[test]
    fn what_is_marked_is_counted() {
        assert_eq!(differences(&items(), true, false), Vec::<String>::new());
        let mut twice = items();
        twice[0]["count"] = json!({ "N": "4" });
        assert_eq!(differences(&twice, true, true).len(), 1);
        assert_eq!(differences(&twice, false, true).len(), 0, "of somebody who left");
        let mut lost = items();
        lost[0]["sum"] = json!({ "N": "749" });
        assert_eq!(differences(&lost, false, true).len(), 1);
        let mut late = items();
        late[1]["tallied"] = json!({ "N": "400" });
        late[0]["sum"] = json!({ "N": "650" });
        assert_eq!(differences(&late, true, false).len(), 1);
        assert_eq!(differences(&late, true, true).len(), 0, "a batch was given up");
        let mut unmarked = items();
        unmarked[1].as_object_mut().unwrap().remove("tallied");
        assert_eq!(differences(&unmarked, false, false).len(), 1);
    }

    #[test]
    fn ratings_are_read_as_the_table_writes_them() {
        for (written, hundredths) in
            [("5", 500), ("2.5", 250), ("0.25", 25), ("4.99", 499), ("0", 0)]
        {
            assert_eq!(super::hundredths(&interaction("1", written, "0")), Some(hundredths));
        }
    }
}
