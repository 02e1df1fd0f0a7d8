use serde_json::{Value, json};
use shared::placement::{Before, Listed, ParentName, TextHash};

use super::{body, problem, ui_message};

/// What stands before the question decides where it goes.
#[test]
fn what_stands_before_the_question() {
    let before = |value: &Value| body(value).unwrap().sent.before;
    let question = || ui_message("c", "user", "three");
    for (parent, name) in [
        (json!(null), ParentName::Root),
        (json!(7), ParentName::Id(7.try_into().unwrap())),
        (json!("7"), ParentName::Text("7".to_owned())),
        (json!("a"), ParentName::Text("a".to_owned())),
    ] {
        let alone = before(&json!({ "message": question(), "parent_id": parent }));
        assert!(matches!(&alone, Before::Message(Some(found)) if *found == name), "{alone:?}");
        let plain = before(&json!({ "message": "three", "parent_id": parent }));
        assert!(matches!(&plain, Before::Text(Some(found)) if *found == name), "{plain:?}");
    }
    for wrong in [json!(0), json!(1.5), json!(""), json!([1]), json!(true)] {
        let refused = problem(&json!({ "message": "three", "parent_id": wrong }));
        let rule = "parent_id must be the id of a message, or null for the first of a branch.";
        assert_eq!(refused, (422, rule.to_owned()), "{wrong}");
    }
    let one = before(&json!({ "messages": [question()] }));
    assert!(matches!(one, Before::Message(None)), "{one:?}");
    let first = before(&json!({ "messages": [question()], "trigger": "submit-message" }));
    assert!(matches!(&first, Before::List(before) if before.is_empty()), "{first:?}");
    let all = json!([
        ui_message("a", "user", "one"),
        { "id": "2", "role": "assistant", "parts": 5 },
        { "id": "s", "role": "system", "parts": [] },
        { "role": "user", "parts": [{ "type": "text", "text": "no name" }] },
        { "id": "b", "role": "user", "parts": [{ "type": "file" }] },
        "nonsense",
        question(),
        ui_message("4", "assistant", "what the client shows already"),
    ]);
    let Before::List(list) = before(&json!({ "messages": all })) else { panic!("no list") };
    let expected = [
        Listed { id: "2".to_owned(), question: None },
        Listed { id: "a".to_owned(), question: Some(TextHash::of("one")) },
    ];
    assert_eq!(list, expected, "newest first, and only what may be stored");
}
