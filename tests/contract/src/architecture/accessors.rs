//! The methods of the store that need no session: each may be called in named places only.

use crate::finding::Finding;
use crate::source::Source;

/// A method and the files or folders that may call it.
const DOORS: [(&str, &[&str]); 11] = [
    (
        "before_sign_in",
        &[
            "shared/src/app/sign_in.rs",
            "shared/src/app/sign_up.rs",
            "shared/src/app/sign_up/",
            "shared/src/app/codes.rs",
            "shared/src/app/proven.rs",
        ],
    ),
    ("by_code", &["shared/src/app/codes.rs"]),
    ("by_magic_link", &["shared/src/app/magic_link.rs"]),
    ("by_link", &["shared/src/app/links.rs"]),
    ("oauth", &["shared/src/app/oauth/"]),
    ("sweeper", &["functions/background/sweep/"]),
    ("tallier", &["functions/background/sweep/"]),
    ("signing_keys", &["shared/src/app/signer.rs", "shared/src/app/key_rotation.rs"]),
    ("attempts", &["shared/src/app/"]),
    // No function may.
    ("operator", &["xtask/operator/"]),
    (
        "mails",
        &[
            "shared/src/app/",
            "functions/background/note-bounce/",
            "functions/background/send-mail/",
        ],
    ),
];

/// Reports every call of such a method elsewhere.
pub fn check(sources: &[Source]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in sources.iter().filter(|source| source.is_product()) {
        for (method, places) in DOORS {
            let is_allowed = places.iter().any(|place| source.file.starts_with(place));
            let is_called = source.methods.iter().any(|called| called == method);
            // `Store::sweeper(&store)` is the same call.
            let is_named = source.paths.iter().any(|path| path.ends_with(&of_store(method)));
            if (is_called || is_named) && !is_allowed {
                findings.push(Finding::new(
                    &source.file,
                    format!("calls `{method}`, which only {} may", places.join(", ")),
                    "read and write the caller's data through the caller's own store",
                ));
            }
        }
    }
    findings
}

fn of_store(method: &str) -> [String; 2] {
    ["Store".to_owned(), method.to_owned()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_is_called_in_its_own_places_only() {
        let found = |file: &str, call: &str| {
            let text = format!("fn f() {{ {call} }}");
            check(&[Source::parse(file, &text).unwrap()]).len()
        };
        let call = "store.before_sign_in().credential(email)";
        assert_eq!(found("shared/src/app/sign_in.rs", call), 0);
        assert_eq!(found("functions/user/get-profile/src/main.rs", call), 1);
        assert_eq!(found("shared/src/auth/session.rs", call), 1);
        assert_eq!(found("tests/harness/src/lib.rs", call), 0);
        assert_eq!(found("shared/src/auth/session.rs", "Store::sweeper(&store)"), 1);
        assert_eq!(found("shared/src/auth/session.rs", "join!(store.sweeper().jobs())"), 1);
    }
}
