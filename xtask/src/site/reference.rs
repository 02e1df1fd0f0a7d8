//! The reference of the API: openapi.yaml, shown by a package that works offline.

use super::Site;
use crate::tools::node::Package;
use anyhow::{Context, Result, ensure};
use std::fs;
use template::root;

/// Where its page is, and the list of its packages.
const FOLDER: &str = "docs/reference";
/// Our own files.
const OWN: [&str; 3] = ["index.html", "start.js", "style.css"];
/// Files of the package that shows the contract.
const OF_PACKAGE: [&str; 3] = ["favicon-32x32.png", "swagger-ui-bundle.js", "swagger-ui.css"];
/// The first server in openapi.yaml.
const LOCAL: &str = "  - url: http://127.0.0.1:9000\n    description: \"`cargo xtask dev`\"\n";

/// Makes it below this path, which ends with a slash, for the API at `server`: a URL, or `/` for the page's own
/// origin.
pub async fn make(path: &str, server: &str) -> Result<Site> {
    let package = Package::install(FOLDER).await?;
    let shown = package.folder.join("node_modules/swagger-ui-dist");
    let mut site = Site::default();
    for (folder, names) in [(&package.folder, OWN), (&shown, OF_PACKAGE)] {
        for name in names {
            site.add_file(&format!("{path}{name}"), &folder.join(name))?;
        }
    }
    site.add(&format!("{path}openapi.yaml"), contract_for(server)?);
    Ok(site)
}

/// The contract as it is.
pub fn contract() -> Result<String> {
    fs::read_to_string(root().join("openapi.yaml")).context("there is no openapi.yaml")
}

/// The contract with this server as the first one.
pub fn contract_for(server: &str) -> Result<String> {
    let text = contract()?;
    ensure!(text.contains(LOCAL), "openapi.yaml does not begin its servers with {LOCAL}");
    Ok(text.replace(LOCAL, &format!("  - url: {server}\n")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_server_is_the_one_that_is_asked_for() {
        let text = contract_for("https://api.example.com").unwrap();
        assert!(
            text.contains("servers:\n  - url: https://api.example.com\n  - url: https://{api}")
        );
    }
}
