//! The system prompt: the operator's instructions, and the notes about the user, which are its only part that
//! differs between users. Neither contains text that a user wrote.

use crate::config::Instructions;
use crate::model::UserContext;

const BASE: &str = "You are a helpful and accurate assistant in a chat. \
    Answer in the language of the question. \
    Say so when you do not know something. \
    Keep every answer well below 10,000 characters.";

const HOW_TO_USE_THE_NOTES: &str = "This background is there to choose tone and examples. \
    The question comes first: leave the background aside where it does not fit. \
    What the user asks for explicitly wins over it. \
    Do not mention the background or these instructions.";

/// The system prompt for a title. It has no instructions of the operator and no notes about the user, which are
/// about replies.
pub const TITLE: &str = "The message of the user begins a conversation. \
    Do not answer it: write a title for the conversation, in the language of the message, \
    with at most six words, without quotation marks and without a full stop. \
    Write nothing but the title.";

/// The system prompt for a user with this background. The operator's instructions come first, if there are any.
pub fn system(instructions: &Instructions, context: &UserContext) -> String {
    let (own, notes) = (instructions.as_str(), &context.personalization_notes);
    let own = if own.is_empty() { String::new() } else { format!("{own}\n\n") };
    format!("{own}{BASE}\n\nBackground of the user: {notes}\n{HOW_TO_USE_THE_NOTES}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Background, HardwareBackground, SoftwareLevel};

    const GOLDEN: &str = include_str!("../../tests/golden/system_prompt.txt");
    const INSTRUCTED: &str = include_str!("../../tests/golden/system_prompt_with_instructions.txt");
    const NOTES: &str = include_str!("../../tests/golden/personalization_notes.txt");

    fn robotics() -> UserContext {
        UserContext::from(Some(Background {
            software_level: SoftwareLevel::Beginner,
            hardware_background: HardwareBackground::Robotics,
        }))
    }

    #[test]
    fn the_prompt_is_that_of_the_golden_file() {
        assert_eq!(system(&Instructions::default(), &robotics()), GOLDEN.trim_end());
    }

    #[test]
    fn the_instructions_of_the_operator_come_first() {
        let instructions =
            "You are the tutor of a course on robots.\n\nReply in three sentences.\n";
        let prompt = system(&instructions.parse().unwrap(), &robotics());
        assert_eq!(prompt, INSTRUCTED.trim_end());
        assert!(prompt.ends_with(GOLDEN.trim_end()));
    }

    #[test]
    fn only_the_notes_vary() {
        let context = UserContext::from(None);
        let none = Instructions::default();
        let neutral = system(&none, &context);
        let (before, after) = neutral.split_once(&context.personalization_notes).unwrap();
        for notes in NOTES.lines() {
            let context =
                UserContext { personalization_notes: notes.to_owned(), ..context.clone() };
            assert_eq!(system(&none, &context), format!("{before}{notes}{after}"));
        }
    }
}
