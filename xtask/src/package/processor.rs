//! The processors that Lambda has.

use anyhow::{Context, Result, ensure};
use std::fmt;
use std::path::PathBuf;
use std::process::Command;

/// What a function is built for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Processor {
    /// AWS Graviton.
    Arm64,
    /// Intel and AMD.
    X86_64,
}

impl Processor {
    /// The option of `cargo lambda build`.
    pub fn option(self) -> &'static str {
        match self {
            Self::Arm64 => "--arm64",
            Self::X86_64 => "--x86-64",
        }
    }

    fn target(self) -> &'static str {
        match self {
            Self::Arm64 => "aarch64-unknown-linux-gnu",
            Self::X86_64 => "x86_64-unknown-linux-gnu",
        }
    }

    /// Fails with the command to run if Rust's standard library for it is missing. cargo-lambda would fetch it
    /// without a question.
    pub fn is_installed(self) -> Result<()> {
        let target = self.target();
        let mut rustc = Command::new("rustc");
        rustc.args(["--print", "target-libdir", "--target", target]);
        let output = rustc.output().context("cannot start rustc")?;
        let folder = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
        ensure!(
            output.status.success() && folder.is_dir(),
            "Rust's standard library for {self} is missing. Install it with `rustup target add {target}`, \
             or build for x86-64 with --x86-64."
        );
        Ok(())
    }

    /// The template with this processor.
    pub fn stated_in(self, template: &str) -> String {
        template.replace("Architectures: [arm64]", &format!("Architectures: [{self}]"))
    }
}

impl fmt::Display for Processor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Arm64 => "arm64",
            Self::X86_64 => "x86_64",
        })
    }
}
