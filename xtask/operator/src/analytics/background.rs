//! Words for backgrounds.

use shared::model::{BackgroundUsed, HardwareBackground, SoftwareLevel};

/// What nobody has chosen comes last.
const LAST: u8 = u8::MAX;

/// Sorts backgrounds, as the forms have them; no profile is last.
pub fn order(background: BackgroundUsed) -> [u8; 2] {
    let level = background.software_level.map_or(LAST, |level| level as u8);
    [level, background.hardware_background.map_or(LAST, |hardware| hardware as u8)]
}

/// The software level as the API writes it; empty without one.
pub fn level(background: BackgroundUsed) -> &'static str {
    background.software_level.map_or("", SoftwareLevel::as_str)
}

/// The hardware background as the API writes it; empty without one.
pub fn hardware(background: BackgroundUsed) -> &'static str {
    background.hardware_background.map_or("", HardwareBackground::as_str)
}

/// Such as `beginner, robotics`.
pub fn name(background: BackgroundUsed) -> String {
    match (level(background), hardware(background)) {
        ("", "") => "no profile".to_owned(),
        (level, "none") => format!("{level}, no hardware"),
        (level, "other") => format!("{level}, other hardware"),
        (level, hardware) => format!("{level}, {hardware}"),
    }
}

/// The users, such as `Beginners with robotics`.
pub fn users(background: BackgroundUsed) -> String {
    let who = match background.software_level {
        Some(SoftwareLevel::Beginner) => "Beginners",
        Some(SoftwareLevel::Intermediate) => "Intermediate users",
        Some(SoftwareLevel::Advanced) => "Advanced users",
        None => "Users",
    };
    match background.hardware_background {
        Some(HardwareBackground::Robotics) => format!("{who} with robotics"),
        Some(HardwareBackground::EmbeddedSystems) => format!("{who} with embedded systems"),
        Some(HardwareBackground::None) => format!("{who} without hardware"),
        Some(HardwareBackground::Other) => format!("{who} with other hardware"),
        None => format!("{who} without a profile"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// The CSV has the values of the API.
    #[test]
    fn words_are_those_of_the_api() {
        let (mut seen, mut levels) = (Vec::new(), Vec::new());
        for name in ["beginner", "intermediate", "advanced"] {
            levels.push(serde_json::from_value::<SoftwareLevel>(json!(name)).unwrap());
        }
        for software_level in levels {
            for name in ["robotics", "embedded systems", "none", "other"] {
                let hardware_background = serde_json::from_value(json!(name)).unwrap();
                let background = BackgroundUsed {
                    software_level: Some(software_level),
                    hardware_background,
                    notes_version: 1,
                };
                assert_eq!(json!(level(background)), json!(software_level));
                assert_eq!(hardware(background), name);
                seen.push((order(background), super::name(background), users(background)));
            }
        }
        seen.push(([LAST, LAST], "no profile".to_owned(), "Users without a profile".to_owned()));
        assert!(seen.is_sorted(), "as the forms have them");
        for pair in seen.windows(2) {
            assert!(pair[0].1 != pair[1].1 && pair[0].2 != pair[1].2);
        }
    }
}
