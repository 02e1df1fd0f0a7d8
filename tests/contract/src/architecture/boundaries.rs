//! Names that belong to one module of `shared` only.

use crate::finding::Finding;
use crate::source::Source;

/// Something that only one module may name.
struct Boundary {
    names: &'static [&'static str],
    module: &'static str,
    remedy: &'static str,
}

const BOUNDARIES: [Boundary; 6] = [
    Boundary {
        names: &["lambda_http"],
        module: "http",
        remedy: "take what you need from `shared::http`",
    },
    Boundary {
        names: &["aws_sdk_dynamodb", "serde_dynamo"],
        module: "store",
        remedy: "add a method to `shared::store` that says what it does",
    },
    Boundary {
        names: &["aws_sdk_bedrockruntime"],
        module: "assistant/bedrock",
        remedy: "ask an assistant by its trait",
    },
    Boundary {
        names: &["aws_smithy_http_client", "aws_credential_types"],
        module: "connection",
        remedy: "take the connector or the client of `shared::connection`",
    },
    Boundary {
        names: &["std::env", "env::var"],
        module: "config",
        remedy: "read the setting in `shared::config` and pass it on",
    },
    Boundary {
        names: &["SystemTime::now", "::now_utc", "Instant::now"],
        module: "clock",
        remedy: "ask `shared::clock`, which tests can set",
    },
];

/// Checks `shared/src` and `functions`: foreign names, full reads of the table, keys outside the module of keys.
pub fn check(sources: &[Source]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in sources.iter().filter(|source| is_product(source)) {
        for boundary in &BOUNDARIES {
            if is_in_module(&source.file, boundary.module) {
                continue;
            }
            for name in boundary.names.iter().filter(|name| source.code.contains(**name)) {
                findings.push(Finding::new(
                    &source.file,
                    format!("names `{name}`, which only shared/src/{} may", boundary.module),
                    boundary.remedy,
                ));
            }
        }
        if source.text.contains("Scan") {
            findings.push(Finding::new(
                &source.file,
                "says `Scan`: a read of the whole table has no place here",
                "give the access pattern a key or an index (docs/data-model.md)",
            ));
        }
        if source.file != "shared/src/store/keys.rs" {
            for literal in source.strings.iter().filter(|literal| is_key(literal)) {
                findings.push(Finding::new(
                    &source.file,
                    format!("builds a key of the table: \"{literal}\""),
                    "build it in shared/src/store/keys.rs",
                ));
            }
        }
    }
    findings
}

fn is_product(source: &Source) -> bool {
    (source.file.starts_with("shared/src/") || source.file.starts_with("functions/"))
        && !source.is_test()
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
        check(&[Source::parse(file, text)]).len()
    }

    #[test]
    fn only_the_owner_may_name_it() {
        assert_eq!(findings("shared/src/auth/token.rs", "use lambda_http::Body;"), 1);
        assert_eq!(findings("functions/auth/ok/src/main.rs", "use lambda_http::Body;"), 1);
        assert_eq!(findings("shared/src/http/body.rs", "use lambda_http::Body;"), 0);
        assert_eq!(findings("shared/src/store/mod.rs", "use aws_sdk_dynamodb::Client;"), 0);
        let bedrock = "use aws_sdk_bedrockruntime::Client;";
        assert_eq!(findings("shared/src/assistant/bedrock.rs", bedrock), 0);
        assert_eq!(findings("shared/src/assistant/bedrock/error.rs", bedrock), 0);
        assert_eq!(findings("shared/src/assistant/echo.rs", bedrock), 1);
        assert_eq!(findings("shared/src/id.rs", "let now = OffsetDateTime::now_utc();"), 1);
        assert_eq!(findings("shared/src/id.rs", "// std::env is read by config.\n"), 0);
    }

    #[test]
    fn keys_are_built_in_one_file() {
        assert_eq!(findings("shared/src/store/keys.rs", "format!(\"USER#{id}\")"), 0);
        assert_eq!(findings("shared/src/store/user.rs", "format!(\"USER#{id}\")"), 1);
        assert_eq!(findings("shared/src/store/user.rs", "\"# heading\""), 0);
    }
}
