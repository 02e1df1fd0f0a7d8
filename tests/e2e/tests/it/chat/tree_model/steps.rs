//! What a user does, and what becomes of the model.

use e2e::chat::{Said, ask};
use serde_json::json;

use super::model::{Loose, Model, Row};

/// What a user does. A number chooses among what is there.
#[derive(Debug, Clone)]
pub enum Step {
    /// Presses a button that sends.
    Press(Button),
    /// Chooses another message.
    Choose(usize),
    /// Appends a message after the active one, or after another one.
    Append(Option<usize>),
    /// Sends the last request once more.
    Repeat,
    /// Asks, and the assistant fails.
    Fail,
    /// Asks, loses the response, and asks again.
    Lose,
    /// Asks for the prompt, which must be the branch.
    Recite,
    /// Asks, and the reply is ended.
    Interrupt(Ending),
}

/// A button that sends.
#[derive(Debug, Clone, Copy)]
pub enum Button {
    /// Asks at the end of the page.
    Ask,
    /// Edits a question of the page.
    Edit(usize),
    /// Asks for another reply to a question of the page.
    Again(usize),
}

/// How a running reply is ended.
#[derive(Debug, Clone, Copy)]
pub enum Ending {
    /// By the route that stops it.
    Stopped,
    /// The page closes the connection, and the user presses this button at once.
    TakenOver(Button),
    /// Its function dies, `late` after it has stored a part, and the user presses a button.
    Killed { next: Button, late: bool },
}

impl Ending {
    /// Whether the run may have no time to store all that it has sent.
    fn may_lose(self) -> bool {
        !matches!(self, Self::Stopped)
    }
}

/// How a question is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sending {
    Once,
    /// The first response is lost.
    Twice,
    /// It takes the place of another one.
    Edit,
}

/// What the user presses may be nothing that a page can send.
type Sent = bool;

impl Model<'_> {
    pub async fn does(&mut self, step: &Step) {
        self.steps += 1;
        let number = self.steps;
        match step {
            Step::Press(button) => {
                self.presses(*button).await;
            }
            Step::Fail => {
                self.asks(format!("text {number} [[fail]]"), Sending::Once).await;
            }
            Step::Lose => {
                self.asks(format!("text {number}"), Sending::Twice).await;
            }
            Step::Choose(n) => self.chooses(*n).await,
            Step::Append(n) => self.appends(*n).await,
            Step::Repeat => self.repeats().await,
            Step::Recite => self.recites().await,
            Step::Interrupt(ending) => self.interrupts(*ending).await,
        }
    }

    async fn presses(&mut self, button: Button) -> Sent {
        let number = self.steps;
        let page = self.branch(self.active);
        let questions: Vec<usize> = (0..page.len()).filter(|at| page[*at].is_question).collect();
        match button {
            Button::Ask => self.asks(format!("text {number}"), Sending::Once).await,
            _ if questions.is_empty() => false,
            Button::Edit(n) => {
                let at = questions[n % questions.len()];
                let name = page[at].name.clone();
                self.sends(&page[..at], name, format!("edit {number}"), Sending::Edit).await
            }
            Button::Again(n) => self.asks_again(&page, questions[n % questions.len()]).await,
        }
    }

    /// Asks at the end of the page.
    async fn asks(&mut self, text: String, sending: Sending) -> Sent {
        let page = self.branch(self.active);
        self.sends(&page, format!("m{}-{}", self.steps, self.last), text, sending).await
    }

    /// Sends a new question after these messages.
    async fn sends(
        &mut self,
        before: &[Row],
        name: String,
        text: String,
        sending: Sending,
    ) -> Sent {
        if before.last().is_some_and(|last| !self.is_known(last)) || !self.takes_over(&name) {
            return false;
        }
        let mut body = Self::body(before, &name, &text);
        // The SDK names the message that it edits. Where a page does not, our own ids are not taken for one.
        if sending == Sending::Edit && (self.steps.is_multiple_of(2) || name.parse::<u64>().is_ok())
        {
            body["messageId"] = name.clone().into();
        }
        let parent = before.last().map(|row| row.id);
        let (question, reply) = (self.last + 1, self.last + 2);
        self.last = reply;
        if sending == Sending::Twice {
            drop(ask(&self.user, &body).stream().await);
        }
        let said = Said::whole(ask(&self.user, &body).stream().await).await;
        self.add_question(question, parent, &name, &text);
        if text.contains("[[fail]]") {
            assert_eq!(said.types().last(), Some(&"error"), "{said:?}");
            self.sent = None;
            return true;
        }
        self.replied(&said, question, reply).await;
        self.sent = Some((body, reply));
        true
    }

    /// Whether an edit of the message with this name ends the running reply, if there is one: the store must
    /// know the name.
    fn takes_over(&self, name: &str) -> bool {
        let edited = self.rows.iter().rfind(|row| row.name == name);
        self.loose.is_none() || edited.is_none_or(|edited| self.is_known(edited))
    }

    /// Asks for another reply to the question at this place of the page.
    async fn asks_again(&mut self, page: &[Row], at: usize) -> Sent {
        let question = page[at].clone();
        let is_slow = ["[[fail]]", "[[slower]]"].iter().any(|word| question.text.contains(word));
        if is_slow || (at > 0 && !self.is_known(&page[at - 1])) {
            return false;
        }
        let mut body = Self::body(&page[..at], &question.name, &question.text);
        body["trigger"] = "regenerate-message".into();
        match page.get(at + 1) {
            Some(reply) if !reply.is_question => body["messageId"] = reply.id.to_string().into(),
            _ if !self.is_known(&question) => return false,
            _ => {}
        }
        let reply = self.last + 1;
        self.last = reply;
        let said = Said::whole(ask(&self.user, &body).stream().await).await;
        self.replied(&said, question.id, reply).await;
        self.sent = None;
        true
    }

    /// A message that is there for more than to show a prompt.
    fn chosen(&self, n: usize) -> Option<u64> {
        let rows: Vec<u64> =
            self.rows.iter().filter(|row| !row.is_aside).map(|row| row.id).collect();
        (!rows.is_empty()).then(|| rows[n % rows.len()])
    }

    async fn chooses(&mut self, n: usize) {
        let Some(id) = self.chosen(n) else { return };
        self.activates(id).await;
    }

    async fn activates(&mut self, id: u64) {
        let body = json!({ "active_message_id": id });
        assert_eq!(self.user.patch("/api/conversations/1").json(&body).await.status, 200);
        self.active = Some(id);
    }

    async fn appends(&mut self, n: Option<usize>) {
        if self.rows.is_empty() {
            return;
        }
        let parent = n.and_then(|n| self.chosen(n));
        let text = format!("appended {}", self.steps);
        let mut body = json!({ "role": "user", "content": text });
        if let Some(parent) = parent {
            body["parent_id"] = parent.into();
        }
        let response = self.user.post("/api/conversations/1/messages").json(&body).await;
        assert_eq!(response.status, 201, "{}", response.text());
        self.last += 1;
        let (id, parent) = (self.last, parent.or(self.active));
        // A page that has loaded it shows it under our id.
        self.add_question(id, parent, &id.to_string(), &text);
    }

    async fn repeats(&mut self) {
        let Some((body, reply)) = self.sent.clone() else { return };
        let said = Said::whole(ask(&self.user, &body).stream().await).await;
        assert_eq!(said.value("/messageId"), reply.to_string(), "the same turn");
        if !self.branch(self.active).iter().any(|row| row.id == reply) {
            self.active = Some(reply);
        }
    }

    async fn recites(&mut self) {
        let Some(active) = self.active else { return };
        let (question, reply) = (self.last + 1, self.last + 2);
        if !self.asks(format!("text {} [[prompt]]", self.steps), Sending::Once).await {
            return;
        }
        self.is_prompt(&self.row(reply).text, question);
        for row in self.rows.iter_mut().filter(|row| [question, reply].contains(&row.id)) {
            row.is_aside = true;
        }
        self.sent = None;
        self.activates(active).await;
    }

    async fn interrupts(&mut self, ending: Ending) {
        let page = self.branch(self.active);
        if page.last().is_some_and(|last| !self.is_known(last)) {
            return;
        }
        // Its pieces come less than a second apart.
        let text = format!("[[slower]] text {} {}end", self.steps, "la ".repeat(28));
        let name = format!("m{}", self.steps);
        let body = Self::body(&page, &name, &text);
        let (question, reply) = (self.last + 1, self.last + 2);
        self.last = reply;
        let mut running = ask(&self.user, &body).stream().await;
        let is_late = matches!(ending, Ending::Killed { late: true, .. });
        running.until(if is_late { "assistant, not" } else { "This is" }).await.unwrap();
        let shown = Said::of(&running.text()).text;
        self.add_question(question, page.last().map(|row| row.id), &name, &text);
        self.add_reply(reply, question, &shown);
        self.sent = None;
        self.loose = Some(Loose { reply, shown, may_be_less: ending.may_lose() });
        match ending {
            Ending::Stopped => {
                assert_eq!(self.user.post("/api/chat/c/stop").await.status, 204);
                let said = Said::whole(running).await;
                self.settle().await;
                assert_eq!(self.row(reply).text, said.text);
                return;
            }
            Ending::TakenOver(_) => drop(running),
            Ending::Killed { .. } => {
                assert!(self.stack.runtime.kill("chat").await.unwrap() >= 1);
                self.stack.warm(&["chat"]).await.unwrap();
            }
        }
        let (Ending::TakenOver(next) | Ending::Killed { next, .. }) = ending else { return };
        if !self.presses(next).await {
            assert!(self.presses(Button::Ask).await, "the page shows a reply, so its user can ask");
        }
    }
}
