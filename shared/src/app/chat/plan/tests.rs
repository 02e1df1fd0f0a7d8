use super::*;
use crate::clock::Timestamp;
use crate::id::{ConversationId, UserId};
use crate::model::{Conversation, QuotaUsed, Role, Source};
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
            source: Source::Turn,
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

fn message(id: &str, text: &str) -> NewMessage {
    NewMessage { text: content(text), client_id: id.parse().ok() }
}

fn submit(edits: Option<&str>) -> Trigger {
    let edits = edits.map(str::to_owned);
    Trigger::Submit { message: message("client-new", "new"), edits }
}

fn regenerate(reply: Option<&str>) -> Trigger {
    Trigger::Regenerate { reply: reply.map(str::to_owned), message: None }
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
fn another_reply_replaces_the_last_one_only() {
    // The client names the reply, its question, or a later reply that failed.
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
fn a_question_without_a_reply_is_asked_again() {
    // The reply that failed had an id of ours, or one of the client's own.
    for named in [None, Some("4"), Some("x")] {
        let plan = plan(&rows("uau"), &regenerate(named)).unwrap();
        assert!(matches!(plan.question, Question::Stored(id) if id.get() == 3));
        assert_eq!((ids(&plan.replaces), before(&plan)), (vec![], vec![2, 1]));
    }
    let refused = plan(&rows("uau"), &regenerate(Some("2")));
    assert!(matches!(refused, Err(Problem::NotLastTurn)));
}

#[test]
fn an_edit_replaces_the_last_question_and_its_reply() {
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
fn without_a_question_there_is_no_other_reply() {
    for roles in ["", "a", "aa"] {
        assert!(matches!(plan(&rows(roles), &regenerate(None)), Err(Problem::NotLastTurn)));
    }
}

#[test]
fn a_retry_replaces_what_the_failed_run_was_to_replace() {
    let id = |n: u64| MessageId::try_from(n).unwrap();
    let begin = |question, reply| {
        let conversation = ConversationId::try_from(7).unwrap();
        Turn::begin(&UserId::random(), conversation, id(question), id(reply), NOW)
    };
    let mut rows = rows("uauau");
    let mut turn = begin(5, 6);
    turn.replaces = vec![id(4), id(3)];
    rows.turn = Some(turn);
    let again = plan(&rows, &submit(None)).unwrap();
    assert!(matches!(again.question, Question::Stored(id) if id.get() == 5));
    assert_eq!((ids(&again.replaces), before(&again)), (vec![4, 3], vec![2, 1]));
    // There is a newer question.
    rows.turn = Some(begin(3, 4));
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

/// A client whose message was lost on the way offers to retry: it asks for another reply to it, or
/// sends it as an edit of itself.
#[test]
fn a_message_that_never_arrived_is_asked() {
    // Its text may be that of the last question.
    let lost = || message("client-new", "message 3");
    let again = Trigger::Regenerate { reply: None, message: Some(lost()) };
    let itself = Trigger::Submit { message: lost(), edits: Some("client-new".to_owned()) };
    for trigger in [&again, &itself] {
        for roles in ["", "uaua", "uau"] {
            let plan = plan(&rows(roles), trigger).unwrap();
            assert!(matches!(plan.question, Question::New { .. }));
            assert_eq!((ids(&plan.replaces), plan.before.len()), (vec![], roles.len()));
        }
    }
    // A message that has arrived gets another reply. It is known by its id or by its text.
    let unnamed = NewMessage { text: content("message 3"), client_id: None };
    for known in [message("client-3", "other"), message("3", "other"), unnamed] {
        let trigger = Trigger::Regenerate { reply: None, message: Some(known) };
        assert_eq!(ids(&plan(&rows("uaua"), &trigger).unwrap().replaces), [4]);
    }
    // A question before the last turn is not asked again.
    let old = Trigger::Regenerate {
        reply: Some("2".to_owned()),
        message: Some(message("client-1", "a")),
    };
    assert!(matches!(plan(&rows("uaua"), &old), Err(Problem::NotLastTurn)));
}
