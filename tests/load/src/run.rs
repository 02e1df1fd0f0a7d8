//! One run, from the first user to the last comparison.

use crate::assistant::Breaking;
use crate::faults::{self, Broken};
use crate::memory::Processes;
use crate::report::Report;
use crate::stack::TableFile;
use crate::table::Work;
use crate::told::Told;
use crate::user::User;
use crate::world::World;
use crate::{Arguments, background, check, processor, stack};
use anyhow::Result;
use harness::Stack;
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
    let assistant = if arguments.faults { Some(Breaking::start(seed).await?) } else { None };
    let file = TableFile::new();
    let stack = stack::start(arguments, &file, assistant.as_ref(), gateway, table).await?;
    let stack = Arc::new(stack);
    let world = Arc::new(World {
        faults: arguments.faults,
        pause: Duration::from_millis(arguments.pause.into()),
        ends: Instant::now() + Duration::from_secs(arguments.seconds),
        ..World::new(stack.url())
    });
    let broken = Arc::new(Broken::default());
    let mut breaking = arguments.faults.then(|| faults::start(&stack, seed, &broken));
    let delivering = gateway.spawn(background::run(Arc::clone(&stack)));
    let mut users = JoinSet::new();
    for number in 0..arguments.users {
        users.spawn(User::new(Arc::clone(&world), number, seed).live());
    }
    let mut report = Report::default();
    let told = watch(&stack, &world, &mut users, &mut report, &mut breaking).await?;
    report.took = world.record.elapsed();
    report.samples = world.record.after(0);
    report.threads = processor::by_thread();

    delivering.abort();
    println!("==> Comparing what is stored with what {} accounts were told", told.len());
    background::rest(&stack).await?;
    background::finish(&stack).await?;
    let after = Arc::new(World::new(stack.url()));
    report.messages = check::accounts(&after, &told, arguments.faults).await;
    for text in check::rows::compare(&stack.engine, &told, arguments.faults).await? {
        after.wrong.note(text);
    }
    for text in trouble(&stack, arguments.faults)? {
        after.wrong.note(text);
    }
    report.accounts = told.len();
    report.broken = stack.proxy.hits_at_random();
    report.killed = broken.killed.load(Ordering::Relaxed);
    report.frozen = broken.frozen.load(Ordering::Relaxed);
    report.broken_replies = assistant.map_or(0, |assistant| assistant.broken());
    report.gateway_errors = world.record.gateway_errors();
    report.wrong = [world.wrong.all(), after.wrong.all()];
    report.finish(arguments, seed)
}

/// What the functions' logs warn of, which nothing gave them a reason for: with faults, a 500 only.
fn trouble(stack: &Stack, had_faults: bool) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for function in &stack.template.functions {
        let lines = stack.logs(&function.name)?;
        // A user may delete a conversation, or the account, while a reply is still coming.
        let is_bad = |line: &&String| {
            let warns = ["\"ERROR\"", "\"WARN\""].iter().any(|level| line.contains(level));
            if had_faults {
                return line.contains("\"status\":500");
            }
            warns && !line.contains("TURN_INTERRUPTED")
        };
        found.extend(lines.iter().filter(is_bad).map(|line| format!("{}: {line}", function.name)));
    }
    Ok(found)
}

/// Looks at everything once a second until all users have ended, and shows how it goes.
async fn watch(
    stack: &Stack,
    world: &World,
    users: &mut JoinSet<Vec<Told>>,
    report: &mut Report,
    breaking: &mut Option<JoinSet<()>>,
) -> Result<Vec<Told>> {
    let mut told = Vec::new();
    let mut timer = tokio::time::interval(Duration::from_secs(1));
    let (mut seen, mut work, mut processes) = (0, Work::default(), Processes::default());
    loop {
        tokio::select! {
            user = users.join_next() => match user {
                Some(user) => told.extend(user?),
                None => break,
            },
            _ = timer.tick() => {
                if !world.goes_on() {
                    // Nothing breaks any more, and without a restart everything must work at once.
                    breaking.take();
                    stack.proxy.set_chance(None);
                }
                let at = world.record.elapsed();
                processes.look(stack, at);
                work.add(&stack.recorder);
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
    work.add(&stack.recorder);
    report.work = work;
    report.processes = processes;
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
