//! `cargo xtask docs`: the reference of the API as static files.

use crate::{runtime, site};
use anyhow::Result;
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;
use template::root;

/// Write the reference of the API as static files, for a site of your own.
///
/// It is what `cargo xtask dev` shows at /docs/: openapi.yaml with "Try it out". It needs Node, and loads nothing
/// from another host. A page of another origin may send requests only if the deployment trusts its origin
/// (TrustedOrigins), and then with a session_token, which "Authorize" takes. Without a domain name, the chat
/// has another address than the other routes, and "Try it out" does not reach it.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Where the files go.
    #[arg(long, default_value = "target/docs")]
    folder: PathBuf,
    /// The API that the requests go to: a URL, or / for the origin of the page.
    #[arg(long, default_value = "/")]
    server: String,
}

/// Writes the files.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let site = runtime::start()?.block_on(site::reference::make("/", &arguments.server))?;
    let folder = root().join(&arguments.folder);
    site.write(&folder)?;
    println!("The reference is in {}; serve this folder with any web server.", folder.display());
    Ok(ExitCode::SUCCESS)
}
