use std::collections::HashMap;

use proptest::prelude::*;
use serde::Deserialize;
use serde_json::json;

use super::*;
use crate::id::ConversationId;
use crate::model::{Background, Effectiveness};
use crate::text::Title;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    #[serde(rename = "text")]
    _text: String,
    #[serde(rename = "inner", default)]
    _inner: Option<Inner>,
}

#[derive(Debug, Deserialize)]
struct Inner {
    #[serde(rename = "number")]
    _number: u8,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Everything {
    #[serde(rename = "items", default)]
    _items: Vec<Inner>,
    #[serde(rename = "named", default)]
    _named: HashMap<String, u8>,
    #[serde(rename = "number", default)]
    _number: Option<Inner>,
    #[serde(rename = "background", default)]
    _background: Option<Background>,
    #[serde(rename = "rating", default)]
    _rating: Option<Effectiveness>,
    #[serde(rename = "flag", default)]
    _flag: bool,
    #[serde(rename = "title", default)]
    _title: Title,
    #[serde(rename = "id", default)]
    _id: Option<ConversationId>,
}

fn problem(text: &str) -> (u16, String) {
    let problem = parse::<Body>(text.as_bytes()).unwrap_err();
    let pointer = match &problem {
        Problem::InvalidField { pointer, .. } => pointer.clone(),
        _ => String::new(),
    };
    (problem.status(), pointer)
}

#[test]
fn malformed_bodies_are_400() {
    let deep = "[".repeat(10_000);
    for text in [
        "",
        "{",
        "nope",
        "{\"text\":\"a\"} x",
        "{\"text\":\"\\ud800\"}",
        "{\"text\":1e400}",
        "{\"text\":NaN}",
        "{\"text\":\"a\",\"text\":\"b\"}",
        "{\"text\":\"a\",\"inner\":{\"number\":1,\"number\":2}}",
        &deep,
    ] {
        assert_eq!(problem(text).0, 400, "{text:.60}");
    }
    assert_eq!(parse::<Body>(b"{\"text\":\"\xff\"}").unwrap_err().status(), 400);
}

/// RFC 8259 §8.1 allows to ignore it; only the first is one.
#[test]
fn f7_a_byte_order_mark_is_ignored() {
    assert!(parse::<Body>(b"\xef\xbb\xbf{\"text\":\"a\"}").is_ok());
    assert!(parse_cut_text::<Body>(b"\xef\xbb\xbf{\"text\":\"a\\ud83d\"}").is_ok());
    assert_eq!(text(b"\xef\xbb\xbf{}").unwrap(), "{}");
    for twice in [&b"\xef\xbb\xbf\xef\xbb\xbf{\"text\":\"a\"}"[..], b"\xef\xbb\xbf", b"\xef\xbb{}"]
    {
        assert_eq!(parse::<Body>(twice).unwrap_err().status(), 400);
    }
}

#[test]
fn a_wrong_field_is_named() {
    for (text, pointer) in [
        ("{}", "/text"),
        ("{\"text\":1}", "/text"),
        ("{\"text\":null}", "/text"),
        ("{\"text\":\"a\",\"more\":1}", "/more"),
        ("{\"text\":\"a\",\"inner\":{}}", "/inner/number"),
        ("{\"text\":\"a\",\"inner\":{\"number\":256}}", "/inner/number"),
        ("[]", ""),
        ("null", ""),
    ] {
        assert_eq!(problem(text), (422, pointer.to_owned()), "{text}");
    }
}

#[test]
fn b3_pointers_are_those_of_rfc_6901() {
    for (text, expected) in [
        ("{\"items\":[{\"number\":1},{\"number\":\"a\"}]}", "/items/1/number"),
        ("{\"items\":[{}]}", "/items/0/number"),
        ("{\"items\":[7]}", "/items/0"),
        ("{\"named\":{\"a.b\":\"c\"}}", "/named/a.b"),
        ("{\"named\":{\"a/b~c\":\"d\"}}", "/named/a~1b~0c"),
        ("{\"number\":{}}", "/number/number"),
        ("{\"m/n~\":1}", "/m~1n~0"),
        ("{\"m`n\":1}", "/m`n"),
        ("7", ""),
    ] {
        let Err(Problem::InvalidField { pointer, .. }) = parse::<Everything>(text.as_bytes())
        else {
            panic!("{text} is taken");
        };
        assert_eq!(pointer, expected, "{text}");
    }
}

#[test]
fn b1_a_list_is_no_object_and_an_object_is_no_word() {
    for (text, pointer, rule) in [
        ("[[],{},null,null,1,false,\"a\",1]", "", "must be an object"),
        ("{\"number\":[1]}", "/number", "must be an object"),
        ("{\"items\":[[1]]}", "/items/0", "must be an object"),
        ("{\"background\":[\"beginner\",\"none\"]}", "/background", "must be an object"),
        (
            "{\"background\":{\"software_level\":{\"advanced\":null},\"hardware_background\":\"none\"}}",
            "/background/software_level",
            "must be \"beginner\", \"intermediate\" or \"advanced\"",
        ),
        (
            "{\"background\":{\"software_level\":[\"advanced\"],\"hardware_background\":\"none\"}}",
            "/background/software_level",
            "must be \"beginner\", \"intermediate\" or \"advanced\"",
        ),
    ] {
        let Err(Problem::InvalidField { pointer: found, detail }) =
            parse::<Everything>(text.as_bytes())
        else {
            panic!("{text} is taken");
        };
        assert_eq!((found.as_str(), detail.as_str()), (pointer, rule), "{text}");
    }
}

#[test]
fn b2_rules_are_in_the_words_of_json() {
    let other = json!({ "a": [1.5] });
    for (value, expected) in [
        (json!({ "items": {} }), "items must be a list."),
        (json!({ "named": [] }), "named must be an object."),
        (json!({ "rating": "5" }), "rating must be a number."),
        (json!({ "rating": 6 }), "rating must be a number from 0 to 5."),
        (json!({ "flag": "true" }), "flag must be true or false."),
        (json!({ "flag": null }), "flag must be true or false."),
        (json!({ "title": 1 }), "title must be text."),
        (json!({ "title": other }), "title must be text."),
        (json!({ "id": "1" }), "id must be a whole number."),
        (json!({ "id": 1.5 }), "id must be a whole number."),
        (json!({ "id": -1 }), "id must be a whole number from 0 on."),
        (json!({ "named": { "a": 256 } }), "named/a must be a smaller whole number."),
        (json!(1), "The body must be an object."),
    ] {
        let refused = parse::<Everything>(value.to_string().as_bytes()).unwrap_err();
        assert_eq!(refused.to_string(), expected, "{value}");
    }
}

#[test]
fn check_38_a_wrong_value_is_not_repeated() {
    for text in ["{\"text\":12345}", "{\"text\":[12345]}", "{\"text\":{\"12345\":1}}"] {
        let Err(Problem::InvalidField { detail, .. }) = parse::<Body>(text.as_bytes()) else {
            panic!("{text} was accepted");
        };
        assert_eq!(detail, "must be text", "{text}");
    }
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[a-z]{0,9}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 20, 4, |inner| {
        let key = "(items|named|number|background|software_level|rating|flag|title|id|[a-z])";
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec((key, inner), 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = (parse::<Body>(&bytes), parse_cut_text::<Body>(&bytes), text(&bytes));
    }

    #[test]
    fn b2_no_rule_has_a_word_of_rust(value in value()) {
        if let Err(problem) = typed::<Everything>(value) {
            let rule = problem.to_string();
            for word in ["struct", "f64", "u64", "u8", "sequence", "boolean", "string", "map", "enum", "variant"] {
                prop_assert!(!rule.contains(word), "{rule}");
            }
        }
    }
}
