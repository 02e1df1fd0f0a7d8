//! The table of cases: what is stored, what a client sends, and where the turn goes.

use super::*;
use crate::placement::testing::{self, id, listed, sent};

/// Two turns, and a second branch: an edit of the second question.
///
/// ```text
/// 1 "one" ── 2 ── 3 "two" ── 4
///              └─ 5 "three" ── 6
/// ```
/// The SDK keeps the name of an edited message: 3 and 5 are both `b`.
fn two_branches() -> Tree {
    testing::tree(&[
        (1, "u", None, "a", "one"),
        (2, "a", Some(1), "", "r1"),
        (3, "u", Some(2), "b", "two"),
        (4, "a", Some(3), "", "r2"),
        (5, "u", Some(2), "b", "three"),
        (6, "a", Some(5), "", "r3"),
    ])
}

/// A conversation whose last id is reserved by a turn that failed, or runs.
fn stored(tree: &Tree, active: u64, last: u64) -> Stored<'_> {
    Stored { tree, active: Some(id(active)), last: Some(id(last)) }
}

#[expect(clippy::unnecessary_wraps, reason = "it is compared with a result")]
fn after(parent: u64) -> Result<Option<Place>, Unread> {
    Ok(Some(Place::After(Some(id(parent)))))
}

#[expect(clippy::unnecessary_wraps, reason = "it is compared with a result")]
fn question(question: u64) -> Result<Option<Place>, Unread> {
    Ok(Some(Place::Question(id(question))))
}

fn place_in(tree: &Tree, sent: &Sent) -> Result<Option<Place>, Unread> {
    place(sent, stored(tree, 6, 6))
}

#[test]
fn the_default_transport_sends_all() {
    let tree = two_branches();
    let all = [("a", Some("one")), ("2", None), ("b", Some("three")), ("6", None)];
    let next = sent("new", "more").in_list(&all);
    assert_eq!(place_in(&tree, &next), after(6));
    // The other branch.
    let all = [("a", Some("one")), ("2", None), ("b", Some("two")), ("4", None)];
    assert_eq!(place_in(&tree, &sent("new", "more").in_list(&all)), after(4));
    // The first message of a chat, and one that is edited.
    assert_eq!(place_in(&tree, &sent("new", "more").in_list(&[])), Ok(Some(Place::After(None))));
    assert_eq!(place_in(&tree, &sent("a", "uno").in_list(&[])), Ok(Some(Place::After(None))));
}

#[test]
fn an_edit_in_a_list_stands_where_the_old_message_stood() {
    let tree = two_branches();
    let before = [("a", Some("one")), ("2", None)];
    // assistant-ui cuts the list; the SDK names the edited message; a second edit has the name of the first.
    for (name, named) in [("new", None), ("b", Some("b")), ("5", Some("5"))] {
        let edit = sent(name, "four").in_list(&before).naming(named);
        assert_eq!(place_in(&tree, &edit), after(2), "{name}");
    }
    // The best-known template edits the text and asks for another reply.
    let edit = sent("b", "four").in_list(&before).again();
    assert_eq!(place_in(&tree, &edit), after(2));
}

#[test]
fn another_reply_is_about_the_last_question_of_the_list() {
    let tree = two_branches();
    let before = [("a", Some("one")), ("2", None)];
    for (text, expected) in [("two", 3), ("three", 5)] {
        for named in [None, Some("4"), Some("x")] {
            let again = sent("b", text).in_list(&before).again().naming(named);
            assert_eq!(place_in(&tree, &again), question(expected), "{text} {named:?}");
        }
    }
    let first = sent("a", "one").in_list(&[]).again().naming(Some("2"));
    assert_eq!(place_in(&tree, &first), question(1));
    // It never arrived.
    let lost = sent("c", "two").in_list(&before).again();
    assert_eq!(place_in(&tree, &lost), after(2));
}

/// A page that has read the newest messages only changes the first one that it shows.
#[test]
fn the_first_message_that_a_page_shows_is_placed_by_its_name() {
    let tree = two_branches();
    for named in ["3", "b", "5"] {
        let edit = sent(named, "four").in_list(&[]).naming(Some(named));
        assert_eq!(place_in(&tree, &edit), after(2), "{named}");
        let greeting = [("greeting", None)];
        let edit = sent(named, "four").in_list(&greeting).naming(Some(named));
        assert_eq!(place_in(&tree, &edit), after(2), "{named}");
    }
    let again = sent("3", "two").in_list(&[]).again().naming(Some("4"));
    assert_eq!(place_in(&tree, &again), question(3));
    // Nothing is stored under the name: it is the first message of a branch.
    let first = sent("x", "four").in_list(&[]).naming(Some("x"));
    assert_eq!(place_in(&tree, &first), Ok(Some(Place::After(None))));
}

#[test]
fn what_is_not_stored_does_not_count() {
    let tree = two_branches();
    // A greeting, a question that never arrived, a message whose text was changed, a client that counts.
    let before = [("greeting", None), ("a", Some("one")), ("2", None), ("lost", Some("x"))];
    assert_eq!(place_in(&tree, &sent("new", "more").in_list(&before)), after(2));
    let before = [("a", Some("one")), ("2", None), ("b", Some("changed"))];
    assert_eq!(place_in(&tree, &sent("new", "more").in_list(&before)), after(2));
    let counted = [("1", Some("other")), ("3", None), ("5", Some("other"))];
    assert_eq!(place_in(&tree, &sent("7", "more").in_list(&counted)), Ok(Some(Place::After(None))));
    // After a reload, questions have our ids.
    let reloaded = [("1", Some("one")), ("2", None), ("3", Some("two")), ("4", None)];
    assert_eq!(place_in(&tree, &sent("new", "more").in_list(&reloaded)), after(4));
}

#[test]
fn a_reply_that_was_not_stored_stands_for_its_question() {
    let tree = testing::tree(&[(1, "u", None, "a", "one"), (2, "a", Some(1), "", "r1")]);
    let all = [("a", Some("one")), ("3", None)];
    let next = sent("new", "more").in_list(&all);
    // 3 was to be another reply to 1.
    assert_eq!(place(&next, stored(&tree, 2, 3)), after(1));
    let alone = sent("new", "more").after(ParentName::Text("3".to_owned()));
    assert_eq!(place(&alone, stored(&tree, 2, 3)), after(1));
    let again = sent("a", "one").again().naming(Some("3"));
    assert_eq!(place(&again, stored(&tree, 2, 3)), question(1));
}

#[test]
fn a_message_alone_follows_its_parent_or_the_active_message() {
    let tree = two_branches();
    assert_eq!(place_in(&tree, &sent("new", "more")), after(6));
    for (parent, expected) in [
        (ParentName::Root, Ok(Some(Place::After(None)))),
        (ParentName::Id(id(4)), after(4)),
        (ParentName::Id(id(7)), Ok(None)),
        (ParentName::Text("4".to_owned()), after(4)),
        // The newest of that name.
        (ParentName::Text("b".to_owned()), after(5)),
        (ParentName::Text("unknown".to_owned()), Ok(None)),
    ] {
        let message = sent("new", "more").after(parent.clone());
        assert_eq!(place_in(&tree, &message), expected, "{parent:?}");
        let plain = Sent { before: Before::Text(Some(parent.clone())), ..message };
        assert_eq!(place_in(&tree, &plain), expected, "{parent:?}");
    }
    // A page that shows a greeting asks its first question.
    let empty = Tree::default();
    let first = sent("new", "hello").after(ParentName::Text("greeting".to_owned()));
    let nothing = Stored { tree: &empty, active: None, last: None };
    assert_eq!(place(&first, nothing), Ok(Some(Place::After(None))));
}

#[test]
fn a_client_that_counts_its_messages_is_not_mistaken() {
    // Its questions are 1 and 3; our ids of them are 1 and 3, too, and of its second one it is 4.
    let tree = testing::tree(&[
        (1, "u", None, "1", "one"),
        (2, "a", Some(1), "", "r1"),
        (4, "u", Some(2), "3", "two"),
        (5, "a", Some(4), "", "r2"),
    ]);
    let stored = stored(&tree, 5, 5);
    assert_eq!(place(&sent("5", "three"), stored), after(5));
    assert_eq!(place(&sent("4", "three"), stored), after(5));
    assert_eq!(place(&sent("3", "three"), stored), after(2), "an edit of its own message");
    // A reply of ours has the name before a question of the client's.
    let named = |name: &str| sent("9", "x").after(ParentName::Text(name.to_owned()));
    assert_eq!(place(&named("2"), stored), after(2));
    assert_eq!(place(&named("3"), stored), after(4));
    assert_eq!(place(&named("4"), stored), after(4));
}

#[test]
fn a_message_alone_is_an_edit_by_its_name() {
    let tree = two_branches();
    for (name, named) in [("new", Some("b")), ("new", Some("3")), ("b", None), ("b", Some("b"))] {
        let edit = sent(name, "four").naming(named);
        assert_eq!(place_in(&tree, &edit), after(2), "{name} {named:?}");
    }
    assert_eq!(place_in(&tree, &sent("a", "uno")), Ok(Some(Place::After(None))));
    // Nobody has heard of what it edits.
    assert_eq!(place_in(&tree, &sent("lost", "x").naming(Some("lost"))), after(6));
    // The template asks for another reply after it has changed the text.
    for named in [None, Some("6"), Some("b")] {
        assert_eq!(
            place_in(&tree, &sent("b", "four").again().naming(named)),
            after(2),
            "{named:?}"
        );
    }
}

#[test]
fn another_reply_to_a_message_alone() {
    let tree = two_branches();
    for (name, text, named, expected) in [
        ("b", "three", None, 5),
        ("b", "two", None, 3),
        ("b", "two", Some("4"), 3),
        ("5", "three", Some("6"), 5),
        ("x", "y", Some("2"), 1),
    ] {
        let again = sent(name, text).again().naming(named);
        assert_eq!(place_in(&tree, &again), question(expected), "{name} {text} {named:?}");
    }
    // It never arrived.
    assert_eq!(place_in(&tree, &sent("lost", "x").again()), after(6));
}

#[test]
fn another_reply_without_a_message() {
    let tree = two_branches();
    let nothing = |named: Option<&str>| Sent {
        message: None,
        regenerate: true,
        named: named.map(str::to_owned),
        before: Before::Text(None),
    };
    for (named, expected) in
        [(None, 5), (Some("6"), 5), (Some("4"), 3), (Some("a"), 1), (Some("3"), 3)]
    {
        assert_eq!(place_in(&tree, &nothing(named)), question(expected), "{named:?}");
    }
    assert_eq!(place_in(&tree, &nothing(Some("7"))), Ok(None));
    assert_eq!(place_in(&tree, &nothing(Some("x"))), Ok(None));
    // The reply failed before it had an id of ours.
    assert_eq!(place(&nothing(Some("x")), stored(&tree, 5, 6)), question(5));
    let empty = Tree::default();
    let none = Stored { tree: &empty, active: None, last: None };
    assert_eq!(place(&nothing(None), none), Ok(None));
}

/// A page that knows the newest fifty messages, and a place that is older than what was read.
#[test]
fn what_has_not_been_read_is_asked_for() {
    let mut tree = Tree::default();
    let newest = testing::rows(&[(90, "u", Some(89), "z", "z"), (91, "a", Some(90), "", "r")]);
    tree.add_up_to(None, newest, 2);
    let stored = stored(&tree, 91, 91);
    let ids = |ids: &[u64]| Err(Unread::Ids(ids.iter().copied().map(id).collect()));
    let old = [("40", Some("x")), ("41", None), ("41", None), ("unknown", None)];
    assert_eq!(place(&sent("new", "x").in_list(&old), stored), ids(&[41, 40]));
    let near = [("41", None), ("z", Some("z")), ("91", None)];
    assert_eq!(place(&sent("new", "x").in_list(&near), stored), after(91));
    assert_eq!(place(&sent("new", "x").after(ParentName::Id(id(41))), stored), ids(&[41]));
    assert_eq!(place(&sent("new", "x").naming(Some("40")), stored), ids(&[40]));
}

#[test]
fn a_listed_question_is_known_by_name_and_text() {
    let tree = two_branches();
    let first = tree.get(id(1)).unwrap().unwrap();
    assert!(listed(("a", Some("one"))).is(first) && listed(("1", Some("one"))).is(first));
    assert!(!listed(("a", Some("two"))).is(first) && !listed(("b", Some("one"))).is(first));
    assert!(!listed(("a", None)).is(first));
}
