use proptest::prelude::*;
use serde_json::{Value, json};

use super::candidate::{Candidate, LeftOut, Reason};
use super::file::{UserRow, parse};
use super::summary::{Mode, Summary, shown};

const ID: &str = "QqpFd6gc5KNbrQRCgwb0PjWvdvoeenlf";
const HASH: &str = include_str!("../../../../shared/src/auth/better-auth-hash.txt");

/// A row as SQLite writes it, with these columns instead of its own.
fn row(changes: &Value) -> Value {
    let mut row = json!({
        "id": ID, "name": "Ada", "email": "Ada@Example.com", "emailVerified": 1, "image": null,
        "createdAt": "2024-01-31T12:00:00.123Z", "updatedAt": "2024-02-01T12:00:00.000Z",
    });
    for (column, value) in changes.as_object().unwrap() {
        row[column] = value.clone();
    }
    row
}

fn read(changes: &Value) -> Result<Candidate, Reason> {
    let row: UserRow = serde_json::from_value(row(changes)).unwrap();
    Candidate::of(&row, Some(HASH.trim().to_owned()))
}

#[test]
fn a_row_keeps_its_id_its_dates_and_its_password() {
    let Candidate { user, left_out } = read(&json!({})).unwrap();
    assert_eq!((user.user_id.as_str(), user.email.as_str()), (ID, "ada@example.com"));
    assert_eq!((user.name.as_str(), user.image, user.email_verified), ("Ada", None, true));
    assert_eq!(user.created_at.to_string(), "2024-01-31T12:00:00.123Z");
    assert_eq!(user.updated_at.to_string(), "2024-02-01T12:00:00.000Z");
    assert_eq!(user.password_hash.as_str(), HASH.trim());
    assert!(user.background.is_none() && left_out.is_empty());
}

#[test]
fn columns_may_be_in_snake_case() {
    let row = json!({
        "id": ID, "name": "Ada", "email": "ada@example.com", "email_verified": false,
        "created_at": 1_706_702_400, "updated_at": null, "software_level": "beginner",
        "hardware_background": "embedded systems", "another_column": { "of": ["any", "form"] },
    });
    let row: UserRow = serde_json::from_value(row).unwrap();
    let Candidate { user, left_out } = Candidate::of(&row, None).unwrap();
    assert!(!user.email_verified);
    assert_eq!(user.created_at, user.updated_at);
    assert_eq!(user.created_at.to_string(), "2024-01-31T12:00:00.000Z");
    assert_eq!(
        serde_json::to_value(user.background).unwrap(),
        json!({ "software_level": "beginner", "hardware_background": "embedded systems" })
    );
    assert_eq!(left_out, [LeftOut::NoPassword]);
    assert!(!user.password_hash.can_match());
}

#[test]
fn verified_is_what_a_database_writes_for_true() {
    for (value, verified) in [
        (json!(true), Ok(true)),
        (json!(1), Ok(true)),
        (json!("1"), Ok(true)),
        (json!("t"), Ok(true)),
        (json!("TRUE"), Ok(true)),
        (json!(false), Ok(false)),
        (json!(0), Ok(false)),
        (json!("false"), Ok(false)),
        (json!(null), Ok(false)),
        (json!(2), Err(Reason::Verified)),
        (json!(0.5), Err(Reason::Verified)),
        (json!(""), Err(Reason::Verified)),
        (json!("2024-01-31T12:00:00Z"), Err(Reason::Verified)),
        (json!([]), Err(Reason::Verified)),
    ] {
        let read = read(&json!({ "emailVerified": value }));
        assert_eq!(read.map(|candidate| candidate.user.email_verified), verified, "{value}");
    }
}

#[test]
fn a_user_who_cannot_be_imported_as_they_are_is_skipped_with_the_reason() {
    for (changes, reason) in [
        (json!({ "id": null }), Reason::Id),
        (json!({ "id": 7 }), Reason::Id),
        (json!({ "id": "7" }), Reason::Id),
        (json!({ "id": "0190a3f5-7d2e-7c4a-9b1f-3c5d7e9f1a2b" }), Reason::Id),
        (json!({ "id": "QqpFd6gc5KNbrQRCgwb0PjWvdvoeenl#" }), Reason::Id),
        (json!({ "email": null }), Reason::Address),
        (json!({ "email": "ada@localhost" }), Reason::Address),
        (json!({ "email": " ada@example.com" }), Reason::Address),
        (json!({ "email": "ädä@example.com" }), Reason::Address),
        (json!({ "createdAt": null }), Reason::Date),
        (json!({ "createdAt": "yesterday" }), Reason::Date),
        (json!({ "updatedAt": "infinity" }), Reason::Date),
        (json!({ "banned": true }), Reason::Banned),
        (json!({ "banned": 1 }), Reason::Banned),
        (json!({ "banned": "perhaps" }), Reason::Banned),
    ] {
        assert_eq!(read(&changes).err(), Some(reason), "{changes}");
    }
    assert!(read(&json!({ "banned": false, "banReason": "none" })).is_ok());
}

#[test]
fn what_breaks_a_rule_is_left_out_and_named() {
    for (changes, part) in [
        (json!({ "name": "a\u{1b}[31m" }), LeftOut::Name),
        (json!({ "name": "a".repeat(129) }), LeftOut::Name),
        (json!({ "image": "a".repeat(5000) }), LeftOut::Image),
        (json!({ "software_level": "beginner" }), LeftOut::Background),
        (json!({ "softwareLevel": "wizard", "hardwareBackground": "none" }), LeftOut::Background),
        (json!({ "twoFactorEnabled": true }), LeftOut::SecondFactor),
        (json!({ "two_factor_enabled": 1 }), LeftOut::SecondFactor),
    ] {
        let Candidate { user, left_out } = read(&changes).unwrap();
        assert_eq!(left_out, [part], "{changes}");
        assert!(user.image.is_none() && user.background.is_none(), "{changes}");
    }
    for empty in [json!(null), json!("")] {
        let Candidate { user, left_out } =
            read(&json!({ "name": empty, "image": empty, "twoFactorEnabled": empty })).unwrap();
        assert_eq!((user.name.as_str(), user.image), ("", None));
        assert_eq!(left_out.len(), usize::from(empty.is_string()), "{empty}");
    }
}

#[test]
fn a_hash_of_another_kind_or_cost_is_left_out() {
    const TAIL: &str = "c2FsdHNhbHRzYWx0$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let row: UserRow = serde_json::from_value(row(&json!({}))).unwrap();
    for (hash, can_match) in [
        (format!("$argon2id$v=19$m=65536,t=3,p=4${TAIL}"), true),
        (format!("$argon2id$v=19$m=4194304,t=3,p=4${TAIL}"), false),
        (format!("$argon2i$v=19$m=19456,t=2,p=1${TAIL}"), false),
        (format!("$scrypt$ln=30,r=8,p=1${TAIL}"), false),
        ("$2b$10$abcdefghijklmnopqrstuuTrVbZ2Gq9QeFvHVJeGkTKxvJQ1wXyZe".to_owned(), false),
        (String::new(), false),
        ("correct horse".to_owned(), false),
    ] {
        let Candidate { user, left_out } = Candidate::of(&row, Some(hash.clone())).unwrap();
        let expected = if can_match { vec![] } else { vec![LeftOut::OtherHash] };
        assert_eq!(left_out, expected, "{hash}");
        assert_eq!(user.password_hash.as_str() == hash, can_match, "{hash}");
    }
}

#[test]
fn the_file_has_both_tables_in_any_of_their_names() {
    let account = json!({ "providerId": "credential", "userId": ID, "password": "hash" });
    let snake = json!({ "provider_id": "credential", "user_id": ID, "password": "hash" });
    for text in [
        json!({ "user": [row(&json!({}))], "account": [account] }).to_string(),
        json!({ "users": [row(&json!({}))], "accounts": [snake], "session": [{}] }).to_string(),
        format!("\u{feff}{}\n", json!({ "user": [row(&json!({}))], "account": [account] })),
    ] {
        let database = parse(text.as_bytes()).unwrap();
        assert_eq!(database.users.len(), 1, "{text}");
        assert_eq!(database.hashes[ID], "hash", "{text}");
    }
    let social = json!([
        { "providerId": "github", "userId": ID, "password": "no password of ours" },
        { "providerId": "credential", "userId": ID, "password": null },
        { "providerId": "credential", "userId": ID, "password": "first" },
        { "providerId": "credential", "userId": ID, "password": "second" },
        { "providerId": 7, "userId": [], "password": {} },
    ]);
    let database = parse(json!({ "user": null, "account": social }).to_string().as_bytes());
    let database = database.unwrap();
    assert!(database.users.is_empty(), "PostgreSQL's table without rows");
    assert_eq!(database.hashes[ID], "first");
    for text in
        ["", "[]", "{}", r#"{"user":[]}"#, r#"{"account":[]}"#, r#"{"user":[1],"account":[]}"#]
    {
        assert!(parse(text.as_bytes()).is_err(), "{text}");
    }
}

#[test]
fn the_summary_shows_ten_ids_of_a_reason_and_the_report_all() {
    let mut summary = Summary::new(Mode::Import, 20);
    summary.imported = 2;
    summary.left_out.insert(LeftOut::NoPassword, vec!["social".to_owned()]);
    let ids: Vec<String> = (0..12).map(|n| format!("id{n}")).collect();
    summary.skipped.insert(Reason::Address, ids);
    let text = summary.to_string();
    assert!(text.contains("skipped         12\n"), "{text}");
    assert!(text.contains("    id9\n    … and 2 more"), "{text}");
    assert!(text.contains("not reached     6"), "{text}");
    let report = summary.report();
    let lines: Vec<Value> =
        report.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 13);
    assert_eq!((&lines[0]["id"], &lines[0]["outcome"]), (&json!("social"), &json!("imported")));
    assert_eq!((&lines[12]["id"], &lines[12]["outcome"]), (&json!("id11"), &json!("skipped")));
}

#[test]
fn an_id_is_shown_without_what_a_terminal_obeys() {
    assert_eq!(shown(&json!("\u{1b}[2Jgone\n")), "\\u{1b}[2Jgone\\n");
    assert_eq!(shown(&json!("x".repeat(1000))).len(), 64);
    assert_eq!((shown(&json!("")), shown(&json!(7))), ("(no id)".to_owned(), "7".to_owned()));
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,40}".prop_map(Value::from),
        "[A-Za-z0-9]{32}".prop_map(Value::from),
        "[a-z]{1,5}@[a-z]{1,5}\\.de".prop_map(Value::from),
        "20[0-9]{2}-[01][0-9]-[0-3][0-9][ T][0-2][0-9]:[0-5][0-9]:[0-5][0-9](Z|[+-][01][0-9])?"
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 8, 4, |inner| prop::collection::vec(inner, 0..4).prop_map(Value::from))
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse(&bytes);
    }

    #[test]
    fn no_row_panics(values in prop::collection::vec(any_json(), 11), hash in "\\PC{0,200}") {
        const COLUMNS: [&str; 11] = [
            "id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt",
            "software_level", "hardware_background", "banned", "twoFactorEnabled",
        ];
        let columns = COLUMNS.iter().map(|name| (*name).to_owned());
        let user: Value = columns.zip(values).collect();
        let account = json!({ "providerId": "credential", "userId": user["id"], "password": hash });
        let text = json!({ "user": [user], "account": [account] }).to_string();
        let database = parse(text.as_bytes()).unwrap();
        if let Ok(candidate) = Candidate::of(&database.users[0], Some(hash)) {
            prop_assert_eq!(candidate.user.created_at.to_string().len(), 24);
            prop_assert!(candidate.left_out.contains(&LeftOut::OtherHash));
        }
    }
}
