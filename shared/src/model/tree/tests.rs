use proptest::prelude::*;

use super::*;
use crate::clock::Timestamp;
use crate::id::{ConversationId, UserId};
use crate::model::Source;
use crate::text::Content;

fn id(id: u64) -> MessageId {
    MessageId::try_from(id).unwrap()
}

/// A message with this parent. What a client appends has no path.
fn stored(number: u64, parent: Option<u64>, path: Option<Vec<u64>>) -> StoredMessage {
    let message = Message {
        id: id(number),
        user_id: UserId::random(),
        conversation_id: ConversationId::try_from(1).unwrap(),
        role: Role::User,
        content: Content::try_from("text".to_owned()).unwrap(),
        created_at: Timestamp::from_milliseconds(1_800_000_000_000),
        parent_id: parent.map(id),
        path: path.map(|path| path.into_iter().map(id).collect()),
        source: Source::Turn,
    };
    StoredMessage { message, client_id: None }
}

fn ids(branch: &[&StoredMessage]) -> Vec<u64> {
    branch.iter().map(|stored| stored.message.id.get()).collect()
}

fn whole(messages: Vec<StoredMessage>) -> Tree {
    let mut tree = Tree::default();
    tree.add_up_to(None, messages.into_iter().rev().collect(), usize::MAX);
    tree
}

#[test]
fn a_branch_is_the_way_back_to_the_root() {
    let tree = whole(vec![
        stored(1, None, Some(vec![])),
        stored(2, Some(1), Some(vec![1])),
        stored(3, Some(2), Some(vec![2, 1])),
        stored(4, Some(2), Some(vec![2, 1])),
        stored(5, None, Some(vec![])),
    ]);
    for (leaf, max, expected) in
        [(3, 9, &[3, 2, 1][..]), (4, 9, &[4, 2, 1]), (4, 2, &[4, 2]), (5, 9, &[5])]
    {
        assert_eq!(ids(&tree.branch(Some(id(leaf)), max).unwrap()), expected);
    }
    assert!(tree.branch(None, 9).unwrap().is_empty());
}

/// A row from before the tree follows the id before its own, and a function may die before it stores a parent.
#[test]
fn a_parent_that_is_not_there_is_the_nearest_before_it() {
    let tree =
        whole(vec![stored(2, Some(1), None), stored(4, Some(3), None), stored(7, Some(6), None)]);
    assert_eq!(ids(&tree.branch(Some(id(7)), 9).unwrap()), [7, 4, 2]);
    assert_eq!(ids(&tree.branch(Some(id(9)), 9).unwrap()), [7, 4, 2]);
    assert_eq!(tree.parent_id(&stored(4, Some(3), None).message), Some(id(2)));
    assert_eq!(tree.parent_id(&stored(2, Some(1), None).message), None);
}

#[test]
fn what_is_missing_is_named() {
    let mut tree = Tree::default();
    tree.add_up_to(None, vec![stored(30, Some(9), Some(vec![9, 8, 3, 1]))], 1);
    let branch = |tree: &Tree, leaf| tree.branch(Some(id(leaf)), 4).map(|branch| ids(&branch));
    assert_eq!(branch(&tree, 30), Err(Unread::Ids(vec![id(9), id(8), id(3)])));
    assert_eq!(branch(&tree, 29), Err(Unread::UpTo(id(29))));
    assert_eq!(tree.get(id(9)), Err(Unread::Ids(vec![id(9)])));
    assert_eq!(ids(&tree.known_branch(Some(id(30)), 4)), [30]);
    // The path of the nearest ancestor that has one names the rest.
    tree.add(&[id(9)], vec![stored(9, Some(8), None)]);
    assert_eq!(branch(&tree, 30), Err(Unread::Ids(vec![id(8), id(3)])));
    tree.add(&[id(8), id(3)], vec![stored(8, Some(3), None), stored(3, Some(1), None)]);
    assert_eq!(branch(&tree, 30), Ok(vec![30, 9, 8, 3]));
    // Nothing names the parents of what a client appended.
    tree.add_up_to(Some(id(20)), vec![stored(20, Some(19), None)], 1);
    assert_eq!(branch(&tree, 20), Err(Unread::UpTo(id(19))));
}

proptest! {
    /// However little has been read at first, reading what is asked for gives the branch, in few reads.
    #[test]
    fn reading_what_is_asked_for_gives_the_branch(
        parents in prop::collection::vec((0_usize..100, prop::bool::ANY), 1..60),
        leaf in 0_usize..60,
        per_read in 2_usize..25,
    ) {
        let mut all: Vec<StoredMessage> = Vec::new();
        for (index, (parent, with_path)) in parents.iter().enumerate() {
            let parent = all.get(*parent % (index + 1));
            let number = u64::try_from(index).unwrap() + 1;
            let way = parent.map_or_else(Vec::new, |parent| {
                let whole = whole(all.clone());
                ids(&whole.branch(Some(parent.message.id), 24).unwrap())
            });
            let parent = way.first().copied();
            let path = (*with_path || parent.is_none()).then_some(way);
            all.push(stored(number, parent, path));
        }
        let leaf = all[leaf % all.len()].message.id;
        let expected = ids(&whole(all.clone()).branch(Some(leaf), 20).unwrap());
        let up_to = |last: Option<MessageId>| -> Vec<StoredMessage> {
            let before = |stored: &&StoredMessage| last.is_none_or(|last| stored.message.id <= last);
            all.iter().rev().filter(before).take(per_read).cloned().collect()
        };
        let mut tree = Tree::default();
        tree.add_up_to(None, up_to(None), per_read);
        let mut reads = 0;
        let branch = loop {
            match tree.branch(Some(leaf), 20) {
                Ok(branch) => break ids(&branch),
                Err(Unread::UpTo(last)) => tree.add_up_to(Some(last), up_to(Some(last)), per_read),
                Err(Unread::Ids(ids)) => {
                    let found = all.iter().filter(|one| ids.contains(&one.message.id)).cloned();
                    tree.add(&ids, found.collect());
                }
            }
            reads += 1;
            prop_assert!(reads <= 60);
        };
        prop_assert_eq!(branch, expected);
    }
}
