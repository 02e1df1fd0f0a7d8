//! The commands of docs/deploying.md, run by the real SAM CLI up to the change set. What it calls is not
//! AWS but a stand-in of S3 and CloudFormation on this machine.

mod stand_in;

use crate::package::{self, Processor};
use crate::progress::step;
use crate::tools::version::{self, Version};
use crate::tools::{cargo_lambda, venv};
use anyhow::{Context, Result, ensure};
use stand_in::StandIn;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use template::{Template, root};
use tokio::process::Command;

const PACKAGE: &str = "aws-sam-cli==1.170.0";
/// The oldest version of the SAM CLI that knows `ResponseTransferMode`.
const SAM: Version = [1, 158, 0];
const PAGE: &str = "docs/deploying.md";
const SECRET: &str = "a-secret-of-the-test-that-has-more-than-43-characters";

/// Fails if a documented command does not come to a change set with the parameters that the page
/// promises.
pub async fn check(template: &Template) -> Result<()> {
    let page = fs::read_to_string(root().join(PAGE))?;
    versions(&page)?;
    let programs = venv::with("sam-cli", &[PACKAGE], &[]).await?;
    let commands: Vec<&str> = page.lines().filter(|line| line.starts_with("sam deploy ")).collect();
    let [first, emptying, of_archives, of_release] = commands[..] else {
        anyhow::bail!("{PAGE} has {} lines that begin with `sam deploy`, not 4", commands.len());
    };
    let folder = project(template)?;
    let aws = StandIn::start().await?;

    let output = run(first, &programs, &folder, &aws).await?;
    let change = aws.change_set().with_context(|| format!("no change set came of: {output}"))?;
    ensure!(!output.contains(SECRET), "the secret is shown: {output}");
    ensure!(change.get("ChangeSetType") == Some("CREATE"), "{change:?}");
    ensure!(change.get("StackName") == Some("tessera"), "{change:?}");
    ensure!(change.get("Capabilities.member.1") == Some("CAPABILITY_IAM"), "{change:?}");
    ensure!(change.parameter("AuthSecret") == Some(SECRET), "{change:?}");
    let missing = parameters(template, |parameter| parameter.get("Default").is_none());
    let missing: Vec<_> = missing.filter(|name| change.parameter(name).is_none()).collect();
    ensure!(missing.is_empty(), "no value for {missing:?}: {change:?}");
    let uploads = aws.uploads();
    let functions = template.functions.len();
    ensure!(
        uploads == functions + 1,
        "{uploads} uploads, for {functions} functions and a template"
    );

    aws.has_stack(parameters(template, |_| true).map(str::to_owned).collect());
    let output = run(emptying, &programs, &folder, &aws).await?;
    let change = aws.change_set().with_context(|| format!("no change set came of: {output}"))?;
    ensure!(change.get("ChangeSetType") == Some("UPDATE"), "{change:?}");
    ensure!(change.parameter("AuthSecretPrevious") == Some(""), "{change:?}");
    ensure!(change.keeps("AuthSecret"), "the secret does not stay: {change:?}");

    // A release is unpacked into a folder of its own.
    let release = folder.join("target/package");
    for (command, folder) in [(of_archives, &folder), (of_release, &release)] {
        let before = aws.uploads();
        let output = run(command, &programs, folder, &aws).await?;
        let change =
            aws.change_set().with_context(|| format!("no change set came of: {output}"))?;
        ensure!(change.parameter("AuthSecret") == Some(SECRET), "{change:?}");
        let uploads = aws.uploads() - before;
        ensure!(
            uploads == functions + 1,
            "{uploads} uploads, for {functions} archives and a template"
        );
    }
    println!("All four commands of {PAGE} come to a change set.");
    Ok(())
}

/// The page names the versions that are needed, and the SAM CLI of this machine is new enough, if there
/// is one.
fn versions(page: &str) -> Result<()> {
    for (program, version) in [("SAM CLI", SAM), ("cargo-lambda", cargo_lambda::VERSION)] {
        let says = format!("{program}, version {} or later", version::text(version));
        ensure!(page.contains(&says), "{PAGE} does not say \"{says}\"");
    }
    let mut sam = std::process::Command::new("sam");
    if let Some(found) = version::of(sam.arg("--version").env("SAM_CLI_TELEMETRY", "0")) {
        let (found_text, wanted) = (version::text(found), version::text(SAM));
        ensure!(
            found >= SAM,
            "the SAM CLI on the PATH has version {found_text}; it needs {wanted}"
        );
    }
    Ok(())
}

/// The names of the template's parameters that are like this.
fn parameters(
    template: &Template,
    like: impl Fn(&serde_json::Value) -> bool,
) -> impl Iterator<Item = &str> {
    let all = template.document.get("Parameters").and_then(serde_json::Value::as_object);
    let all = all.into_iter().flatten();
    all.filter(move |(_, parameter)| like(parameter)).map(|(name, _)| name.as_str())
}

/// A folder with what a deployment needs. Instead of the functions it has small files, each another one.
fn project(template: &Template) -> Result<PathBuf> {
    let folder = root().join(".local/deploy");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    for function in &template.functions {
        let place = folder.join("target/lambda").join(&function.name);
        fs::create_dir_all(&place)?;
        let program = place.join("bootstrap");
        fs::write(&program, &function.name)?;
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755))?;
    }
    let archives = folder.join("target/package");
    fs::create_dir_all(&archives)?;
    for function in &template.functions {
        let archive = archives.join(format!("{}.zip", function.name));
        fs::write(archive, package::archive(function.name.as_bytes())?)?;
    }
    fs::write(
        archives.join("template.yaml"),
        package::packaged_template(Processor::Arm64, false)?,
    )?;
    fs::copy(root().join(package::SETTINGS), archives.join(package::SETTINGS))?;
    for file in ["template.yaml", package::SETTINGS] {
        fs::copy(root().join(file), folder.join(file)).with_context(|| format!("no {file}"))?;
    }
    Ok(folder)
}

/// Runs a command as the page has it, and returns what it prints. It fails in the end: the stand-in
/// carries no change out.
async fn run(command: &str, programs: &Path, folder: &Path, aws: &StandIn) -> Result<String> {
    step(&format!("{command}, against a stand-in"));
    let path = std::env::var("PATH").unwrap_or_default();
    let output = Command::new("sh")
        .args(["-c", command])
        .current_dir(folder)
        .env("PATH", format!("{}:{path}", programs.display()))
        .env("AUTH_SECRET", SECRET)
        .env("AWS_ENDPOINT_URL", aws.url())
        .env("AWS_ACCESS_KEY_ID", "local")
        .env("AWS_SECRET_ACCESS_KEY", "local")
        .env("AWS_REGION", "us-east-1")
        .env("AWS_DEFAULT_REGION", "us-east-1")
        .env("AWS_CONFIG_FILE", "/dev/null")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
        .env("SAM_CLI_TELEMETRY", "0")
        // Where it keeps its own settings; not those of whoever runs this.
        .env("__SAM_CLI_APP_DIR", folder.join(".sam"))
        .kill_on_drop(true)
        .output()
        .await
        .context("cannot start sh")?;
    let text = [output.stdout, output.stderr].concat();
    Ok(String::from_utf8_lossy(&text).into_owned())
}
