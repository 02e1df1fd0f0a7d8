use super::*;
use crate::clock::Timestamp;
use crate::id::{ConversationId, UserId};
use crate::model::{Conversation, QuotaUsed};
use crate::store::OpenConversation;
use crate::text::Title;

const NOW: Timestamp = Timestamp::from_milliseconds(1_800_000_000_000);

fn content(text: &str) -> Content {
    Content::try_from(text.to_owned()).unwrap()
}

/// Rows of a conversation whose messages are given oldest first, as `u` and `a`.
fn rows(roles: &str) -> ChatRows {
    let (user_id, id) = (UserId::random(), ConversationId::try_from(7).unwrap());
    let message = |(index, role): (usize, char)| {
        let role = if role == 'u' { Role::User } else { Role::Assistant };
        let number = u64::try_from(index + 1).unwrap();
        let message = Message {
            id: MessageId::try_from(number).unwrap(),
            user_id: user_id.clone(),
            conversation_id: id,
            role,
            content: content(&format!("message {number}")),
            created_at: NOW,
        };
        let client_id = (role == Role::User).then(|| format!("client-{number}"));
        StoredMessage { message, client_id, replaces: Vec::new() }
    };
    let mut newest: Vec<_> = roles.chars().enumerate().map(message).collect();
    newest.reverse();
    let conversation = Conversation {
        id,
        user_id: user_id.clone(),
        title: Title::default(),
        created_at: NOW,
        updated_at: NOW,
    };
    let open = OpenConversation::for_tests(conversation, newest);
    ChatRows::for_tests(Some(open), QuotaUsed::default(), NOW)
}

fn asked(id: &str, text: &str) -> NewMessage {
    NewMessage { text: content(text), client_id: id.parse().ok() }
}

fn submit(edits: Option<&str>) -> Trigger {
    let edits = edits.map(str::to_owned);
    Trigger::Submit { asked: asked("client-new", "new"), edits }
}

fn regenerate(answer: Option<&str>) -> Trigger {
    Trigger::Regenerate { answer: answer.map(str::to_owned), asked: None }
}

fn ids(ids: &[MessageId]) -> Vec<u64> {
    ids.iter().map(|id| id.get()).collect()
}

fn before(plan: &Plan) -> Vec<u64> {
    plan.before.iter().map(|message| message.id.get()).collect()
}

#[test]
fn a_message_comes_after_all_others() {
    let plan = plan(&rows("uaua"), &submit(None)).unwrap();
    assert!(matches!(plan.question, Question::New { .. }));
    assert_eq!((ids(&plan.replaces), before(&plan)), (vec![], vec![4, 3, 2, 1]));
}

#[test]
fn another_answer_replaces_the_last_one_only() {
    // By its id, by its question, or by the id of another that failed.
    for named in [None, Some("4"), Some("5"), Some("3"), Some("client-3")] {
        let plan = plan(&rows("uaua"), &regenerate(named)).unwrap();
        assert!(matches!(plan.question, Question::Stored(id) if id.get() == 3));
        assert_eq!((ids(&plan.replaces), before(&plan)), (vec![4], vec![2, 1]));
        assert_eq!(plan.text.as_str(), "message 3");
    }
    for named in ["1", "2", "x"] {
        let refused = plan(&rows("uaua"), &regenerate(Some(named)));
        assert!(matches!(refused, Err(Problem::NotLastTurn)), "{named}");
    }
}

#[test]
fn a_question_without_an_answer_is_asked_again() {
    // The answer that failed had an id, or one of the client's own.
    for named in [None, Some("4"), Some("x")] {
        let plan = plan(&rows("uau"), &regenerate(named)).unwrap();
        assert!(matches!(plan.question, Question::Stored(id) if id.get() == 3));
        assert_eq!((ids(&plan.replaces), before(&plan)), (vec![], vec![2, 1]));
    }
    let refused = plan(&rows("uau"), &regenerate(Some("2")));
    assert!(matches!(refused, Err(Problem::NotLastTurn)));
}

#[test]
fn an_edit_replaces_the_last_question_and_its_answer() {
    for name in ["client-3", "3"] {
        let plan = plan(&rows("uaua"), &submit(Some(name))).unwrap();
        assert!(matches!(plan.question, Question::New { .. }));
        assert_eq!((ids(&plan.replaces), before(&plan)), (vec![4, 3], vec![2, 1]));
    }
    for name in ["client-1", "client-x", ""] {
        let refused = plan(&rows("uaua"), &submit(Some(name)));
        assert!(matches!(refused, Err(Problem::NotLastTurn)), "{name}");
    }
}

#[test]
fn nothing_can_be_answered_anew_where_nothing_was_asked() {
    for roles in ["", "a", "aa"] {
        assert!(matches!(plan(&rows(roles), &regenerate(None)), Err(Problem::NotLastTurn)));
    }
}

#[test]
fn a_turn_that_failed_is_tried_again_with_what_it_replaces() {
    let id = |n: u64| MessageId::try_from(n).unwrap();
    let mut rows = rows("uauau");
    let mut turn = Turn::begin(ConversationId::try_from(7).unwrap(), id(5), id(6), NOW);
    turn.replaces = vec![id(4), id(3)];
    rows.turn = Some(turn);
    let again = plan(&rows, &submit(None)).unwrap();
    assert!(matches!(again.question, Question::Stored(id) if id.get() == 5));
    assert_eq!((ids(&again.replaces), before(&again)), (vec![4, 3], vec![2, 1]));
    // Something else was asked meanwhile.
    rows.turn = Some(Turn::begin(ConversationId::try_from(7).unwrap(), id(3), id(4), NOW));
    assert!(matches!(plan(&rows, &submit(None)), Err(Problem::NotLastTurn)));
}

#[test]
fn an_edit_that_failed_still_replaces_what_it_was_to_replace() {
    let id = |n: u64| MessageId::try_from(n).unwrap();
    let mut rows = rows("uauau");
    rows.conversation.as_mut().unwrap().newest[0].replaces = vec![id(4), id(3)];
    let again = plan(&rows, &regenerate(None)).unwrap();
    assert_eq!((ids(&again.replaces), before(&again)), (vec![4, 3], vec![2, 1]));
    let edited = plan(&rows, &submit(Some("client-5"))).unwrap();
    assert_eq!((ids(&edited.replaces), before(&edited)), (vec![4, 3, 5], vec![2, 1]));
}

/// A client whose message was lost on the way offers to try again: by another answer to it, or by
/// sending it under its own name.
#[test]
fn a_message_that_never_arrived_is_asked() {
    // It may read like the last one.
    let lost = || asked("client-new", "message 3");
    let again = Trigger::Regenerate { answer: None, asked: Some(lost()) };
    let itself = Trigger::Submit { asked: lost(), edits: Some("client-new".to_owned()) };
    for ask in [&again, &itself] {
        for roles in ["", "uaua", "uau"] {
            let plan = plan(&rows(roles), ask).unwrap();
            assert!(matches!(plan.question, Question::New { .. }));
            assert_eq!((ids(&plan.replaces), plan.before.len()), (vec![], roles.len()));
        }
    }
    // What has arrived is answered anew, by its id or by its text.
    let unnamed = NewMessage { text: content("message 3"), client_id: None };
    for known in [asked("client-3", "other"), asked("3", "other"), unnamed] {
        let ask = Trigger::Regenerate { answer: None, asked: Some(known) };
        assert_eq!(ids(&plan(&rows("uaua"), &ask).unwrap().replaces), [4]);
    }
    // What was asked before the last turn is not asked again.
    let old =
        Trigger::Regenerate { answer: Some("2".to_owned()), asked: Some(asked("client-1", "a")) };
    assert!(matches!(plan(&rows("uaua"), &old), Err(Problem::NotLastTurn)));
}
