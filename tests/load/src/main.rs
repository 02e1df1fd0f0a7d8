//! Mixed real use by many users at once: the functions as Lambda runs them, the tests' gateway, a table.
//! Afterwards every account, conversation and message is compared with what the clients were told.

mod assistant;
mod background;
mod beside;
mod check;
mod faults;
mod memory;
mod peer;
mod plot;
mod processor;
mod record;
mod report;
mod run;
mod stack;
mod table;
mod tessera;
mod told;
mod user;
mod world;

use anyhow::Result;
use clap::Parser;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};

/// Let many users work at the same time, then compare everything that is stored with what they were told.
///
/// Each user signs up, reads, appends, chats, joins and hangs up streams, deletes, and signs in again, with
/// short pauses. It prints rates, times, CPU, memory and what the run was limited by, and draws them. It
/// fails if anything is lost, doubled or wrong, if a response is a 5xx other than those that the faults
/// explain, or if the memory of a function grows. All traffic stays on this machine.
#[derive(Debug, Clone, Parser)]
#[command(name = "load")]
pub struct Arguments {
    /// How long the users work, in seconds.
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u64).range(5..=3_600))]
    seconds: u64,
    /// How many users work at the same time.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u16).range(1..=2_000))]
    users: u16,
    /// Maximum processes of one function at the same time.
    #[arg(long, default_value_t = 40, value_parser = clap::value_parser!(u8).range(1..=100))]
    copies: u8,
    /// The pause of a user between two actions, in milliseconds, on average.
    #[arg(long, default_value_t = 1_000)]
    pause: u32,
    /// Break things at random: calls of the table, processes of functions, the assistant.
    #[arg(long)]
    faults: bool,
    /// Only sign up, in and out, read and change accounts, here and then at Better Auth on Node, and write
    /// the figures of both side by side.
    #[arg(long, conflicts_with = "faults")]
    peer: bool,
    /// Repeats what users do and what breaks of another run; it prints its seed.
    #[arg(long)]
    seed: Option<u64>,
    /// Where the functions' binaries are; by default beside this program.
    #[arg(long)]
    binaries: Option<PathBuf>,
    /// Where the report and its plots are written.
    #[arg(long, default_value = "target/load")]
    folder: PathBuf,
}

fn main() -> ExitCode {
    match start() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn start() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    // The parts have threads of their own, so that their CPU time is told apart.
    let gateway = threads("gateway")?;
    let clients = threads("clients")?;
    let table = threads("table")?;
    let code = clients.block_on(async {
        let mut terminated = signal(SignalKind::terminate())?;
        tokio::select! {
            code = run::run(&arguments, gateway.handle(), table.handle()) => code,
            _ = tokio::signal::ctrl_c() => Ok(ExitCode::FAILURE),
            _ = terminated.recv() => Ok(ExitCode::FAILURE),
        }
    });
    // Whatever ended it, the functions end with the tasks that watch them, the frozen ones too.
    for runtime in [clients, gateway, table] {
        runtime.shutdown_timeout(Duration::from_secs(5));
    }
    code
}

fn threads(name: &str) -> Result<tokio::runtime::Runtime> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    Ok(builder.worker_threads(2).thread_name(name).enable_all().build()?)
}
