//! Users at Tessera.

use crate::assistant::Breaking;
use crate::faults::{self, Broken};
use crate::report::Report;
use crate::stack::{self, TableFile};
use crate::user::Mix;
use crate::world::World;
use crate::{Arguments, background, check, run};
use anyhow::Result;
use harness::Stack;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio::runtime::Handle;

/// Lets them work, and compares what is stored with what they were told.
pub async fn run(
    arguments: &Arguments,
    seed: u64,
    mix: Mix,
    gateway: &Handle,
    table: &Handle,
) -> Result<Report> {
    let assistant = if arguments.faults { Some(Breaking::start(seed).await?) } else { None };
    let file = TableFile::new();
    let stack = stack::start(arguments, &file, assistant.as_ref(), gateway, table).await?;
    let stack = Arc::new(stack);
    let world = run::world(arguments, stack.url(), mix);
    let broken = Arc::new(Broken::default());
    let mut breaking = arguments.faults.then(|| faults::start(&stack, seed, &broken));
    let delivering = gateway.spawn(background::run(Arc::clone(&stack)));
    let mut report = Report::new("Tessera");
    let told = run::users(arguments, seed, &world, &mut report, |seen, at| {
        if !world.goes_on() {
            // Nothing breaks any more, and without a restart everything must work at once.
            breaking.take();
            stack.proxy.set_chance(None);
        }
        seen.processes.look(at, pids(&stack));
        seen.work.add(&stack.recorder);
    });
    let told = told.await?;

    delivering.abort();
    // The stack ends with its last owner.
    let _ = delivering.await;
    background::rest(&stack).await?;
    background::finish(&stack).await?;
    let after = Arc::new(World::new(stack.url(), mix));
    report.messages = check::accounts(&after, &told, arguments.faults).await;
    for text in check::rows::compare(&stack.engine, &told, arguments.faults).await? {
        after.wrong.note(text);
    }
    for text in trouble(&stack, arguments.faults)? {
        after.wrong.note(text);
    }
    report.broken = stack.proxy.hits_at_random();
    report.killed = broken.killed.load(Ordering::Relaxed);
    report.frozen = broken.frozen.load(Ordering::Relaxed);
    report.broken_replies = assistant.map_or(0, |assistant| assistant.broken());
    report.gateway_errors = world.record.gateway_errors();
    report.wrong = [world.wrong.all(), after.wrong.all()];
    report.judge();
    Ok(report)
}

/// The processes of each function.
fn pids(stack: &Stack) -> impl Iterator<Item = (String, Vec<u32>)> {
    stack.template.functions.iter().map(|function| {
        let name = &function.name;
        (name.clone(), stack.runtime.pids(name).unwrap_or_default())
    })
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
