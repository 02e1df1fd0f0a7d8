//! The repository's own files: what git tracks or would track, without build output.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

const NOT_OURS: [&str; 4] = [".git", ".local", "node_modules", "target"];

/// Lists the files below `root` as sorted relative paths with `/`.
///
/// A tree without git (an archive, a test's folder) is walked instead.
pub fn list(root: &Path) -> Result<Vec<String>> {
    let mut files = if root.join(".git").exists() {
        tracked(root)?
    } else {
        let mut found = Vec::new();
        walk(root, root, &mut found)?;
        found
    };
    files.sort();
    files.dedup();
    Ok(files)
}

/// Reads a file as text; bytes that are not UTF-8 give `None`.
pub fn text(root: &Path, file: &str) -> Result<Option<String>> {
    let bytes = std::fs::read(root.join(file)).with_context(|| format!("cannot read {file}"))?;
    Ok(String::from_utf8(bytes).ok())
}

fn tracked(root: &Path) -> Result<Vec<String>> {
    let output = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output()
        .context("cannot run git, which lists the files to check")?;
    anyhow::ensure!(
        output.status.success(),
        "git ls-files failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let listed = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok(listed
        .split('\0')
        .filter(|file| !file.is_empty() && root.join(file).is_file())
        .map(str::to_owned)
        .collect())
}

fn walk(root: &Path, folder: &Path, found: &mut Vec<String>) -> Result<()> {
    for entry in
        std::fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?
    {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if NOT_OURS.contains(&name.as_ref()) {
            continue;
        }
        if path.is_dir() {
            walk(root, &path, found)?;
        } else {
            let relative = path.strip_prefix(root).unwrap_or(&path);
            found.push(relative.to_string_lossy().replace('\\', "/"));
        }
    }
    Ok(())
}
