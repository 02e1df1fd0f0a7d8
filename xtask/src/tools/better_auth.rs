//! Better Auth itself, which `bench` and `load --peer` measure Tessera beside.

use super::node::{self, Package};
use crate::progress::step;
use anyhow::{Context, Result};
use harness::node::{BUNDLE, FOLDER};
use std::fs;
use std::path::{Path, PathBuf};

/// The server in its folder, as npm installed it.
const MODULES: &str = "server.js";

/// Where its server is.
#[derive(Debug)]
pub struct Server {
    /// The script with all that it imports.
    pub bundle: PathBuf,
    /// The script that imports what npm installed.
    pub modules: PathBuf,
    /// Bytes of the bundle; Node is not counted.
    pub size: u64,
}

/// Installs it unless that was done before, and bundles it as one does for a function.
pub async fn bundle() -> Result<Server> {
    node::require().await?;
    let package = Package::install(FOLDER).await?;
    step("Bundling Better Auth, as one does for a function");
    package.npm(&["run", "--silent", "bundle"]).await?;
    let bundle = package.folder.join(BUNDLE);
    let size = size(bundle.parent().context("a bundle has a folder")?)?;
    Ok(Server { bundle, modules: package.folder.join(MODULES), size })
}

/// Bytes of all files in a folder.
fn size(folder: &Path) -> Result<u64> {
    let files =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    files.map(|file| Ok(file?.metadata()?.len())).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_a_bundle_counts() {
        let folder = std::env::temp_dir().join(format!("tessera-bundle-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("server.js"), [0; 700]).unwrap();
        fs::write(folder.join("chunk.js"), [0; 35]).unwrap();
        assert_eq!(size(&folder).unwrap(), 735);
        fs::remove_dir_all(&folder).unwrap();
        assert!(size(&folder).is_err());
    }
}
