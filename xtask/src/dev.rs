//! `cargo xtask dev`: the whole backend on this machine.

mod ready;

use crate::runtime::{self, Interrupts};
use crate::stack::{self, Options, Stack, environment, providers};
use crate::tools::cargo_lambda;
use crate::{cargo, ports, progress, site};
use anyhow::Result;
use clap::Args;
use std::process::ExitCode;
use std::time::Instant;
use template::root;

/// Run everything on this machine, behind one port.
///
/// The functions run under `cargo lambda watch`; the table and its stream are in this process. With Node,
/// the example application is at / and the reference of the API at /docs. The command installs
/// cargo-lambda under .local/tools if it is missing, builds the functions, and says when it is ready. The
/// data stays in .local/dynamodb.db. After you save a file, its functions are
/// built and started again. An echo replies in the chat, unless ASSISTANT and its settings name
/// another assistant. Users may sign in with the provider `dev`, which is in this process and lets anyone be
/// anyone; GOOGLE_CLIENT_ID, GITHUB_CLIENT_ID or OIDC_CLIENT_ID with their settings name real ones.
/// `cargo lambda invoke` calls functions at the same port. Ctrl-C ends everything.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Delete the data of earlier runs and start with an empty table.
    #[arg(long)]
    fresh: bool,
    /// The API's port.
    #[arg(long, env = ports::API, default_value_t = 9000)]
    port: u16,
    /// The table's port, for any DynamoDB client.
    #[arg(long, env = ports::TABLE, default_value_t = 8000)]
    dynamodb_port: u16,
    /// Maximum copies of one function that run at the same time.
    #[arg(long, default_value_t = 2)]
    concurrency: u16,
    /// Origins of the pages that may call the API with cookies, separated by commas; by default
    /// ports 3000, 5173 and the API's own on localhost, and apps in Expo Go.
    #[arg(long, env = "TRUSTED_ORIGINS")]
    trusted_origins: Option<String>,
}

/// Runs until Ctrl-C or SIGTERM, or until a part of it fails.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    runtime::start()?.block_on(serve(arguments))
}

async fn serve(arguments: &Arguments) -> Result<ExitCode> {
    let started = Instant::now();
    let mut interrupts = Interrupts::new()?;
    // Nothing that is started here outlives its handle yet.
    let mut stack = tokio::select! {
        stack = prepare(arguments) => stack?,
        () = interrupts.next() => return Ok(ExitCode::FAILURE),
    };
    let outcome = tokio::select! {
        error = watch_over(&stack, started) => Err(error),
        () = interrupts.next() => Ok(ExitCode::SUCCESS),
    };
    println!("\nStopping…");
    tokio::select! {
        () = stack.stop() => {}
        // What still runs ends with this process.
        () = interrupts.next() => {}
    }
    println!("Stopped. The data stays in .local/dynamodb.db.");
    outcome
}

async fn prepare(arguments: &Arguments) -> Result<Stack> {
    ports::check(ports::API, arguments.port).await?;
    ports::check(ports::TABLE, arguments.dynamodb_port).await?;
    let cargo_lambda = cargo_lambda::find_or_install().await?;
    progress::step("Building the functions (minutes the first time, seconds later)");
    let variable = |name: &str| std::env::var(name).ok();
    let providers = providers::chosen(variable);
    let ids = providers::ids(&providers);
    let site = async { Ok(site::for_dev(&ids).await) };
    let ((), site) = tokio::try_join!(cargo::build(&[], &[]), site)?;
    let folder = root().join(".local");
    let data = folder.join("dynamodb.db");
    if arguments.fresh {
        stack::forget(&folder)?;
    }
    progress::step("Starting the table and the functions");
    let mut variables = environment::assistant(variable);
    variables.extend(providers);
    let trusted = arguments.trusted_origins.clone();
    Stack::start(Options {
        cargo_lambda,
        folder,
        data: Some(data),
        port: arguments.port,
        table_port: arguments.dynamodb_port,
        concurrency: arguments.concurrency,
        parameters: trusted
            .map(|origins| ("TrustedOrigins".to_owned(), origins))
            .into_iter()
            .collect(),
        variables,
        log: None,
        site,
    })
    .await
}

/// Says when everything is ready, and returns when a part has failed.
async fn watch_over(stack: &Stack, started: Instant) -> anyhow::Error {
    if let Err(error) = stack.until_ready().await {
        return error;
    }
    ready::print(stack, started.elapsed());
    stack.failure().await
}
