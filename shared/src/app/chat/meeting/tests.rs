use super::*;
use crate::app::chat::NewMessage;
use crate::app::chat::testing::{self, content, id, sent};

fn meet(sent: &Sent) -> Meeting {
    // The question 3 is running; its reply will be 4.
    let tree = testing::tree(&[
        (1, "u", None, "a", "one"),
        (2, "a", Some(1), "", "r1"),
        (3, "u", Some(2), "b", "two"),
    ]);
    meeting(
        sent,
        &testing::lease(3, 4),
        Stored { tree: &tree, active: Some(id(3)), last: Some(id(4)) },
    )
}

#[test]
fn who_knows_the_running_question_takes_over() {
    let before = [("a", Some("one")), ("2", None)];
    let shown = [("a", Some("one")), ("2", None), ("b", Some("two")), ("4", None)];
    let without_reply = [("a", Some("one")), ("2", None), ("b", Some("two"))];
    for takes_over in [
        sent("new", "x"),
        sent("new", "x").in_list(&shown),
        sent("new", "x").in_list(&without_reply),
        // Edits of it.
        sent("b", "x").in_list(&before),
        sent("new", "x").in_list(&before).naming(Some("3")),
        sent("b", "x").again().in_list(&before),
        // Another reply than the one that is running.
        sent("b", "two").again().in_list(&before).naming(Some("4")),
        sent("b", "two").again().naming(Some("4")),
    ] {
        assert_eq!(meet(&takes_over), Meeting::TakesOver, "{takes_over:?}");
    }
    let plain = |named: Option<&str>, regenerate: bool| Sent {
        message: (!regenerate).then(|| NewMessage { text: content("x"), client_id: None }),
        regenerate,
        named: named.map(str::to_owned),
        before: Before::Text(None),
    };
    for joins in [
        sent("b", "two").again().in_list(&before),
        sent("b", "two").again().in_list(&before).naming(Some("x")),
        sent("b", "two").again(),
        plain(None, true),
        plain(Some("b"), true),
    ] {
        assert_eq!(meet(&joins), Meeting::Joins, "{joins:?}");
    }
    assert_eq!(meet(&plain(Some("4"), true)), Meeting::TakesOver);
    for waits in [
        plain(None, false),
        plain(Some("2"), true),
        // A second device, which has not heard of the question.
        sent("new", "x").in_list(&before),
        sent("a", "uno").in_list(&[]),
        sent("a", "one").again().in_list(&[]).naming(Some("2")),
    ] {
        assert_eq!(meet(&waits), Meeting::Waits, "{waits:?}");
    }
}
