//! Who may sign.

use super::{planted, replaced};

#[test]
fn only_functions_that_sign_reach_secrets_and_sealed_keys() {
    let template = "template.yaml";
    let variable = |name: &str| {
        let with = format!(
            "CodeUri: target/lambda/put-note\n      Environment: {{ Variables: {{ {name}: x }} }}\n"
        );
        let says = format!("PutNote: {name} is for the functions that sign");
        let change = |text: &str| text.replace("CodeUri: target/lambda/put-note\n", &with);
        planted(&format!("variable-{name}"), template, change, &[&says]);
    };
    for name in ["AUTH_SECRET", "AUTH_SECRET_PREVIOUS", "KEY_ROTATION_DAYS"] {
        variable(name);
    }
    planted(
        "no-denial",
        template,
        replaced("        - !Ref NoSealedKeys\n", ""),
        &["PutNote lacks NoSealedKeys", "add !Ref NoSealedKeys under Policies"],
    );
    planted(
        "other-denial",
        template,
        replaced("- !Ref NoSealedKeys\n", "- !Ref NoSealedTokenKeys\n"),
        &[
            "PutNote lacks NoSealedKeys",
            "PutNote has NoSealedTokenKeys",
            "NoSealedTokenKeys does not deny every call that names sealed keys",
        ],
    );
    planted(
        "half-a-denial",
        template,
        replaced("[SIGNING_KEYS#SEALED, TOKEN_KEYS#SEALED]", "[SIGNING_KEYS#SEALED]"),
        &["NoSealedKeys does not deny every call that names sealed keys"],
    );
    planted(
        "no-denial-of-writes",
        template,
        replaced("[SIGNING_KEYS#PUBLIC, TOKEN_KEYS#PUBLIC]", "[SIGNING_KEYS#PUBLIC]"),
        &["and every write of public ones, of SIGNING_KEYS and TOKEN_KEYS"],
    );
    let signer = |name: &str| {
        let pascal = contract::pascal_case(name);
        let change = |text: &str| text.replace("put-note", name).replace("PutNote", &pascal);
        let own = if ["get-session", "token"].contains(&name) {
            "NoSealedSessionKeys"
        } else {
            "NoSealedTokenKeys"
        };
        let expected = [
            format!("{pascal}: AUTH_SECRET is for the functions that sign"),
            format!("{pascal} lacks {own}"),
            format!("{pascal} has NoSealedKeys"),
        ];
        let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
        planted(&format!("signer-{name}"), template, change, &expected);
    };
    for name in ["signup", "signin", "sign-up-email", "sign-in-email", "change-password"] {
        signer(name);
    }
    for name in ["get-session", "token"] {
        signer(name);
    }
}
