//! `cargo xtask analytics`: what helped, by background and by version of the personalization notes.

mod background;
mod compare;
mod csv;
mod draw;
mod findings;
mod holm;
mod merge;
mod print;
mod ratings;
mod read;
mod row;
#[cfg(test)]
mod tests;
mod welch;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Args, value_parser};
use shared::clock::{Clock, Timestamp};
use shared::store::{Operator, StoreError};

use self::merge::Table;
use self::read::Days;
use crate::progress::Progress;
use crate::table::{self, Location};

/// Show what helped: how users rate content, by their background and by the version of the notes.
///
/// Prints a table and the differences that are more than chance, and writes the table as CSV and as SVG.
/// Rows of fewer than 5 users are added up, and are left out where that is still fewer. Two tables whose
/// days overlap can be subtracted from one another: give away one of them only. Without --table it works
/// on the table of `cargo xtask dev`, which must be running. For a deployed one, credentials and region
/// come from the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION).
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    table: Location,
    /// How many days, in UTC; today is the last one.
    #[arg(long, default_value_t = 30, value_parser = value_parser!(u16).range(1..=366))]
    days: u16,
    /// The folder for analytics.csv and analytics.svg, which are replaced.
    #[arg(long, value_name = "FOLDER", default_value = "analytics")]
    out: PathBuf,
}

/// Does it.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let store = table::open(&arguments.table)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let days = Days::until(Clock::System.now(), arguments.days);
    let mut progress = Progress::new(days.all().len(), "days");
    let tallies = runtime.block_on(async {
        read::tallies(&store.operator(), &days, &mut |done| progress.show(done)).await
    });
    progress.end();
    let table = merge::table(&tallies.map_err(table::explain)?);
    print!("{}", print::output(&table, &days));
    if table.lines().next().is_none() {
        println!("No files are written.");
    } else {
        write(&arguments.out, &table, &days)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// What the command prints of the days until `now`.
pub async fn text(
    operator: &Operator<'_>,
    now: Timestamp,
    days: u16,
) -> Result<String, StoreError> {
    let days = Days::until(now, days);
    let tallies = read::tallies(operator, &days, &mut |_| {}).await?;
    Ok(print::output(&merge::table(&tallies), &days))
}

fn write(folder: &Path, table: &Table, days: &Days) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let files =
        [("analytics.csv", csv::file(table)), ("analytics.svg", draw::picture(table, days)?)];
    for (name, text) in files {
        let path = folder.join(name);
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        println!("Written: {}", path.display());
    }
    Ok(())
}
