//! Writes what follows from other files: the watch router, missing events, docs/routes.md, the order
//! of modules, the tables of sums and limits in docs.

use std::path::Path;

use anyhow::{Context, Result};

use crate::cost;
use crate::generate::{events, modules, router, routes};
use crate::project::Project;

/// Brings the generated regions of the repository at `root` up to date; returns the files written.
///
/// A file that can't be read is skipped; `check` reports it.
pub fn fix(root: &Path) -> Result<Vec<String>> {
    let Ok(project) = Project::read(root)? else {
        return Ok(Vec::new());
    };
    let mut written = Vec::new();
    if router::found(&project.manifest)? != router::expected(&project) {
        write(root, "Cargo.toml", &router::rewrite(&project)?, &mut written)?;
    }
    for function in &project.template.functions {
        let file = format!("events/{}.json", function.name);
        if !root.join(&file).exists() {
            let event = events::skeleton(&project, function)?;
            write(root, &file, &event, &mut written)?;
        }
    }
    if let Some(text) = routes::rewrite(&project)
        && text != project.routes
    {
        write(root, routes::FILE, &text, &mut written)?;
    }
    for (file, prefix) in modules::FILES {
        if let Some((text, Some(expected))) = modules::rewrite(root, file, prefix)
            && text != expected
        {
            write(root, file, &expected, &mut written)?;
        }
    }
    if let Ok(texts) = cost::Texts::read(root)
        && let Ok(pages) = cost::pages(&project.template, &texts)
    {
        for page in pages.iter().filter(|page| page.found != page.expected) {
            write(root, page.file, &page.expected, &mut written)?;
        }
    }
    Ok(written)
}

fn write(root: &Path, file: &str, text: &str, written: &mut Vec<String>) -> Result<()> {
    let path = root.join(file);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot make {}", folder.display()))?;
    }
    std::fs::write(&path, text).with_context(|| format!("cannot write {file}"))?;
    written.push(file.to_owned());
    Ok(())
}
