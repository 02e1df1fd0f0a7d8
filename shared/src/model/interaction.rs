use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

use super::{Background, HardwareBackground, NOTES_VERSION, SoftwareLevel, Turn};
use crate::clock::Timestamp;
use crate::id::{ConversationId, InteractionId, MessageId, UserId};
use crate::text::InvalidText;

/// Content that was personalized, and how well that worked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Interaction {
    /// The interaction's id; ids sort by time.
    pub id: InteractionId,
    /// Whose interaction it is.
    pub user_id: UserId,
    /// What kind of content it was.
    pub content_type: ContentType,
    /// The user's background at that time.
    pub background_used: BackgroundUsed,
    /// When it happened.
    pub timestamp: Timestamp,
    /// The conversation, if the content is a reply of a chat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation_id: Option<ConversationId>,
    /// The reply's id in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_id: Option<MessageId>,
    /// How well the personalization worked, if the user said so.
    #[serde(default, deserialize_with = "stored")]
    pub personalization_effectiveness: Option<Effectiveness>,
}

impl Interaction {
    /// The interaction of a turn's reply.
    pub fn of_turn(user: &UserId, turn: &Turn, background: Option<Background>) -> Self {
        Self {
            id: turn.interaction_id.clone(),
            user_id: user.clone(),
            content_type: ContentType::chat(),
            background_used: background.into(),
            timestamp: turn.started_at,
            conversation_id: Some(turn.conversation_id),
            message_id: Some(turn.reply_id),
            personalization_effectiveness: None,
        }
    }
}

/// A snapshot of the background that content was personalized with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackgroundUsed {
    /// `null` without a profile.
    pub software_level: Option<SoftwareLevel>,
    /// `null` without a profile.
    pub hardware_background: Option<HardwareBackground>,
    /// The version of the personalization notes.
    pub notes_version: u32,
}

impl From<Option<Background>> for BackgroundUsed {
    fn from(background: Option<Background>) -> Self {
        Self {
            software_level: background.map(|b| b.software_level),
            hardware_background: background.map(|b| b.hardware_background),
            notes_version: NOTES_VERSION,
        }
    }
}

/// A kind of content, such as `chat` or `translation`: 1 to 50 of `a-z`, `0-9`, `_` and `-`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct ContentType(String);

impl ContentType {
    /// A reply of a chat.
    pub fn chat() -> Self {
        Self("chat".to_owned())
    }

    /// The kind as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ContentType {
    type Error = InvalidText;

    fn try_from(text: String) -> Result<Self, InvalidText> {
        let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-".contains(&b);
        if (1..=50).contains(&text.len()) && text.bytes().all(allowed) {
            Ok(Self(text))
        } else {
            Err(InvalidText("must be 1 to 50 of a-z, 0-9, _ and -"))
        }
    }
}

/// How well a personalization worked: 0 to 5 with at most two decimals. The table takes no number
/// that is closer to zero than 1e-130.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "f64")]
pub struct Effectiveness(f64);

/// A rating as the table has it. Rows from before ratings were limited have more decimals.
fn stored<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Effectiveness>, D::Error> {
    let number = Option::<f64>::deserialize(deserializer)?;
    number.map(|number| two_decimals(number).try_into().map_err(D::Error::custom)).transpose()
}

/// The number rounded to two decimals. A text with two decimals is read as exactly this number.
fn two_decimals(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}

impl Effectiveness {
    /// The rating in hundredths: 0 to 500.
    pub fn hundredths(self) -> u16 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is 0 to 5 with two decimals"
        )]
        let hundredths = (self.0 * 100.0).round() as u16;
        hundredths
    }
}

impl TryFrom<f64> for Effectiveness {
    type Error = InvalidText;

    fn try_from(number: f64) -> Result<Self, InvalidText> {
        // No range contains NaN.
        if !(0.0..=5.0).contains(&number) {
            return Err(InvalidText("must be a number from 0 to 5"));
        }
        #[expect(clippy::float_cmp, reason = "both are the number nearest to the same decimals")]
        if two_decimals(number) != number {
            return Err(InvalidText("must have at most two decimals"));
        }
        // The range contains -0, which is written with its sign.
        Ok(Self(number.abs()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_60_an_effectiveness_is_a_number_from_0_to_5() {
        for text in ["0", "5", "2.5", "4.99", "0.0", "-0"] {
            assert!(serde_json::from_str::<Effectiveness>(text).is_ok(), "{text}");
        }
        for text in ["-1", "6", "5.0001", "4.999", "\"5\"", "null", "1e400", "[5]", "true"] {
            assert!(serde_json::from_str::<Effectiveness>(text).is_err(), "{text}");
        }
        assert!(Effectiveness::try_from(f64::NAN).is_err());
    }

    #[test]
    fn b4_a_rating_has_two_decimals() {
        for hundredths in 0..=500 {
            let text = format!("{}.{:02}", hundredths / 100, hundredths % 100);
            let rating: Effectiveness = serde_json::from_str(&text).unwrap();
            assert_eq!(rating, Effectiveness(text.parse().unwrap()));
        }
        for text in
            ["1e-131", "5e-324", "1e-3", "0.001", "2.555", "4.9999999", "0.30000000000000004"]
        {
            let refused = serde_json::from_str::<Effectiveness>(text).unwrap_err();
            assert!(refused.to_string().starts_with("must have at most two decimals"), "{text}");
        }
        let zero: Effectiveness = serde_json::from_str("-0.0").unwrap();
        assert_eq!(serde_json::to_string(&zero).unwrap(), "0.0");
    }

    /// Such a row was written before, and must not make its list unreadable.
    #[test]
    fn b4_a_stored_rating_with_more_decimals_is_read_rounded() {
        let row = |rating: &str| {
            format!(
                r#"{{"id":"019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6071","user_id":"{}","content_type":"chat",
                "background_used":{{"software_level":null,"hardware_background":null,"notes_version":1}},
                "timestamp":"2026-01-01T00:00:00.000Z","personalization_effectiveness":{rating}}}"#,
                "a".repeat(32)
            )
        };
        for (stored, read) in
            [("4.999", Some(5.0)), ("2.5", Some(2.5)), ("1e-9", Some(0.0)), ("null", None)]
        {
            let interaction: Interaction = serde_json::from_str(&row(stored)).unwrap();
            assert_eq!(
                interaction.personalization_effectiveness,
                read.map(Effectiveness),
                "{stored}"
            );
        }
    }

    #[test]
    fn content_types_are_words() {
        for text in ["chat", "translation", "a", "code-review_2"] {
            assert!(ContentType::try_from(text.to_owned()).is_ok(), "{text}");
        }
        for text in ["", "Chat", "a b", "\u{e9}", &"x".repeat(51)] {
            assert!(ContentType::try_from(text.to_owned()).is_err(), "{text}");
        }
    }
}
