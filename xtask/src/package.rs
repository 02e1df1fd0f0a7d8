//! `cargo xtask package`: builds the functions for Lambda, and zips each.

mod archive;
mod gradual;
mod processor;
mod sums;

use crate::progress::{duration, step};
use crate::runtime;
use crate::tools::cargo_lambda;
use anyhow::{Context, Result, ensure};
pub use archive::of as archive;
use clap::Args;
pub use processor::Processor;
use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;
use sums::Sums;
use template::{Template, root};

/// The settings of `sam deploy`.
pub const SETTINGS: &str = "samconfig.toml";

/// Build the functions for Lambda once, and zip each into target/package.
///
/// A function whose code is the same gets the same archive, so that `sam deploy` leaves it alone. Beside the
/// archives are template.yaml, which refers to them, and SHA256SUMS. Deploy with
/// `sam deploy --template target/package/template.yaml`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// For x86-64 processors instead of arm64, which costs less on Lambda.
    #[arg(long)]
    x86_64: bool,
    /// Only this function, without a template; may be given several times.
    #[arg(long, value_name = "FUNCTION")]
    only: Vec<String>,
    /// Let chat and the sign-in functions go over to a new release in steps, and back if it fails.
    #[arg(long, conflicts_with = "only")]
    gradual: bool,
}

/// Fails with what to install, or with what the compiler says.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let template = Template::load()?;
    let all = template.functions.iter().map(|function| function.name.as_str());
    let chosen =
        |name: &&str| arguments.only.is_empty() || arguments.only.iter().any(|n| n == name);
    let functions: Vec<&str> = all.filter(chosen).collect();
    for name in &arguments.only {
        ensure!(functions.contains(&name.as_str()), "template.yaml has no function {name}");
    }
    let processor = if arguments.x86_64 { Processor::X86_64 } else { Processor::Arm64 };
    processor.is_installed()?;
    let started = Instant::now();
    let whole = arguments.only.is_empty();
    runtime::start()?.block_on(build(processor, if whole { &[] } else { &functions }))?;
    zip(&functions)?;
    if whole {
        let packaged = packaged_template(processor, arguments.gradual)?;
        let folder = root().join("target/package");
        fs::write(folder.join("template.yaml"), packaged)?;
        // The SAM CLI looks for it beside the template.
        fs::copy(root().join(SETTINGS), folder.join(SETTINGS))
            .context("cannot copy samconfig.toml")?;
        println!("Deploy with: sam deploy --template target/package/template.yaml");
    }
    println!("{} functions for {processor} in {}.", functions.len(), duration(started.elapsed()));
    Ok(ExitCode::SUCCESS)
}

/// Builds these functions, or all.
async fn build(processor: Processor, functions: &[&str]) -> Result<()> {
    step(&format!("Building for {processor}; each function takes about a minute of CPU to link"));
    let mut command = cargo_lambda::for_other_processors().await?;
    command.args(["lambda", "build", "--release", processor.option()]).current_dir(root());
    for function in functions {
        command.args(["--package", function]);
    }
    let status = command.kill_on_drop(true).status().await.context("cannot start cargo-lambda")?;
    ensure!(status.success(), "the build failed; see above");
    Ok(())
}

/// Zips each, and says how large it is and whether it has changed.
fn zip(functions: &[&str]) -> Result<()> {
    let folder = root().join("target/package");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let file = folder.join("SHA256SUMS");
    let mut sums = Sums::read(&file);
    step(&format!("Zipping into {}", folder.display()));
    println!("    {:<26} {:>9} {:>9}  SHA-256 of the archive", "", "program", "archive");
    for function in functions {
        let program = root().join("target/lambda").join(function).join("bootstrap");
        let program = read(&program)?;
        let archive = archive(&program)?;
        let name = format!("{function}.zip");
        fs::write(folder.join(&name), &archive)
            .with_context(|| format!("cannot write {name} into {}", folder.display()))?;
        let (sum, change) = sums.note(&name, &archive);
        let (program, archive) = (megabytes(program.len()), megabytes(archive.len()));
        println!(
            "    {function:<26} {program:>9} {archive:>9}  {}… {change}",
            sum.get(..12).unwrap_or(&sum)
        );
    }
    fs::write(&file, sums.to_string()).context("cannot write SHA256SUMS")
}

/// The template with the archives in the place of the programs.
pub fn packaged_template(processor: Processor, gradually: bool) -> Result<String> {
    let text = fs::read_to_string(root().join("template.yaml"))?;
    let text = processor.stated_in(&with_archives(&text));
    if gradually { gradual::of(&text) } else { Ok(text) }
}

fn with_archives(template: &str) -> String {
    let lines = template.lines().map(|line| match line.split_once("CodeUri: target/lambda/") {
        Some((indent, function)) => format!("{indent}CodeUri: {function}.zip\n"),
        None => format!("{line}\n"),
    });
    lines.collect()
}

fn read(file: &Path) -> Result<Vec<u8>> {
    fs::read(file).with_context(|| format!("cannot read {}", file.display()))
}

#[expect(clippy::cast_precision_loss, reason = "no program has so many bytes")]
fn megabytes(bytes: usize) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_refers_to_the_archives_and_the_processor() {
        let text = "    Architectures: [arm64]\n      CodeUri: target/lambda/get-profile\n";
        assert_eq!(
            Processor::X86_64.stated_in(&with_archives(text)),
            "    Architectures: [x86_64]\n      CodeUri: get-profile.zip\n"
        );
        let own = fs::read_to_string(root().join("template.yaml")).unwrap();
        let template = with_archives(&own);
        assert!(!template.contains("target/lambda"));
        assert_eq!(template.matches(".zip\n").count(), Template::load().unwrap().functions.len());
        assert!(Processor::X86_64.stated_in(&own).contains("Architectures: [x86_64]"));
    }
}
