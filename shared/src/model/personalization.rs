use serde::Serialize;

use super::profile::{Background, HardwareBackground, SoftwareLevel};

/// Raised with every change of the notes' texts, so that a stored interaction shows which notes the
/// assistant got.
pub const NOTES_VERSION: u32 = 1;

const NEUTRAL: &str = "User has not shared a background profile. \
    Provide clear explanations for a general technical audience.";

/// What an assistant is told about a user. It contains no text that the user wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UserContext {
    /// `null` without a profile.
    pub software_level: Option<SoftwareLevel>,
    /// `null` without a profile.
    pub hardware_background: Option<HardwareBackground>,
    /// Two sentences of ASCII: who the user is, and how to explain.
    pub personalization_notes: String,
}

impl From<Option<Background>> for UserContext {
    fn from(background: Option<Background>) -> Self {
        Self {
            software_level: background.map(|b| b.software_level),
            hardware_background: background.map(|b| b.hardware_background),
            personalization_notes: background.map_or_else(|| NEUTRAL.to_owned(), notes),
        }
    }
}

fn notes(background: Background) -> String {
    let (who, depth) = match background.software_level {
        SoftwareLevel::Beginner => ("a beginner in software development", "simplified"),
        SoftwareLevel::Intermediate => {
            ("at an intermediate level in software development", "moderately detailed")
        }
        SoftwareLevel::Advanced => {
            ("at an advanced level in software development", "in-depth technical")
        }
    };
    let (experience, examples) = match background.hardware_background {
        HardwareBackground::Robotics => {
            ("with robotics experience", "with robotics examples where applicable")
        }
        HardwareBackground::EmbeddedSystems => {
            ("with embedded systems experience", "with embedded systems examples where applicable")
        }
        HardwareBackground::None => (
            "with no hardware experience",
            "with general software examples and no assumed hardware knowledge",
        ),
        HardwareBackground::Other => (
            "with hardware experience outside robotics and embedded systems",
            "with general hardware examples where applicable",
        ),
    };
    format!("User is {who} {experience}. Provide {depth} explanations {examples}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOLDEN: &str = include_str!("../../tests/golden/personalization_notes.txt");

    fn all() -> Vec<String> {
        let levels =
            [SoftwareLevel::Beginner, SoftwareLevel::Intermediate, SoftwareLevel::Advanced];
        let hardware = [
            HardwareBackground::Robotics,
            HardwareBackground::EmbeddedSystems,
            HardwareBackground::None,
            HardwareBackground::Other,
        ];
        let backgrounds = levels.iter().flat_map(|&software_level| {
            hardware.iter().map(move |&hardware_background| {
                Some(Background { software_level, hardware_background })
            })
        });
        backgrounds.chain([None]).map(|b| UserContext::from(b).personalization_notes).collect()
    }

    #[test]
    fn the_notes_are_those_of_the_golden_file() {
        assert_eq!(all(), GOLDEN.lines().collect::<Vec<_>>());
    }

    #[test]
    fn every_note_keeps_the_bars() {
        let notes = all();
        for note in &notes {
            assert!(note.is_ascii() && note.starts_with("User "), "{note}");
            assert!(!note.contains("  ") && note.matches(". ").count() == 1 && note.ends_with('.'));
            assert!((100..=220).contains(&note.len()), "{note}");
            assert_eq!(notes.iter().filter(|other| *other == note).count(), 1, "{note}");
        }
    }
}
