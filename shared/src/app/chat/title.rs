//! Titles of conversations that nobody has named: the first words of the first question, or what the
//! assistant makes of it.

use tokio::sync::{mpsc, oneshot};

use super::plan::Plan;
use crate::assistant::{Finish, Prompt, PromptMessage, Timed, Usage, prompt};
use crate::id::InteractionId;
use crate::model::Role;
use crate::store::{ChatRows, GivenTitle};
use crate::text::Title;

/// Maximum characters of such a title.
const MAX_CHARACTERS: usize = 60;
/// Maximum characters of the question that the assistant gets for a title.
const MAX_QUESTION: usize = 2_000;
/// Maximum characters that the assistant may write. A model that writes more does not give a title.
const MAX_RESPONSE: usize = 200;

/// A title that is wanted of the assistant.
#[derive(Debug)]
pub(super) struct TitleWanted {
    prompt: Prompt,
    /// The title until then.
    current: Title,
}

/// What became of it.
#[derive(Debug, Default)]
pub(super) struct TitleMade {
    pub(super) title: Option<GivenTitle>,
    /// The tokens that it took, if anybody can bill them.
    pub(super) used: Option<Usage>,
}

impl TitleWanted {
    /// For the first question of a conversation that nobody has named, if the assistant makes titles.
    pub(super) fn of(assistant: &Timed, rows: &ChatRows, plan: &Plan) -> Option<Self> {
        if !assistant.titles || !plan.path.is_empty() {
            return None;
        }
        let words = first_words(plan.text.as_str());
        let current = rows.conversation.as_ref().map_or(&words, |open| &open.conversation.title);
        if *current != words && *current != Title::default() {
            return None;
        }
        let question = plan.text.as_str().chars().take(MAX_QUESTION).collect();
        let prompt = Prompt {
            system: prompt::TITLE.to_owned(),
            messages: vec![PromptMessage { role: Role::User, content: question }],
            max_characters: MAX_RESPONSE,
        };
        Some(Self { prompt, current: current.clone() })
    }

    /// The tokens that it may take.
    pub(super) fn expected(&self) -> u64 {
        Usage::expected(&self.prompt).total()
    }
}

/// Asks the assistant for the title that is wanted. At the end of the reply the call is ended, and there is
/// no title: the function may be frozen after it. `reply_ended` is dropped then.
pub(super) async fn make_title(
    assistant: &Timed,
    wanted: Option<&TitleWanted>,
    interaction_id: &InteractionId,
    reply_ended: oneshot::Receiver<()>,
) -> TitleMade {
    let Some(wanted) = wanted else { return TitleMade::default() };
    let (sender, mut deltas) = mpsc::channel::<String>(1);
    // The call ends when this does: nobody receives its text any more.
    let receive = async move {
        let mut text = String::new();
        let all = async {
            while let Some(delta) = deltas.recv().await {
                text.push_str(&delta);
            }
        };
        tokio::select! {
            () = all => Some(text),
            _ = reply_ended => None,
        }
    };
    let (outcome, text) = tokio::join!(assistant.reply(&wanted.prompt, sender), receive);
    match outcome {
        Ok(ending) => {
            let text = text.filter(|_| ending.finish != Finish::Length);
            let title = text.as_deref().and_then(tidied);
            let given = |title| GivenTitle { title, instead_of: wanted.current.clone() };
            TitleMade { title: title.map(given), used: Some(ending.usage) }
        }
        Err(failure) => {
            let interaction_id = interaction_id.as_str();
            tracing::warn!(interaction_id, cause = %failure.error, "the assistant made no title");
            TitleMade { title: None, used: failure.usage }
        }
    }
}

/// The first words of a question.
pub(super) fn first_words(question: &str) -> Title {
    let line = question.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut title: String = line.chars().filter(|c| !c.is_control()).take(MAX_CHARACTERS).collect();
    if line.chars().count() > MAX_CHARACTERS {
        // Cut between words, if there are any.
        let end = title.rfind(' ').unwrap_or(title.len());
        title.truncate(end);
        title.push('…');
    }
    Title::try_from(title).unwrap_or_default()
}

/// A title out of what a model wrote: its first line without marks around it, if anything is left.
fn tidied(text: &str) -> Option<Title> {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty())?;
    let is_mark = |c: char| c.is_whitespace() || "\"'`*_#“”„«»‘’".contains(c);
    let line = line.trim_matches(is_mark);
    let label = line.get(..6).filter(|label| label.eq_ignore_ascii_case("title:"));
    let line = line.strip_prefix(label.unwrap_or_default()).unwrap_or(line);
    let line = line.trim_matches(is_mark).trim_end_matches('.');
    (!line.is_empty()).then(|| first_words(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_and_labels_of_models_are_left_out() {
        for (written, title) in [
            ("How a Servo Works", "How a Servo Works"),
            ("\"How a Servo Works.\"\n", "How a Servo Works"),
            ("**Title: How a Servo Works**", "How a Servo Works"),
            ("\n# How a servo works\n\nIt is a motor.", "How a servo works"),
            ("title:Servos", "Servos"),
            ("„Wie ein Servo hält“", "Wie ein Servo hält"),
            ("サーボの仕組み", "サーボの仕組み"),
            ("What is PID?", "What is PID?"),
            ("a\tb\u{0}c", "a bc"),
        ] {
            assert_eq!(tidied(written).unwrap().as_str(), title, "{written:?}");
        }
        for written in ["", " \n ", "\"\"", "***", "Title:", "."] {
            assert_eq!(tidied(written), None, "{written:?}");
        }
    }

    #[test]
    fn a_title_is_cut_between_words() {
        let title = first_words(&"word ".repeat(20));
        assert_eq!(title.as_str(), format!("{}word…", "word ".repeat(11)));
        assert_eq!(first_words(&"x".repeat(61)).as_str(), format!("{}…", "x".repeat(60)));
        assert_eq!(first_words("a\n b").as_str(), "a b");
    }
}
