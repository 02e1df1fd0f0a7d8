//! The same users at Better Auth.

use crate::report::Report;
use crate::user::Mix;
use crate::world::World;
use crate::{Arguments, check, run};
use anyhow::{Context as _, Result};
use harness::node::{BUNDLE, FOLDER, Process, Program};
use std::sync::Arc;
use template::root;

/// Lets them work, and compares what is stored with what they were told.
pub async fn run(arguments: &Arguments, seed: u64) -> Result<Report> {
    let script = root().join(FOLDER).join(BUNDLE);
    // It is killed at the end, so it never writes its tables there.
    let state = std::env::temp_dir().join(format!("tessera-load-{}.state", std::process::id()));
    let process = Process::start(&Program::new(script, &state)).await;
    let process = process.context("`cargo xtask load --peer` installs and bundles Better Auth")?;
    let world = run::world(arguments, process.url.clone(), Mix::Accounts);
    let mut report = Report::new(&process.title);
    let told = run::users(arguments, seed, &world, &mut report, |seen, at| {
        seen.processes.look(at, [("better-auth".to_owned(), vec![process.pid])]);
    });
    let told = told.await?;
    let after = Arc::new(World::new(process.url.clone(), Mix::Accounts));
    check::accounts(&after, &told, false).await;
    report.wrong = [world.wrong.all(), after.wrong.all()];
    Ok(report)
}
