//! The example application, as `npm run build` makes it.

use super::Site;
use crate::hex;
use crate::progress::step;
use crate::tools::node::Package;
use anyhow::{Context, Result};
use ring::digest::{Context as Digest, SHA256};
use std::fs;
use std::path::Path;
use template::root;

/// Where its sources are.
const FOLDER: &str = "examples/web";
/// What it is made from.
const SOURCES: [&str; 5] = ["index.html", "package-lock.json", "public", "src", "vite.config.js"];

/// Where the page finds the ids of the providers that it has buttons for.
const PROVIDERS: &str = "VITE_TESSERA_PROVIDERS";

/// Builds it with buttons for these providers, unless it was built from the same before.
pub async fn build(providers: &[String]) -> Result<Site> {
    let package = Package::install(FOLDER).await?;
    let mut sources = Site::default();
    for name in SOURCES {
        let source = package.folder.join(name);
        if source.is_dir() {
            sources.add_folder(&format!("{name}/"), &source)?;
        } else {
            sources.add_file(name, &source)?;
        }
    }
    let providers = providers.join(",");
    sources.add(PROVIDERS, providers.clone());
    // The tests of the application build it for another API, into its own folder.
    let (wanted, built) = (sum(&sources), root().join(".local/web"));
    let receipt = root().join(".local/web-sources");
    if fs::read_to_string(&receipt).is_ok_and(|found| found == wanted) && is_there(&built) {
        return whole(&built);
    }
    step("Building the example application");
    // What a test or a person has in the environment belongs to another build.
    let out = built.display().to_string();
    let build = ["run", "build", "--silent", "--", "--emptyOutDir", "--outDir", out.as_str()];
    let variables = [("VITE_TESSERA_URL", None), (PROVIDERS, Some(providers.as_str()))];
    package.npm_with(&build, &variables).await?;
    fs::write(&receipt, wanted).with_context(|| format!("cannot write {}", receipt.display()))?;
    whole(&built)
}

fn is_there(built: &Path) -> bool {
    built.join("index.html").is_file()
}

fn whole(built: &Path) -> Result<Site> {
    let mut site = Site::default();
    site.add_folder("/", built)?;
    Ok(site)
}

fn sum(sources: &Site) -> String {
    let mut digest = Digest::new(&SHA256);
    for (path, bytes) in &sources.files {
        for part in [path.as_bytes(), bytes] {
            digest.update(&part.len().to_le_bytes());
            digest.update(part);
        }
    }
    hex::of(digest.finish().as_ref())
}
