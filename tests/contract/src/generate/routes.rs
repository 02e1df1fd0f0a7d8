//! The table of docs/routes.md.

use crate::project::Project;
use crate::rules::word;
use template::Function;

/// The page that contains the table.
pub const FILE: &str = "docs/routes.md";
/// The line before the generated table.
pub const OPEN: &str = "<!-- routes -->";
/// The line after it.
pub const CLOSE: &str = "<!-- /routes -->";

/// The text between the markers.
pub fn region(page: &str) -> Option<&str> {
    Some(page.split_once(OPEN)?.1.split_once(CLOSE)?.0)
}

/// The page with its table written again; `None` without the markers.
pub fn rewrite(project: &Project) -> Option<String> {
    let (before, rest) = project.routes.split_once(OPEN)?;
    let (_, after) = rest.split_once(CLOSE)?;
    Some(format!("{before}{OPEN}\n{}{CLOSE}{after}", table(project)))
}

/// The table, ending with a line break.
pub fn table(project: &Project) -> String {
    let mut table =
        String::from("| method | path | auth | function | what it does |\n|---|---|---|---|---|\n");
    for function in project.functions() {
        table.push_str(&row(project, function));
    }
    table
}

fn row(project: &Project, function: &Function) -> String {
    let package = project.package(&function.name);
    let (method, path) = function.main_route().map_or_else(
        || (String::new(), String::new()),
        |route| (route.method.clone(), format!("`{}`", route.path)),
    );
    let link = package.map_or_else(
        || function.name.clone(),
        |package| format!("[{}](../{})", function.name, package.main()),
    );
    let sentence =
        package.and_then(|package| package.headline()).map_or("", |(_, sentence)| sentence);
    let auth = word(function.auth);
    format!("| {method} | {path} | {auth} | {link} | {sentence} |\n")
}
