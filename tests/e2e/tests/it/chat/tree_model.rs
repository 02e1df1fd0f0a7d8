//! Random sequences of what users do, against a model of the tree: what is stored equals the model after
//! each step, and each reply saw its own branch.

use e2e::chat::{Said, ask, scene, ui_messages};
use e2e::{User, whole_list};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

/// What a user does. A number chooses among what is there.
#[derive(Debug, Clone)]
enum Step {
    /// Asks at the end of the page.
    Ask,
    /// Edits a question of the page.
    Edit(usize),
    /// Asks for another reply to a question of the page.
    Again(usize),
    /// Chooses another message.
    Choose(usize),
    /// Appends a message after the active one, or after another one.
    Append(Option<usize>),
    /// Sends the last request once more.
    Repeat,
    /// The assistant fails at the next question.
    Fail,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => Just(Step::Ask),
        3 => (0_usize..9).prop_map(Step::Edit),
        3 => (0_usize..9).prop_map(Step::Again),
        2 => (0_usize..40).prop_map(Step::Choose),
        2 => prop::option::of(0_usize..40).prop_map(Step::Append),
        2 => Just(Step::Repeat),
        1 => Just(Step::Fail),
    ]
}

#[derive(Debug, Clone)]
struct Row {
    id: u64,
    parent: Option<u64>,
    is_question: bool,
    /// The name under which a page shows it.
    name: String,
    text: String,
}

/// The tree as it should be.
#[derive(Debug, Default)]
struct Model {
    rows: Vec<Row>,
    active: Option<u64>,
    /// Ids that are reserved.
    last: u64,
    steps: usize,
    sent: Option<(Value, u64)>,
}

impl Model {
    fn row(&self, id: u64) -> &Row {
        self.rows.iter().find(|row| row.id == id).unwrap()
    }

    /// The branch of a message, oldest first.
    fn branch(&self, mut leaf: Option<u64>) -> Vec<Row> {
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
    fn body(before: &[Row], name: &str, text: &str) -> Value {
        let role = |row: &Row| if row.is_question { "user" } else { "assistant" };
        let mut shown: Vec<(&str, &str, &str)> =
            before.iter().map(|row| (row.name.as_str(), role(row), row.text.as_str())).collect();
        shown.push((name, "user", text));
        ui_messages("c", &shown)
    }

    fn add(&mut self, id: u64, parent: Option<u64>, is_question: bool, name: &str, text: &str) {
        let (name, text) = (name.to_owned(), text.to_owned());
        self.rows.push(Row { id, parent, is_question, name, text });
        self.active = Some(id);
    }

    /// Whether the store knows this message by the name that the page has for it: the client's own ids of
    /// questions are known among the newest 24 messages.
    fn is_known(&self, row: &Row) -> bool {
        let newer = self.rows.iter().filter(|other| other.id > row.id).count();
        !row.is_question || row.name == row.id.to_string() || newer < 24
    }

    /// Sends a new question after these messages.
    async fn asks(&mut self, user: &User, before: Vec<Row>, name: String, text: String) {
        if before.last().is_some_and(|last| !self.is_known(last)) {
            return;
        }
        let body = Self::body(&before, &name, &text);
        let parent = before.last().map(|row| row.id);
        let (question, reply) = (self.last + 1, self.last + 2);
        self.last = reply;
        let said = Said::whole(ask(user, &body).stream().await).await;
        self.add(question, parent, true, &name, &text);
        if text.contains("[[fail]]") {
            assert_eq!(said.types().last(), Some(&"error"), "{said:?}");
            self.sent = None;
            return;
        }
        self.replied(&said, question, reply);
        self.sent = Some((body, reply));
    }

    fn replied(&mut self, said: &Said, question: u64, reply: u64) {
        assert_eq!(said.value("/messageId"), reply.to_string(), "{said:?}");
        assert_eq!(said.value("/messageMetadata/user_message_id"), question);
        // The window leaves the last questions without a reply out.
        let mut before = self.branch(self.row(question).parent);
        while before.pop_if(|row| row.is_question).is_some() {}
        let skipped = before.iter().take_while(|row| !row.is_question).count();
        let expected = (before.len() - skipped).min(20);
        let seen = said.value("/messageMetadata/history/messages").as_u64().unwrap();
        if before.len() <= 20 {
            assert_eq!(seen, u64::try_from(expected).unwrap(), "{said:?}");
        }
        self.add(reply, Some(question), false, &reply.to_string(), &said.text);
    }

    async fn does(&mut self, user: &User, step: &Step) {
        self.steps += 1;
        let page = self.branch(self.active);
        let questions: Vec<usize> = (0..page.len())
            .filter(|at| page[*at].is_question && !page[*at].name.is_empty())
            .collect();
        let number = self.steps;
        match step {
            Step::Ask => {
                self.asks(user, page, format!("m{number}"), format!("text {number}")).await;
            }
            Step::Fail => {
                self.asks(user, page, format!("m{number}"), format!("text {number} [[fail]]"))
                    .await;
            }
            Step::Edit(n) if !questions.is_empty() => {
                let at = questions[n % questions.len()];
                let (before, name) = (page[..at].to_vec(), page[at].name.clone());
                self.asks(user, before, name, format!("edit {number}")).await;
            }
            Step::Again(n) if !questions.is_empty() => {
                let at = questions[n % questions.len()];
                let question = page[at].clone();
                if question.text.contains("[[fail]]") {
                    return;
                }
                let mut body = Self::body(&page[..at], &question.name, &question.text);
                body["trigger"] = "regenerate-message".into();
                if at > 0 && !self.is_known(&page[at - 1]) {
                    return;
                }
                match page.get(at + 1) {
                    Some(reply) if !reply.is_question => {
                        body["messageId"] = reply.id.to_string().into();
                    }
                    // The client's own ids of old questions are not known.
                    _ if !self.is_known(&question) => return,
                    _ => {}
                }
                let reply = self.last + 1;
                self.last = reply;
                let said = Said::whole(ask(user, &body).stream().await).await;
                self.replied(&said, question.id, reply);
                self.sent = None;
            }
            Step::Choose(n) if !self.rows.is_empty() => {
                let id = self.rows[n % self.rows.len()].id;
                let body = json!({ "active_message_id": id });
                assert_eq!(user.patch("/api/conversations/1").json(&body).await.status, 200);
                self.active = Some(id);
            }
            Step::Append(n) if !self.rows.is_empty() => {
                let parent = n.map(|n| self.rows[n % self.rows.len()].id);
                let text = format!("appended {number}");
                let mut body = json!({ "role": "user", "content": text });
                if let Some(parent) = parent {
                    body["parent_id"] = parent.into();
                }
                let response = user.post("/api/conversations/1/messages").json(&body).await;
                assert_eq!(response.status, 201, "{}", response.text());
                self.last += 1;
                let parent = parent.or(self.active);
                // A page that has loaded it shows it under our id.
                self.add(self.last, parent, true, &self.last.to_string(), &text);
            }
            Step::Repeat => {
                let Some((body, reply)) = self.sent.clone() else { return };
                let said = Said::whole(ask(user, &body).stream().await).await;
                assert_eq!(said.value("/messageId"), reply.to_string(), "the same turn");
                let is_active = self.branch(self.active).iter().any(|row| row.id == reply);
                if !is_active {
                    self.active = Some(reply);
                }
            }
            _ => {}
        }
    }

    async fn is_stored(&self, user: &User) {
        if self.rows.is_empty() {
            return;
        }
        let path = "/api/conversations/1/messages";
        let (all, _) = whole_list(user, &format!("{path}?limit=50"), "messages").await;
        let row = |row: &Value| {
            (row["id"].as_u64().unwrap(), row["parent_id"].as_u64(), row["content"].clone())
        };
        let mut expected: Vec<_> =
            self.rows.iter().map(|row| (row.id, row.parent, json!(row.text))).collect();
        expected.sort_by_key(|row| row.0);
        assert_eq!(all.iter().map(row).collect::<Vec<_>>(), expected);
        let (active, _) =
            whole_list(user, &format!("{path}?branch=active&limit=24"), "messages").await;
        let ids: Vec<u64> = active.iter().rev().map(|row| row["id"].as_u64().unwrap()).collect();
        let expected: Vec<u64> = self.branch(self.active).iter().map(|row| row.id).collect();
        assert_eq!(ids, expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_stored_is_the_tree_of_what_was_done() {
    let (stack, _) = scene().await;
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
    let sequences = prop::collection::vec(step(), 10..40);
    for number in 0..8 {
        let steps = sequences.new_tree(&mut runner).unwrap().current();
        let user = stack.sign_up(&format!("user{number}")).await;
        let mut model = Model::default();
        for (index, step) in steps.iter().enumerate() {
            model.does(&user, step).await;
            if index % 5 == 4 {
                model.is_stored(&user).await;
            }
        }
        model.is_stored(&user).await;
    }
}
