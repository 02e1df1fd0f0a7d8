//! The doors to data that need no session: each for named places only.

use crate::finding::Finding;
use crate::source::Source;

/// A method and the files or folders that may call it.
const DOORS: [(&str, &[&str]); 4] = [
    (".before_sign_in(", &["shared/src/app/sign_in.rs", "shared/src/app/sign_up.rs"]),
    (".sweeper(", &["functions/background/sweep/"]),
    (".signing_keys(", &["shared/src/app/signer.rs", "shared/src/app/key_rotation.rs"]),
    (".attempts(", &["shared/src/app/"]),
];

/// Names every call of such a method elsewhere.
pub fn check(sources: &[Source]) -> Vec<Finding> {
    let product = sources.iter().filter(|source| {
        !source.is_test()
            && (source.file.starts_with("shared/src/") || source.file.starts_with("functions/"))
    });
    let mut findings = Vec::new();
    for source in product {
        for (method, places) in DOORS {
            let allowed = places.iter().any(|place| source.file.starts_with(place));
            if source.code.contains(method) && !allowed {
                findings.push(Finding::new(
                    &source.file,
                    format!("calls `{method})`, which is kept for {}", places.join(", ")),
                    "reach the data through `store.of(&signed_in)`",
                ));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_door_opens_in_its_own_place_only() {
        let call = "store.before_sign_in().credential(email)";
        let at = |file: &str| check(&[Source::parse(file, call)]).len();
        assert_eq!(at("shared/src/app/sign_in.rs"), 0);
        assert_eq!(at("functions/user/get-profile/src/main.rs"), 1);
        assert_eq!(at("shared/src/auth/session.rs"), 1);
        assert_eq!(at("tests/harness/src/lib.rs"), 0);
    }
}
