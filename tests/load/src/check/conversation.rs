//! One conversation.

use crate::told::{Conversation, Entry, Reply};
use crate::user::{ECHO, is_echo};
use serde_json::Value;

/// What differs between a conversation and its stored messages. A reply that was left alone `may_lack`: it
/// is still on its way, or something broke. If its function died, the next question has stored its beginning.
pub fn differences(told: &Conversation, rows: &[Value], may_lack: bool) -> Vec<String> {
    let mut rows = Rows { left: rows.iter().collect(), newest: 0, found: Vec::new() };
    for entry in &told.entries {
        match entry {
            Entry::Appended { id, role, content } => rows.expect(*id, role, content),
            Entry::Turn { question, reply: Reply::Told { question_id, id, text, .. } } => {
                rows.expect(*question_id, "user", question);
                rows.expect(*id, "assistant", text);
            }
            Entry::Turn { question, reply: Reply::LeftAlone } => {
                rows.left_alone(question, may_lack);
            }
        }
    }
    rows.found.extend(rows.left.iter().map(|row| format!("nobody was told of {row}")));
    rows.found
}

/// The rows that nothing was compared with so far, and what is wrong.
struct Rows<'a> {
    left: Vec<&'a Value>,
    /// The id of the newest row that was compared.
    newest: u64,
    found: Vec<String>,
}

impl Rows<'_> {
    /// A message whose id and text are known.
    fn expect(&mut self, id: u64, role: &str, text: &str) {
        let is_it = |row: &Value| {
            number(row) == id && field(row, "role") == role && field(row, "content") == text
        };
        self.take(is_it, false, &format!("{role} {id} {text:?}"));
    }

    /// A question, of which only the text is known, and its reply, which follows from the question.
    fn left_alone(&mut self, question: &str, may_lack: bool) {
        let is_question =
            |row: &Value| field(row, "role") == "user" && field(row, "content") == question;
        let id = self.take(is_question, may_lack, &format!("user {question:?}"));
        let is_reply = |row: &Value| {
            let content = field(row, "content");
            let is_beginning = may_lack && format!("{ECHO}{question}").starts_with(content);
            field(row, "role") == "assistant"
                && id.is_some()
                && row.get("parent_id").and_then(Value::as_u64) == id
                && (is_echo(content, question) || is_beginning)
        };
        self.take(is_reply, may_lack, &format!("the reply to {question:?}"));
    }

    /// Takes the one row that this is out of those that are left, and returns its id.
    fn take(&mut self, is_it: impl Fn(&Value) -> bool, may_lack: bool, what: &str) -> Option<u64> {
        let (found, left): (Vec<_>, Vec<_>) = self.left.drain(..).partition(|row| is_it(row));
        self.left = left;
        if found.len() > 1 || (found.is_empty() && !may_lack) {
            self.found.push(format!("{} times stored: {what}", found.len()));
        }
        let id = found.last().map(|row| number(row))?;
        if id <= self.newest {
            self.found.push(format!("not in order: {what}, which is {id}"));
        }
        self.newest = id;
        Some(id)
    }
}

fn field<'a>(row: &'a Value, name: &str) -> &'a str {
    row.get(name).and_then(Value::as_str).unwrap_or_default()
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
        let row = |(id, role, text): (u64, &str, &str)| json!({ "id": id, "role": role, "content": text, "parent_id": id - 1 });
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

    /// Two questions were stopped after the same words.
    #[test]
    fn the_beginning_of_another_reply_is_not_this_one() {
        let mut told = told();
        if let Some(Entry::Turn { reply: Reply::Told { text, .. }, .. }) = told.entries.get_mut(1) {
            ECHO.clone_into(text);
        }
        told.entries.rotate_right(1);
        let row = |id: u64, role: &str, text: &str, parent: u64| json!({ "id": id, "role": role, "content": text, "parent_id": parent });
        let rows = [
            row(1, "user", "left", 0),
            row(2, "user", "a", 1),
            row(3, "user", "q", 2),
            row(4, "assistant", ECHO, 3),
        ];
        for entry in &mut told.entries {
            match entry {
                Entry::Appended { id, .. } => *id = 2,
                Entry::Turn { reply: Reply::Told { question_id, id, .. }, .. } => {
                    (*question_id, *id) = (3, 4);
                }
                Entry::Turn { .. } => {}
            }
        }
        assert_eq!(differences(&told, &rows, true), Vec::<String>::new());
    }

    #[test]
    fn what_is_lost_doubled_changed_or_strange_is_found() {
        for at in 0..5 {
            let mut rows = rows();
            let row = rows.remove(at);
            assert!(!differences(&told(), &rows, false).is_empty(), "{at} is lost");
            // A reply may lack, a question not if its reply is there.
            assert_eq!(differences(&told(), &rows, true).is_empty(), at == 4, "{at}");
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
