use super::*;
use crate::placement::testing::{self, content, id, sent};

/// What a request meets: the question 3 is running; its reply will be 4.
fn meet_with(sent: &Sent, turn_released: bool) -> Meeting {
    let tree = testing::tree(&[
        (1, "u", None, "a", "one"),
        (2, "a", Some(1), "", "r1"),
        (3, "u", Some(2), "b", "two"),
    ]);
    let lease = Lease { turn_released, ..testing::lease(3, 4) };
    meeting(sent, &lease, Stored { tree: &tree, active: Some(id(3)), last: Some(id(4)) })
}

fn meet(sent: &Sent) -> Meeting {
    meet_with(sent, false)
}

fn plain(named: Option<&str>, regenerate: bool) -> Sent {
    Sent {
        message: (!regenerate).then(|| NewMessage { text: content("x"), client_id: None }),
        regenerate,
        named: named.map(str::to_owned),
        before: Before::Text(None),
    }
}

const BEFORE: [(&str, Option<&str>); 2] = [("a", Some("one")), ("2", None)];

#[test]
fn who_knows_the_running_question_takes_over() {
    let shown = [("a", Some("one")), ("2", None), ("b", Some("two")), ("4", None)];
    let without_reply = [("a", Some("one")), ("2", None), ("b", Some("two"))];
    for takes_over in [
        sent("new", "x"),
        sent("new", "x").in_list(&shown),
        sent("new", "x").in_list(&without_reply),
        // Edits of it.
        sent("b", "x").in_list(&BEFORE),
        sent("new", "x").in_list(&BEFORE).naming(Some("3")),
        sent("b", "x").again().in_list(&BEFORE),
        // Another reply than the one that is running.
        sent("b", "two").again().in_list(&BEFORE).naming(Some("4")),
        sent("b", "two").again().naming(Some("4")),
        plain(Some("4"), true),
    ] {
        assert_eq!(meet(&takes_over), Meeting::TakesOver, "{takes_over:?}");
    }
}

#[test]
fn who_asks_for_the_running_reply_again_joins_it() {
    for joins in [
        sent("b", "two").again().in_list(&BEFORE),
        sent("b", "two").again().in_list(&BEFORE).naming(Some("x")),
        sent("b", "two").again(),
        plain(None, true),
        plain(Some("b"), true),
    ] {
        assert_eq!(meet(&joins), Meeting::Joins, "{joins:?}");
    }
}

/// A list that ends at an older message says nothing about what its page shows after it.
#[test]
fn who_edits_or_repeats_an_older_message_takes_over() {
    for takes_over in [
        sent("a", "uno").in_list(&[]),
        sent("new", "uno").in_list(&[]).naming(Some("1")),
        sent("1", "uno").in_list(&[]).again(),
        sent("a", "one").again().in_list(&[]),
        sent("a", "one").again().in_list(&[]).naming(Some("2")),
        plain(Some("2"), true),
    ] {
        assert_eq!(meet(&takes_over), Meeting::TakesOver, "{takes_over:?}");
    }
}

#[test]
fn who_does_not_know_the_running_question_waits() {
    for waits in [
        plain(None, false),
        plain(Some("2"), false),
        // A second device, which has not heard of the question.
        sent("new", "x").in_list(&BEFORE),
        sent("new", "x").in_list(&[]),
        // Sent again after a failure, which is no edit.
        sent("a", "one").in_list(&[]),
        // A client that counts its messages.
        sent("1", "x").in_list(&[]),
        // Nothing is stored under these names.
        sent("new", "x").in_list(&BEFORE).naming(Some("lost")),
        sent("lost", "x").again().in_list(&BEFORE),
    ] {
        assert_eq!(meet(&waits), Meeting::Waits, "{waits:?}");
        assert_eq!(meet_with(&waits, true), Meeting::TakesOver, "the user has stopped it");
    }
}
