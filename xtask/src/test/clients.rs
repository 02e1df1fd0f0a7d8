//! The official clients against the API as `cargo xtask dev` serves it, on free ports and an empty
//! table; and what only the local stack has.

mod local;

use super::run::{Counts, watch};
use crate::ports;
use crate::progress::step;
use crate::site::{self, Site};
use crate::stack::{Options, Stack, providers};
use crate::tools::cargo_lambda;
use crate::tools::node::{self, Package};
use anyhow::{Context, Result, ensure};
use futures_util::future::join_all;
use harness::provider::TestProvider;
use std::collections::BTreeMap;
use template::root;
use tokio::process::Command;

/// Packages whose `npm test` drives the API at `TESSERA_URL` as an application at `TESSERA_ORIGIN`.
#[derive(Debug)]
pub struct Suite {
    /// Where the packages are.
    packages: &'static [&'static str],
    /// What the stack keeps while they run.
    folder: &'static str,
    /// Whether the stack has the example application and the reference, as `cargo xtask dev` has them.
    has_site: bool,
    /// Whether its tests start an OpenID provider, which the functions know as `google`, and sign in with a
    /// stand-in for GitHub that runs here.
    has_providers: bool,
}

/// The clients as libraries, with cookies and with bearer tokens.
pub const LIBRARIES: Suite = Suite {
    packages: &["tests/clients/better-auth", "tests/clients/ai-sdk", "tests/clients/assistant-ui"],
    folder: ".local/clients",
    has_site: false,
    has_providers: true,
};

/// The clients in a page that Chromium shows.
pub const BROWSER: Suite = Suite {
    packages: &["examples/web"],
    folder: ".local/browser",
    has_site: true,
    has_providers: false,
};

/// All requests of a suite come from one address.
const ATTEMPTS: &str = "1000000";
/// Three majors of the AI SDK run side by side, and a fourth request asks what they may do meanwhile.
/// `cargo lambda watch` starts all copies of a function at its first call, so more would be slower.
const COPIES: u16 = 4;

/// Variables of the environment.
type Variables = BTreeMap<String, String>;

/// The stand-in for GitHub. It shows its page to everybody, as a browser has to come by itself.
async fn github(suite: &Suite) -> Result<Option<TestProvider>> {
    Ok(if suite.has_providers { Some(TestProvider::start().await?) } else { None })
}

/// The providers of a suite, as the functions and the tests know them.
fn of_providers(github: Option<&TestProvider>) -> Result<Variables> {
    let Some(github) = github else { return Ok(Variables::new()) };
    let issuer = format!("http://127.0.0.1:{}", ports::free()?);
    let settings = [
        ("GOOGLE_ISSUER", issuer.as_str()),
        // The second id is that of an application for phones.
        ("GOOGLE_CLIENT_ID", "client-suite,client-suite-app"),
        ("GOOGLE_CLIENT_SECRET", "only-for-tests"),
        ("GITHUB_URL", github.url()),
        ("GITHUB_CLIENT_ID", github.client_id()),
        ("GITHUB_CLIENT_SECRET", github.client_secret()),
    ];
    Ok(settings.map(|(name, value)| (name.to_owned(), value.to_owned())).into())
}

/// Starts the stack, runs the suite, and ends the stack in any case.
pub async fn run(suite: &Suite) -> Result<Counts> {
    node::require().await.context("the official clients run on Node")?;
    let mut packages = Vec::new();
    for package in suite.packages {
        packages.push(Package::install(package).await?);
    }
    let folder = root().join(suite.folder);
    crate::stack::forget(&folder)?;
    // What the functions print would hide what the suite does.
    let log = folder.join("functions.log");
    let origin = format!("http://localhost:{}", ports::free()?);
    let github = github(suite).await?;
    let variables = of_providers(github.as_ref())?;
    let site = if suite.has_site {
        site::for_dev(&providers::ids(&variables)).await
    } else {
        Site::default()
    };
    let mut stack = Stack::start(Options {
        cargo_lambda: cargo_lambda::find_or_install().await?,
        log: Some(log.clone()),
        folder,
        data: None,
        port: 0,
        table_port: 0,
        concurrency: COPIES,
        parameters: [
            ("TrustedOrigins", origin.as_str()),
            ("AttemptsPerAddress", ATTEMPTS),
            ("SignUpsPerAddress", ATTEMPTS),
            ("MailsPerAddress", ATTEMPTS),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into(),
        variables: variables.clone(),
        site,
    })
    .await?;
    if let Some(github) = &github {
        github.add_redirect_uri(&format!("{}/api/auth/callback/github", stack.public_url));
    }
    let result = drive_all(&stack, &packages, &origin, &variables).await;
    stack.stop().await;
    result.with_context(|| format!("see above, and {}", log.display()))
}

/// Runs every package at the same time, and what this program checks itself; each to its end, even
/// if another one fails.
async fn drive_all(
    stack: &Stack,
    packages: &[Package],
    origin: &str,
    variables: &Variables,
) -> Result<Counts> {
    stack.until_ready().await?;
    step("Starting every function");
    stack.warm().await;
    let (local, results) = tokio::join!(
        local::check(stack, origin),
        join_all(packages.iter().map(|package| drive(stack, package, origin, variables))),
    );
    let mut all = Counts::default();
    let mut failed = Vec::new();
    match local {
        Ok(passed) => all.passed += passed,
        Err(error) => failed.push(format!("{error:#}")),
    }
    for (package, result) in packages.iter().zip(results) {
        let (counts, succeeded) = result?;
        all.passed += counts.passed;
        all.failed += counts.failed;
        if !succeeded {
            failed.push(format!("{} in {}", counts.failed, package.folder.display()));
        }
    }
    ensure!(failed.is_empty(), "tests failed: {}", failed.join(", "));
    Ok(all)
}

async fn drive(
    stack: &Stack,
    suite: &Package,
    origin: &str,
    variables: &Variables,
) -> Result<(Counts, bool)> {
    step(&format!("npm test in {}, against {}", suite.folder.display(), stack.public_url));
    let mut command = Command::new("npm");
    command
        .args(["test", "--silent"])
        .current_dir(&suite.folder)
        .env("TESSERA_URL", &stack.public_url)
        .env("TESSERA_ORIGIN", origin)
        .env("TESSERA_TABLE_URL", &stack.table_url)
        .env("TESSERA_XTASK", std::env::current_exe()?)
        .envs(variables);
    let name = suite.folder.file_name().unwrap_or_default().to_string_lossy();
    watch(command, &format!("{name}: "), read).await
}

/// Reads `ℹ pass 12` and `ℹ fail 0`, as Node's runner ends.
fn read(line: &str) -> Option<Counts> {
    let (label, number) = line.strip_prefix("ℹ ")?.split_once(' ')?;
    let number = number.parse().ok()?;
    match label {
        "pass" => Some(Counts { passed: number, failed: 0 }),
        "fail" => Some(Counts { passed: 0, failed: number }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_of_node_are_counted() {
        assert_eq!(read("ℹ pass 186"), Some(Counts { passed: 186, failed: 0 }));
        assert_eq!(read("ℹ fail 2"), Some(Counts { passed: 0, failed: 2 }));
        assert_eq!(read("ℹ duration_ms 12.5"), None);
        assert_eq!(read("✔ a test (3 ms)"), None);
    }
}
