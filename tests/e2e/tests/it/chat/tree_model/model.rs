//! The tree as it should be, and what is compared with it.

use e2e::chat::{Said, stored, ui_messages};
use e2e::{User, whole_list};
use harness::stack::Stack;
use serde_json::{Value, json};

/// Stored messages that a prompt may have without its question.
const WINDOW: usize = 20;
/// Messages of a branch that a turn reads, at most.
const READ: usize = 25;

#[derive(Debug, Clone)]
pub struct Row {
    pub id: u64,
    pub parent: Option<u64>,
    pub is_question: bool,
    /// The name under which a page shows it.
    pub name: String,
    pub text: String,
    /// Nothing follows it: it was only to show the prompt.
    pub is_aside: bool,
}

/// A reply that broke off: of what the page has seen, the store has a part, or more.
#[derive(Debug, Clone)]
pub struct Loose {
    pub reply: u64,
    pub shown: String,
    /// What its function had not stored is lost: it died, or did not stop in time on a busy machine.
    pub may_be_less: bool,
}

/// The tree as it should be.
pub struct Model<'a> {
    pub stack: &'a Stack,
    pub user: User,
    pub rows: Vec<Row>,
    pub active: Option<u64>,
    /// The newest id that is reserved.
    pub last: u64,
    /// Steps so far: each text has the number of its step.
    pub steps: usize,
    /// The last request that may be sent again, and its reply.
    pub sent: Option<(Value, u64)>,
    pub loose: Option<Loose>,
}

impl<'a> Model<'a> {
    pub fn new(stack: &'a Stack, user: User) -> Self {
        let (rows, active, sent, loose) = (Vec::new(), None, None, None);
        Self { stack, user, rows, active, last: 0, steps: 0, sent, loose }
    }

    pub fn row(&self, id: u64) -> &Row {
        self.rows.iter().find(|row| row.id == id).unwrap()
    }

    /// The branch of a message, oldest first.
    pub fn branch(&self, mut leaf: Option<u64>) -> Vec<Row> {
        let mut branch = Vec::new();
        while let Some(id) = leaf {
            let row = self.row(id);
            branch.push(row.clone());
            leaf = row.parent;
        }
        branch.reverse();
        branch
    }

    /// What a page sends whose last message is new, after these.
    pub fn body(before: &[Row], name: &str, text: &str) -> Value {
        let role = |row: &Row| if row.is_question { "user" } else { "assistant" };
        let mut shown: Vec<(&str, &str, &str)> =
            before.iter().map(|row| (row.name.as_str(), role(row), row.text.as_str())).collect();
        shown.push((name, "user", text));
        ui_messages("c", &shown)
    }

    /// Adds a question; it is the active message at once.
    pub fn add_question(&mut self, id: u64, parent: Option<u64>, name: &str, text: &str) {
        let (name, text) = (name.to_owned(), text.to_owned());
        self.rows.push(Row { id, parent, is_question: true, name, text, is_aside: false });
        self.active = Some(id);
    }

    pub fn add_reply(&mut self, id: u64, question: u64, text: &str) {
        let (parent, name, text) = (Some(question), id.to_string(), text.to_owned());
        self.rows.push(Row { id, parent, is_question: false, name, text, is_aside: false });
        self.active = Some(id);
    }

    /// Whether the store knows this message by the name that the page has for it: the client's own ids of
    /// questions are known among the newest 24 messages.
    pub fn is_known(&self, row: &Row) -> bool {
        let newer = self.rows.iter().filter(|other| other.id > row.id).count();
        !row.is_question || row.name == row.id.to_string() || newer < 24
    }

    /// Compares what a stream said with what it should be, and adds the reply.
    pub async fn replied(&mut self, said: &Said, question: u64, reply: u64) {
        assert_eq!(said.value("/messageId"), reply.to_string(), "{said:?}");
        assert_eq!(said.value("/messageMetadata/user_message_id"), question);
        self.settle().await;
        let seen = said.value("/messageMetadata/history/messages");
        let whole = self.window(question, usize::MAX);
        // A reply that was joined, or is shown again, does not say what it was made from.
        if !seen.is_null() && self.branch(self.row(question).parent).len() <= WINDOW {
            assert_eq!(seen, whole.len(), "{said:?}");
        }
        self.add_reply(reply, question, &said.text);
    }

    /// The messages before a question that its prompt has: at most `max`, of the newest ones. The last
    /// questions without a reply are not among them, and the first one is a question.
    fn window(&self, question: u64, max: usize) -> Vec<Row> {
        let mut before = self.branch(self.row(question).parent);
        while before.pop_if(|row| row.is_question).is_some() {}
        let too_old = before.len().saturating_sub(max);
        before.into_iter().skip(too_old).skip_while(|row| !row.is_question).collect()
    }

    /// Compares a prompt with the branch of its question.
    pub fn is_prompt(&self, prompt: &str, question: u64) {
        let before = self.branch(self.row(question).parent).len();
        // A branch that is longer than the window may be read to one of these lengths.
        let lengths = if before <= WINDOW { WINDOW..=WINDOW } else { 1..=READ };
        let fits = |max: usize| {
            let window = self.window(question, max);
            let expected = prompt_of(&window, &self.row(question).text);
            let at_least = if before <= WINDOW { 0 } else { WINDOW - 6 };
            let system = prompt.strip_suffix(&expected);
            window.len() >= at_least.min(self.window(question, usize::MAX).len())
                && system.is_some_and(|system| !system.contains("\n\nuser: "))
        };
        assert!(
            lengths.clone().any(fits),
            "{prompt:?} is not of {:?}",
            self.window(question, READ)
        );
    }

    /// Learns what is stored of a reply that broke off.
    pub async fn settle(&mut self) {
        let Some(Loose { reply, shown, may_be_less }) = self.loose.take() else { return };
        let rows = stored(&self.user, 1).await;
        let Some((_, _, text)) = rows.into_iter().find(|row| row.0 == reply) else {
            assert!(may_be_less, "{shown:?} is not stored");
            let question = self.row(reply).parent;
            self.rows.retain(|row| row.id != reply);
            let orphans = self.rows.iter_mut().filter(|row| row.parent == Some(reply));
            orphans.for_each(|orphan| orphan.parent = question);
            return;
        };
        let is_less = may_be_less && shown.starts_with(&text);
        let is_beginning = text.starts_with(&shown) || is_less;
        assert!(is_beginning && !text.ends_with("end"), "{shown:?} was shown of {text:?}");
        let row = self.rows.iter_mut().find(|row| row.id == reply).unwrap();
        row.text = text;
    }

    /// Compares all that is stored with the model.
    pub async fn is_stored(&self) {
        if self.rows.is_empty() {
            return;
        }
        let path = "/api/conversations/1/messages";
        let (all, _) = whole_list(&self.user, &format!("{path}?limit=50"), "messages").await;
        let row = |row: &Value| {
            (row["id"].as_u64().unwrap(), row["parent_id"].as_u64(), row["content"].clone())
        };
        let mut expected: Vec<_> =
            self.rows.iter().map(|row| (row.id, row.parent, json!(row.text))).collect();
        expected.sort_by_key(|row| row.0);
        assert_eq!(all.iter().map(row).collect::<Vec<_>>(), expected);
        let path = format!("{path}?branch=active&limit=24");
        let (active, _) = whole_list(&self.user, &path, "messages").await;
        let ids: Vec<u64> = active.iter().rev().map(|row| row["id"].as_u64().unwrap()).collect();
        let expected: Vec<u64> = self.branch(self.active).iter().map(|row| row.id).collect();
        assert_eq!(ids, expected);
    }
}

/// A prompt without its system part, as echo writes it: messages of one role in a row are one.
fn prompt_of(window: &[Row], question: &str) -> String {
    let role = |row: &Row| if row.is_question { "user" } else { "assistant" };
    let messages = window.iter().map(|row| (role(row), row.text.as_str()));
    let (mut prompt, mut last) = (String::new(), "");
    for (role, text) in messages.chain([("user", question)]) {
        let between = if role == last { String::new() } else { format!("{role}: ") };
        prompt.extend(["\n\n", &between, text]);
        last = role;
    }
    prompt
}
