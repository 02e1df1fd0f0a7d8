//! One run: users that work, and what is seen meanwhile.

use crate::report::Report;
use crate::told::Told;
use crate::user::{Mix, User};
use crate::world::World;
use crate::{Arguments, beside, peer, processor, report, tessera};
use anyhow::Result;
use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use tokio::runtime::Handle;
use tokio::task::JoinSet;

/// Lets the users work, compares, and prints the report.
pub async fn run(arguments: &Arguments, gateway: &Handle, table: &Handle) -> Result<ExitCode> {
    let seed = arguments.seed.unwrap_or_else(|| fastrand::u64(..1_000_000));
    println!(
        "==> {} users for {} s{}; --seed {seed} repeats them",
        arguments.users,
        arguments.seconds,
        if arguments.faults { ", while things break" } else { "" },
    );
    if !arguments.peer {
        let ours = tessera::run(arguments, seed, Mix::Everything, gateway, table).await?;
        ours.write(arguments, seed)?;
        return Ok(report::verdict(&[&ours], seed));
    }
    let ours = tessera::run(arguments, seed, Mix::Accounts, gateway, table).await?;
    println!("==> The same users at Better Auth");
    let theirs = peer::run(arguments, seed).await?;
    beside::write(arguments, seed, &ours, &theirs)?;
    Ok(report::verdict(&[&ours, &theirs], seed))
}

/// A place where users work from now on.
pub fn world(arguments: &Arguments, url: String, mix: Mix) -> Arc<World> {
    Arc::new(World {
        faults: arguments.faults,
        pause: Duration::from_millis(arguments.pause.into()),
        ends: Instant::now() + Duration::from_secs(arguments.seconds),
        ..World::new(url, mix)
    })
}

/// Lets the users work until the time is over. Once a second, and when all have ended, `look` sees how
/// it goes. Returns what they were told.
pub async fn users(
    arguments: &Arguments,
    seed: u64,
    world: &Arc<World>,
    report: &mut Report,
    mut look: impl FnMut(&mut Report, Duration),
) -> Result<Vec<Told>> {
    let before = processor::by_thread();
    let mut users = JoinSet::new();
    for number in 0..arguments.users {
        users.spawn(User::new(Arc::clone(world), number, seed).live());
    }
    let mut told: Vec<Told> = Vec::new();
    let mut timer = tokio::time::interval(Duration::from_secs(1));
    let mut seen = 0;
    loop {
        tokio::select! {
            user = users.join_next() => match user {
                Some(user) => told.extend(user?),
                None => break,
            },
            _ = timer.tick() => {
                let at = world.record.elapsed();
                look(report, at);
                let new = world.record.after(seen);
                seen += new.len();
                let again = new.iter().filter(|one| one.status == 0 || one.status >= 500).count();
                line(&format!(
                    "    {:>4} s: {:>5} requests, {again} to be sent again, {} users, {} in all",
                    at.as_secs(), new.len(), users.len(), seen,
                ));
            }
        }
    }
    println!();
    report.took = world.record.elapsed();
    look(report, report.took);
    report.samples = world.record.after(0);
    report.threads = processor::since(&before);
    report.accounts = told.len();
    println!("==> Comparing what is stored with what {} accounts were told", told.len());
    Ok(told)
}

/// A line that replaces the last one on a terminal; elsewhere each tenth is shown.
fn line(text: &str) {
    use std::sync::atomic::AtomicUsize;
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    if std::io::stdout().is_terminal() {
        print!("\r{text}\x1b[K");
        let _ = std::io::stdout().flush();
    } else if count.is_multiple_of(10) {
        println!("{text}");
    }
}
