//! A function's `main` serves those whom the template lets in: `Auth: required` is `serve_signed_in`.

use syn::visit::{self, Visit};
use syn::{Expr, ExprCall, Item};
use template::Auth;

use crate::finding::Finding;
use crate::project::Project;

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
        if !matches!(found.as_slice(), [call] if calls.contains(&call.as_str())) {
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
const ANYONE: &[&str] = &["serve", "serve_with", "serve_streamed", "serve_preflights"];
const BACKGROUND: &[&str] = &["serve_background"];

/// The functions named `serve…` that `main` calls. A file that can't be parsed calls none.
fn called_by_main(text: &str) -> Vec<String> {
    let mut calls = Calls(Vec::new());
    let items = syn::parse_file(text).map(|file| file.items).unwrap_or_default();
    for item in &items {
        if let Item::Fn(function) = item
            && function.sig.ident == "main"
        {
            calls.visit_block(&function.block);
        }
    }
    calls.0
}

struct Calls(Vec<String>);

impl<'ast> Visit<'ast> for Calls {
    fn visit_expr_call(&mut self, call: &'ast ExprCall) {
        if let Expr::Path(function) = &*call.func
            && let Some(last) = function.path.segments.last()
            && last.ident.to_string().starts_with("serve")
        {
            self.0.push(last.ident.to_string());
        }
        visit::visit_expr_call(self, call);
    }
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
