//! One conversation.

use crate::told::{Conversation, Entry, Reply};
use crate::user::{ECHO, is_echo};
use serde_json::Value;

/// What differs between a conversation and its stored messages. A reply that was left alone `may_lack`: it
/// is still on its way, or something broke. If its function died, the next question has stored its beginning.
pub fn differences(told: &Conversation, rows: &[Value], may_lack: bool) -> Vec<String> {
    let mut left: Vec<&Value> = rows.iter().collect();
    let mut found = Vec::new();
    let mut newest = 0;
    let mut expect = |id: Option<u64>, role: &str, text: &str, may_lack: bool| {
        let is_it = |row: &&Value| {
            let field = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default();
            let content = field("content");
            // Nobody has read the reply that was left alone; its text follows from the question.
            let is_left_alone = id.is_none() && role == "assistant";
            let is_beginning = || may_lack && format!("{ECHO}{text}").starts_with(content);
            let is_text = if is_left_alone {
                is_echo(content, text) || is_beginning()
            } else {
                content == text
            };
            field("role") == role && is_text && id.is_none_or(|id| number(row) == id)
        };
        let count = left.iter().filter(|row| is_it(row)).count();
        let right = count == 1 || (may_lack && count == 0);
        if !right {
            found.push(format!("{count} times stored: {role} {id:?} {text:?}"));
        }
        for row in left.iter().filter(|row| is_it(row)) {
            if number(row) <= newest {
                found.push(format!("not in order: {role} {:?}", number(row)));
            }
            newest = number(row);
        }
        left.retain(|row| !is_it(row));
    };
    for entry in &told.entries {
        match entry {
            Entry::Appended { id, role, content } => expect(Some(*id), role, content, false),
            Entry::Turn { question, reply: Reply::Told { question_id, id, text, .. } } => {
                expect(Some(*question_id), "user", question, false);
                expect(Some(*id), "assistant", text, false);
            }
            Entry::Turn { question, reply: Reply::LeftAlone } => {
                expect(None, "user", question, may_lack);
                expect(None, "assistant", question, may_lack);
            }
        }
    }
    found.extend(left.iter().map(|row| format!("nobody was told of {row}")));
    found
}

/// The id of a row.
pub fn number(row: &Value) -> u64 {
    row.get("id").and_then(Value::as_u64).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told() -> Conversation {
        let turn = |reply| Entry::Turn { question: "q".to_owned(), reply };
        let reply = Reply::Told {
            question_id: 2,
            id: 3,
            interaction_id: String::new(),
            text: "r".to_owned(),
            rating: None,
        };
        let appended = Entry::Appended { id: 1, role: "user", content: "a".to_owned() };
        let alone = Entry::Turn { question: "left".to_owned(), reply: Reply::LeftAlone };
        Conversation { title: None, entries: vec![appended, turn(reply), alone] }
    }

    fn rows() -> Vec<Value> {
        let row = |(id, role, text)| json!({ "id": id, "role": role, "content": text });
        let reply = format!("{ECHO}left");
        let rows = [
            (1, "user", "a"),
            (2, "user", "q"),
            (3, "assistant", "r"),
            (4, "user", "left"),
            (5, "assistant", &reply),
        ];
        rows.map(row).into()
    }

    #[test]
    fn what_was_told_is_what_is_stored() {
        assert_eq!(differences(&told(), &rows(), false), Vec::<String>::new());
    }

    /// The function of the last turn died, and another turn has stored what there was of its reply.
    #[test]
    fn a_reply_that_was_left_alone_may_be_a_beginning() {
        let mut rows = rows();
        rows[4]["content"] = json!(&format!("{ECHO}left")[..20]);
        assert_eq!(differences(&told(), &rows, true), Vec::<String>::new());
        assert!(!differences(&told(), &rows, false).is_empty());
        rows[4]["content"] = json!("something else");
        assert!(!differences(&told(), &rows, true).is_empty());
    }

    #[test]
    fn what_is_lost_doubled_changed_or_strange_is_found() {
        for at in 0..5 {
            let mut rows = rows();
            let row = rows.remove(at);
            assert_eq!(differences(&told(), &rows, false).len(), 1, "{at} is lost");
            let may_lack = usize::from(at < 3);
            assert_eq!(differences(&told(), &rows, true).len(), may_lack, "{at}");
            rows.insert(at, row.clone());
            rows.push(row);
            assert!(!differences(&told(), &rows, true).is_empty(), "{at} is doubled");
        }
        let mut changed = rows();
        changed[2]["content"] = json!("R");
        assert_eq!(differences(&told(), &changed, false).len(), 2);
        let mut order = rows();
        order[4]["id"] = json!(1);
        assert_eq!(differences(&told(), &order, false).len(), 1);
    }
}
