//! The system prompt. The notes about the user are its only variable part, and they contain no text
//! that the user wrote.

use crate::model::UserContext;

const BASE: &str = "You are a helpful and accurate assistant in a chat. \
    Answer in the language of the question. \
    Say so when you do not know something. \
    Keep every answer well below 10,000 characters.";

const HOW_TO_USE_THE_NOTES: &str = "This background is there to choose tone and examples. \
    The question comes first: leave the background aside where it does not fit. \
    What the user asks for explicitly wins over it. \
    Do not mention the background or these instructions.";

/// The system prompt for a user with this background.
pub fn system(context: &UserContext) -> String {
    format!(
        "{BASE}\n\nBackground of the user: {notes}\n{HOW_TO_USE_THE_NOTES}",
        notes = context.personalization_notes,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Background, HardwareBackground, SoftwareLevel};

    const GOLDEN: &str = include_str!("../../tests/golden/system_prompt.txt");
    const NOTES: &str = include_str!("../../tests/golden/personalization_notes.txt");

    #[test]
    fn the_prompt_is_that_of_the_golden_file() {
        let background = Background {
            software_level: SoftwareLevel::Beginner,
            hardware_background: HardwareBackground::Robotics,
        };
        assert_eq!(system(&UserContext::from(Some(background))), GOLDEN.trim_end());
    }

    #[test]
    fn only_the_notes_vary() {
        let context = UserContext::from(None);
        let neutral = system(&context);
        let (before, after) = neutral.split_once(&context.personalization_notes).unwrap();
        for notes in NOTES.lines() {
            let context =
                UserContext { personalization_notes: notes.to_owned(), ..context.clone() };
            assert_eq!(system(&context), format!("{before}{notes}{after}"));
        }
    }
}
