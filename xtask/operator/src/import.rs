//! `cargo xtask import-better-auth`: the users of a Better Auth database, with their ids, dates and
//! passwords.

mod candidate;
mod date;
mod file;
mod run;
mod summary;
#[cfg(test)]
mod tests;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use clap::Args;

use crate::progress::Progress;
use crate::table::{self, Location};

pub use candidate::{Candidate, LeftOut, Reason};
pub use file::{Database, parse};
pub use run::import;
pub use summary::{Mode, Summary};

/// Maximum size of a file, bytes: it is read into memory.
const MAX_FILE: u64 = 500_000_000;

/// Import the users of a Better Auth database.
///
/// docs/moving-from-better-auth.md has the queries that write FILE, and says what is kept. Nothing is
/// changed without --yes: the command then says what it would do. It may be interrupted and run again, and
/// never changes users who are there already. Without --table it works on the table of `cargo xtask
/// dev`, which must be running. For a deployed one, credentials and region come from the environment
/// (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION).
#[derive(Debug, Args)]
pub struct Arguments {
    /// A JSON file with the tables `user` and `account`, at most 500 MB.
    file: PathBuf,
    #[command(flatten)]
    table: Location,
    /// Write a JSON line for each user who is not imported just as the file has it.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Do it.
    #[arg(long)]
    yes: bool,
}

/// Does it.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let database = read(&arguments.file)?;
    let store = table::open(&arguments.table)?;
    let mode = if arguments.yes { Mode::Import } else { Mode::Foresee };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut progress = Progress::new(database.users.len(), "users");
    let (summary, failure) = runtime.block_on(async {
        import(&store.operator(), database, mode, &mut |done| progress.show(done)).await
    });
    progress.end();
    print!("{summary}");
    if let Some(report) = &arguments.report {
        let write = fs::write(report, summary.report());
        write.with_context(|| format!("cannot write {}", report.display()))?;
    }
    match failure {
        Some(error) => Err(table::explain(error).context(match mode {
            Mode::Import => "stopped before the end. Run it again: it goes on where it stopped",
            Mode::Foresee => "stopped before the end",
        })),
        None => Ok(ExitCode::SUCCESS),
    }
}

fn read(path: &Path) -> Result<Database> {
    let about = || format!("cannot read {}", path.display());
    let bytes = fs::metadata(path).with_context(about)?.len();
    ensure!(
        bytes <= MAX_FILE,
        "{} has more than {MAX_FILE} bytes. Export the users in parts, each with its accounts",
        path.display()
    );
    parse(&fs::read(path).with_context(about)?).with_context(|| {
        format!("{} has another form than docs/moving-from-better-auth.md says", path.display())
    })
}
