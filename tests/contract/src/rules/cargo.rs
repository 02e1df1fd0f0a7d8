//! The root Cargo.toml: the routes that `cargo lambda watch` serves.

use crate::finding::Finding;
use crate::generate::router;
use crate::project::Project;

const FILE: &str = "Cargo.toml";

/// Compares `[workspace.metadata.lambda.watch.router]` with the template, as sets.
pub fn check(project: &Project) -> Vec<Finding> {
    let expected = router::expected(project);
    let found = match router::found(&project.manifest) {
        Ok(found) => found,
        Err(error) => {
            return vec![Finding::new(FILE, format!("{error:#}"), "correct it")];
        }
    };
    let describe = |(path, method, function): &(String, String, String)| {
        format!("{method} {path} to {function}")
    };
    let missing = expected.difference(&found).map(|route| {
        Finding::new(
            FILE,
            format!("the watch router lacks {}", describe(route)),
            "run `cargo xtask check --fix`",
        )
    });
    let extra = found.difference(&expected).map(|route| {
        Finding::new(
            FILE,
            format!("the watch router has {}, template.yaml has not", describe(route)),
            "run `cargo xtask check --fix`",
        )
    });
    missing.chain(extra).collect()
}
