//! `[workspace.metadata.lambda.watch.router]` of the root Cargo.toml.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, TableLike, Value};

use crate::project::Project;

const PARENTS: [&str; 4] = ["workspace", "metadata", "lambda", "watch"];

/// Path, method and function of every route and preflight that the template has.
pub fn expected(project: &Project) -> BTreeSet<(String, String, String)> {
    routes(project)
        .into_iter()
        .map(|(path, method, function)| (path.to_owned(), method.to_owned(), function.to_owned()))
        .collect()
}

fn routes(project: &Project) -> Vec<(&str, &str, &str)> {
    let mut routes = Vec::new();
    for function in project.functions() {
        let all = function.routes.iter().chain(&function.preflights);
        // `cargo lambda watch` looks for the path alone first, so that a route for the rest of a path
        // never gets a method of another route. It responds to preflights by itself.
        for route in all.filter(|route| !route.path.ends_with("+}")) {
            routes.push((route.path.as_str(), route.method.as_str(), function.name.as_str()));
        }
    }
    routes
}

/// Path, method and function of every route that the manifest has.
pub fn found(manifest: &str) -> Result<BTreeSet<(String, String, String)>> {
    let document: DocumentMut = manifest.parse().context("is not TOML")?;
    let mut item: Option<&Item> = Some(document.as_item());
    for name in PARENTS.into_iter().chain(["router"]) {
        item = item.and_then(|item| item.get(name));
    }
    let table: Option<&dyn TableLike> = item.and_then(Item::as_table_like);
    let mut routes = BTreeSet::new();
    for (path, entries) in table.into_iter().flat_map(|table| table.iter()) {
        for entry in entries.as_array().into_iter().flatten() {
            let text = |name: &str| {
                entry
                    .as_inline_table()
                    .and_then(|table| table.get(name)?.as_str())
                    .with_context(|| format!("a watch route of {path} has no {name}"))
                    .map(str::to_owned)
            };
            routes.insert((path.to_owned(), text("method")?, text("function")?));
        }
    }
    Ok(routes)
}

/// The manifest with the router written again, everything else as it was.
pub fn rewrite(project: &Project) -> Result<String> {
    let mut document: DocumentMut = project.manifest.parse().context("Cargo.toml is not TOML")?;
    let mut methods: BTreeMap<&str, Array> = BTreeMap::new();
    for (path, method, function) in routes(project) {
        let mut entry = InlineTable::new();
        entry.insert("method", method.into());
        entry.insert("function", function.into());
        methods.entry(path).or_default().push(Value::InlineTable(entry));
    }
    let mut parent = document.as_table_mut();
    for name in PARENTS {
        parent = parent
            .entry(name)
            .or_insert_with(|| {
                let mut table = Table::new();
                table.set_implicit(true);
                Item::Table(table)
            })
            .as_table_mut()
            .with_context(|| format!("{name} of Cargo.toml is no table"))?;
    }
    if !parent.contains_key("router") {
        parent.insert("router", Item::Table(Table::new()));
    }
    let router = parent
        .get_mut("router")
        .and_then(Item::as_table_mut)
        .context("the watch router is no table")?;
    router.clear();
    for (path, entries) in methods {
        router.insert(path, toml_edit::value(entries));
    }
    Ok(document.to_string())
}
