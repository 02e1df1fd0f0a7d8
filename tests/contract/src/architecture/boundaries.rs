//! Crates that one module of `shared` may use only, and keys of the table.

use crate::finding::Finding;
use crate::source::Source;

/// Crates that only one module may name.
struct Boundary {
    crates: &'static [&'static str],
    module: &'static str,
    remedy: &'static str,
}

const BOUNDARIES: [Boundary; 5] = [
    Boundary {
        crates: &["lambda_http"],
        module: "http",
        remedy: "take what you need from `shared::http`",
    },
    Boundary {
        crates: &["aws_sdk_dynamodb", "serde_dynamo"],
        module: "store",
        remedy: "add a method to `shared::store` that says what it does",
    },
    Boundary {
        crates: &["aws_sdk_bedrockruntime"],
        module: "assistant/bedrock",
        remedy: "ask an assistant by its trait",
    },
    Boundary { crates: &["aws_sdk_sesv2"], module: "mail", remedy: "let `shared::mail` send it" },
    Boundary {
        crates: &["hyper", "hyper_rustls", "hyper_util", "rustls", "aws_credential_types"],
        module: "connection",
        remedy: "take the connector or the client of `shared::connection`",
    },
];

/// The one function that may name `shared::mail`, since whoever does links the client of SES.
const SENDS_MAIL: &str = "functions/background/send-mail/";

/// Where keys of the table are built.
const KEYS: &str = "shared/src/store/keys";

/// Checks what `shared/src` and `functions` name, and that keys are built in one module.
pub fn check(sources: &[Source]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in sources.iter().filter(|source| source.is_product()) {
        for boundary in BOUNDARIES.iter().filter(|one| !is_in_module(&source.file, one.module)) {
            for name in boundary.crates.iter().filter(|name| names(source, name)) {
                findings.push(Finding::new(
                    &source.file,
                    format!("names `{name}`, which only shared/src/{} may", boundary.module),
                    boundary.remedy,
                ));
            }
        }
        let is_mail =
            |path: &Vec<String>| path.starts_with(&["shared".to_owned(), "mail".to_owned()]);
        if source.paths.iter().any(is_mail) && !source.file.starts_with(SENDS_MAIL) {
            findings.push(Finding::new(
                &source.file,
                format!("names `shared::mail`, which only {SENDS_MAIL} may"),
                "store a job with `store.mails()`, which that function does",
            ));
        }
        for literal in
            source.strings.iter().filter(|text| is_key(text) && !source.file.starts_with(KEYS))
        {
            findings.push(Finding::new(
                &source.file,
                format!("builds a key of the table: \"{literal}\""),
                format!("build it in {KEYS}"),
            ));
        }
    }
    findings
}

fn names(source: &Source, name: &str) -> bool {
    source.paths.iter().any(|path| path.first().is_some_and(|first| first == name))
}

/// `shared/src/http.rs`, `shared/src/http/…` and `shared/src/http_….rs` are the module `http`.
fn is_in_module(file: &str, module: &str) -> bool {
    file.strip_prefix("shared/src/")
        .and_then(|inner| inner.strip_prefix(module))
        .is_some_and(|rest| rest.starts_with(['.', '/', '_']))
}

/// An upper-case word and a `#`, as in `USER#`.
fn is_key(literal: &str) -> bool {
    literal.split_once('#').is_some_and(|(word, _)| {
        word.len() > 2 && word.chars().all(|c| c.is_ascii_uppercase() || c == '_')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(file: &str, text: &str) -> usize {
        check(&[Source::parse(file, text).unwrap()]).len()
    }

    #[test]
    fn only_the_owner_may_name_it() {
        let lambda = "use lambda_http::Body;";
        assert_eq!(findings("shared/src/auth/token.rs", lambda), 1);
        assert_eq!(findings("shared/src/auth/token.rs", "extern crate lambda_http as x;"), 1);
        assert_eq!(findings("shared/src/auth/token.rs", "use lambda_http as x;"), 1);
        assert_eq!(findings("functions/auth/ok/src/main.rs", lambda), 1);
        assert_eq!(findings("shared/src/http/body.rs", lambda), 0);
        assert_eq!(findings("shared/src/store.rs", "use aws_sdk_dynamodb::Client;"), 0);
        let bedrock = "use aws_sdk_bedrockruntime::Client;";
        assert_eq!(findings("shared/src/assistant/bedrock.rs", bedrock), 0);
        assert_eq!(findings("shared/src/assistant/bedrock/error.rs", bedrock), 0);
        assert_eq!(findings("shared/src/assistant/echo.rs", bedrock), 1);
        assert_eq!(findings("shared/src/id.rs", "// lambda_http is used by http.\n"), 0);
    }

    #[test]
    fn only_one_function_sends_mails() {
        let mailer = "use shared::mail::{Letter, Mailer};";
        assert_eq!(findings("functions/background/send-mail/src/main.rs", mailer), 0);
        assert_eq!(findings("functions/auth/sign-up-email/src/main.rs", mailer), 1);
        assert_eq!(findings("functions/auth/ok/src/main.rs", "fn f() { shared::mail::f() }"), 1);
        let ses = "use aws_sdk_sesv2::Client;";
        assert_eq!(findings("shared/src/mail/mailer.rs", ses), 0);
        assert_eq!(findings("shared/src/app.rs", ses), 1);
    }

    #[test]
    fn keys_are_built_in_one_file() {
        let key = "fn f() { format!(\"USER#{id}\") }";
        assert_eq!(findings(KEYS, key), 0);
        assert_eq!(findings("shared/src/store/user.rs", key), 1);
        assert_eq!(findings("shared/src/store/user.rs", "const A: &str = \"# heading\";"), 0);
    }
}
