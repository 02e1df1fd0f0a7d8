//! The table of docs/data-model.md.
#![expect(clippy::panic, reason = "a test that meets the unexpected must fail")]

const DATA_MODEL: &str = include_str!("../../../../docs/data-model.md");

/// A row of the table of access patterns.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The function's name.
    pub function: String,
    /// What is special, if anything is.
    pub variant: String,
    /// Calls that leave together count once.
    pub round_trips: f64,
    /// As the engine counts them.
    pub read_units: f64,
    /// As the engine counts them.
    pub write_units: f64,
}

/// The table of docs/data-model.md.
///
/// # Panics
/// When the table is not as it should be.
pub fn documented() -> Vec<Row> {
    let rows = DATA_MODEL.lines().skip_while(|line| !line.starts_with("| operation |")).skip(2);
    rows.take_while(|line| line.starts_with('|'))
        .map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            let [operation, _, _, trips, reads, writes] = cells[..] else { panic!("{line}") };
            let [round_trips, read_units, write_units] =
                [trips, reads, writes].map(|cell| cell.parse().unwrap_or(f64::NAN));
            let operation = operation.trim_start_matches('`');
            let (function, variant) = operation.split_once('`').unwrap_or((operation, ""));
            let (function, variant) = (function.to_owned(), variant.trim().to_owned());
            Row { function, variant, round_trips, read_units, write_units }
        })
        .collect()
}
