//! `cargo xtask bench`: what the functions cost, beside their budgets.

mod budgets;
mod build;
mod callgrind;
mod events;
mod figures;
mod fixture;
mod hash;
mod measure;
mod page;
mod peer;
mod plot;
mod report;
mod subject;

use crate::progress::{self, step};
use crate::runtime::{self, Interrupts};
use anyhow::{Context, Result, ensure};
use budgets::Budgets;
use clap::Args;
use fixture::Fixture;
use measure::Bench;
use peer::Peer;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;
use template::{Function, Template};

/// One function of each kind.
const KINDS: [(&str, &str); 10] = [
    ("ok", "no table"),
    ("get-profile", "read"),
    ("get-session", "session"),
    ("append-message", "write"),
    ("signin", "hash"),
    ("sign-in-email", "hash"),
    ("list-messages", "list"),
    ("chat", "turn, with the echo assistant"),
    ("sweep", "background"),
    ("send-mail", "mail"),
];

/// Measure what functions cost, and fail if a figure is above its budget in tests/bench/budgets.toml.
///
/// It measures size, memory, TLS handshakes, round trips, capacity units, and the instructions and CPU
/// time of the start, of the first call and of later ones. Times have no budget.
///
/// It builds the functions in release, which takes about a minute of CPU for each. It runs them on a
/// table in this process: over HTTP, over TLS, and under valgrind. Without --all or --only it takes one
/// function of each kind: ok, get-profile, get-session, append-message, signin, sign-in-email,
/// list-messages, chat, sweep, send-mail. It compares get-session and sign-in-email with Better Auth in
/// the same run. docs/benchmarks.md explains the columns. It needs Linux, valgrind for instructions, and Node for
/// Better Auth.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Measure every function of template.yaml.
    #[arg(long, conflicts_with = "only")]
    all: bool,
    /// Measure this function; may be repeated.
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Write the figures into bench.md of this folder, and draw size, start, warm calls and memory as bars.
    #[arg(long, value_name = "FOLDER")]
    plots: Option<PathBuf>,
    #[command(flatten)]
    left_out: LeftOut,
}

#[derive(Debug, Clone, Copy, Args)]
struct LeftOut {
    /// Leave out the instructions, which valgrind counts.
    #[arg(long)]
    no_instructions: bool,
    /// Measure the binaries in target/release as they are.
    #[arg(long)]
    no_build: bool,
    /// Leave out Better Auth, for which Node is needed.
    #[arg(long)]
    no_peer: bool,
}

/// Prints a table for each function, then a line for each broken budget.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    runtime::start()?.block_on(async {
        let mut interrupts = Interrupts::new()?;
        tokio::select! {
            outcome = bench(arguments) => outcome,
            // Processes that run are killed with their handles.
            () = interrupts.next() => Ok(ExitCode::FAILURE),
        }
    })
}

async fn bench(arguments: &Arguments) -> Result<ExitCode> {
    let started = Instant::now();
    let budgets = Budgets::load()?;
    let template = Template::load()?;
    let functions = choose(arguments, &template)?;
    let LeftOut { no_instructions, no_build, no_peer } = arguments.left_out;
    if !no_instructions {
        callgrind::require()?;
    }
    let with_peer = !no_peer && functions.iter().any(|f| peer::has(&f.name));
    if with_peer {
        peer::require().await?;
    }
    let names: Vec<&str> = functions.iter().map(|function| function.name.as_str()).collect();
    let binaries = build::binaries(&names, no_build).await?;
    let peer = if with_peer { Some(Peer::prepare(&binaries.scratch).await?) } else { None };
    let mut compared = Vec::new();
    let mut broken = Vec::new();
    let mut measured = Vec::new();
    for function in functions {
        let name = &function.name;
        step(&format!("{name}: a table with an account, a conversation and messages"));
        let measuring = async {
            // What an earlier function wrote would make a list or an export longer.
            let fixture = Fixture::prepare(&binaries.helpers).await?;
            let bench = Bench { fixture, binaries: &binaries, instructions: !no_instructions };
            bench.measure(name, &budgets).await
        };
        match measuring.await {
            Ok(figures) => {
                let rows = report::rows(name, &figures, &budgets);
                println!("\n{}", report::table(&title(function), &rows));
                broken.extend(rows.into_iter().filter_map(|row| row.broken));
                if let Some(peer) = peer.as_ref().filter(|_| peer::has(name)) {
                    compared.push(peer.compare(name, &figures).await?);
                }
                measured.push((name.clone(), figures));
            }
            Err(error) => broken.push(format!("{name}: cannot be measured: {error:#}")),
        }
    }
    if let Some(peer) = &peer {
        println!("{}", peer::table(&peer.title, &compared));
    }
    if let Some(folder) = &arguments.plots {
        for path in plot::draw(folder, &measured, &compared)? {
            println!("drew {}", path.display());
        }
        let beside = peer.as_ref().map(|peer| (peer.title.as_str(), compared.as_slice()));
        println!("wrote {}", page::write(folder, &measured, beside)?.display());
    }
    println!("Measured in {}.", progress::duration(started.elapsed()));
    if broken.is_empty() {
        println!("Every budget is kept.");
        return Ok(ExitCode::SUCCESS);
    }
    println!("{} broken:", broken.len());
    for line in &broken {
        println!("- {line}");
    }
    Ok(ExitCode::FAILURE)
}

fn choose<'a>(arguments: &Arguments, template: &'a Template) -> Result<Vec<&'a Function>> {
    if arguments.all {
        return Ok(template.functions.iter().collect());
    }
    let defaults = || KINDS.iter().map(|(name, _)| (*name).to_owned()).collect();
    let names = if arguments.only.is_empty() { defaults() } else { arguments.only.clone() };
    let find = |name: &String| {
        let known = || template.functions.iter().map(|f| f.name.as_str()).collect::<Vec<_>>();
        let found = template.function(name);
        found.with_context(|| {
            format!("template.yaml has no function {name}, but {}", known().join(", "))
        })
    };
    let functions: Vec<&Function> = names.iter().map(find).collect::<Result<_>>()?;
    ensure!(!functions.is_empty(), "nothing to measure");
    Ok(functions)
}

/// `get-profile (read): GET /api/user/profile`
fn title(function: &Function) -> String {
    let kind = KINDS.iter().find(|(name, _)| *name == function.name);
    let kind = kind.map(|(_, kind)| format!(" ({kind})")).unwrap_or_default();
    let route = events::route(function);
    let route = route.map(|r| format!(": {} {}", r.method, r.path)).unwrap_or_default();
    format!("{}{kind}{route}", function.name)
}
