//! A function's package: its directory, manifest and first line.

use std::path::Path;

use anyhow::{Context, Result};
use toml_edit::DocumentMut;

/// A directory `functions/<area>/<name>`.
#[derive(Debug, Clone)]
pub struct Package {
    /// The directory, relative to the repository.
    pub folder: String,
    /// The directory's own name.
    pub name: String,
    /// The package name in Cargo.toml.
    pub package_name: String,
    /// The binaries that it builds.
    pub binaries: Vec<String>,
    /// The first line of src/main.rs; none without that file.
    pub first_line: Option<String>,
    /// The crates that it depends on.
    pub dependencies: Vec<String>,
}

impl Package {
    /// Path of the file with the handler.
    pub fn main(&self) -> String {
        format!("{}/src/main.rs", self.folder)
    }

    /// The route and the sentence of `//! METHOD /path: sentence.`
    pub fn headline(&self) -> Option<(&str, &str)> {
        self.first_line.as_deref()?.strip_prefix("//! ")?.split_once(": ")
    }
}

/// Reads every `functions/<area>/<name>` that has a Cargo.toml, sorted by path.
pub fn read_all(root: &Path) -> Result<Vec<Package>> {
    let mut packages = Vec::new();
    for area in folders(&root.join("functions"))? {
        for name in folders(&root.join("functions").join(&area))? {
            let folder = format!("functions/{area}/{name}");
            if root.join(&folder).join("Cargo.toml").is_file() {
                packages.push(read(root, folder, name)?);
            }
        }
    }
    Ok(packages)
}

fn read(root: &Path, folder: String, name: String) -> Result<Package> {
    let path = root.join(&folder).join("Cargo.toml");
    let manifest: DocumentMut = std::fs::read_to_string(&path)
        .with_context(|| format!("cannot read {folder}/Cargo.toml"))?
        .parse()
        .with_context(|| format!("{folder}/Cargo.toml is not TOML"))?;
    let package_name = manifest
        .get("package")
        .and_then(|package| package.get("name"))
        .and_then(|name| name.as_str())
        .unwrap_or_default()
        .to_owned();
    let named: Vec<String> = manifest
        .get("bin")
        .and_then(|bins| bins.as_array_of_tables())
        .into_iter()
        .flatten()
        .filter_map(|bin| bin.get("name")?.as_str())
        .map(str::to_owned)
        .collect();
    let main = std::fs::read_to_string(root.join(&folder).join("src/main.rs")).ok();
    Ok(Package {
        binaries: if named.is_empty() { vec![package_name.clone()] } else { named },
        first_line: main.map(|text| text.lines().next().unwrap_or_default().to_owned()),
        dependencies: manifest
            .get("dependencies")
            .and_then(|table| table.as_table_like())
            .map(|table| table.iter().map(|(name, _)| name.to_owned()).collect())
            .unwrap_or_default(),
        folder,
        name,
        package_name,
    })
}

fn folders(path: &Path) -> Result<Vec<String>> {
    if !path.is_dir() {
        return Ok(Vec::new());
    }
    let mut names = Vec::new();
    for entry in
        std::fs::read_dir(path).with_context(|| format!("cannot list {}", path.display()))?
    {
        let entry = entry?;
        if entry.path().is_dir() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}
