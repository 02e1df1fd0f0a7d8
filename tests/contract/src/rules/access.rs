//! A function's `main` serves those whom the template lets in: `Auth: required` is `serve_signed_in`.

use crate::finding::Finding;
use crate::project::Project;
use harness::template::Auth;

/// Compares the kind of access of each function with what its `main` calls.
pub fn check(project: &Project) -> Vec<Finding> {
    let mut findings = Vec::new();
    for function in &project.template.functions {
        let Some(package) = project.package(&function.name) else { continue };
        let file = package.main();
        // That a file is missing is for another rule to say.
        let Ok(text) = std::fs::read_to_string(project.root.join(&file)) else { continue };
        let (access, calls) = match function.auth {
            Auth::Required => ("required", SIGNED_IN),
            Auth::Optional => ("optional", ANYONE),
            Auth::Public => ("public", ANYONE),
            Auth::Background => ("background", BACKGROUND),
        };
        let found = called_by_main(&text);
        if !matches!(found.as_slice(), [call] if calls.contains(call)) {
            findings.push(Finding::new(
                file,
                format!(
                    "its main calls `{}`, but template.yaml says Auth: {access}",
                    found.join("` and `")
                ),
                format!("call one of {}, or correct the template", calls.join(", ")),
            ));
        }
    }
    findings
}

const SIGNED_IN: &[&str] = &["serve_signed_in", "serve_signed_in_with", "serve_signed_in_streamed"];
const ANYONE: &[&str] = &["serve", "serve_with", "serve_streamed"];
const BACKGROUND: &[&str] = &["serve_background"];

/// The functions named `serve…` that `main` calls.
fn called_by_main(text: &str) -> Vec<&str> {
    let body = text.split_once("fn main()").map_or("", |(_, body)| body);
    let body = body.split_once("\n}").map_or(body, |(body, _)| body);
    let code = body.lines().filter(|line| !line.trim_start().starts_with("//"));
    code.flat_map(|line| line.split('('))
        .filter_map(|before| {
            let start = before.rfind(|c: char| !c.is_alphanumeric() && c != '_');
            before.get(start.map_or(0, |at| at + 1)..).filter(|name| name.starts_with("serve"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_calls_of_main_count() {
        let text = "use shared::http::{serve, serve_with};\nfn other() {\n    serve(x)\n}\n\
                    fn main() -> Exit {\n    // serve(x) is not called.\n    let init = 1;\n    \
                    Ok(serve_signed_in_with(init, move |caller| serve_it(caller)))\n}\n";
        assert_eq!(called_by_main(text), ["serve_signed_in_with", "serve_it"]);
        assert_eq!(called_by_main("fn main() -> Exit {\n    serve(ok)\n}\n"), ["serve"]);
        assert!(called_by_main("fn main() {}\n").is_empty());
    }
}
