//! Makes the error messages of providers fit for the log.

use super::Prompt;

const MAX_CHARACTERS: usize = 300;
/// Minimum characters in a row that an error message shares with the conversation to count as a
/// quotation.
const MIN_QUOTED: usize = 20;
/// Minimum characters of a whole message to count as a quotation: shorter ones occur in any text.
const MIN_WHOLE: usize = 4;

/// A provider's error message, shortened and on one line. It is left out if it quotes the
/// conversation: what users write is not logged.
pub(super) fn redacted(error: &str, prompt: &Prompt) -> String {
    let line: String = one_line(error).take(MAX_CHARACTERS).collect();
    let line = line.trim();
    let contents =
        prompt.messages.iter().map(|message| one_line(&message.content).collect::<String>());
    let quotes = contents.into_iter().any(|content| quotes(line, content.trim()));
    if quotes { "(its message quotes the conversation)".to_owned() } else { line.to_owned() }
}

fn one_line(text: &str) -> impl Iterator<Item = char> {
    text.chars().map(|c| if c.is_control() { ' ' } else { c })
}

fn quotes(line: &str, content: &str) -> bool {
    let length = content.chars().count();
    if length < MIN_QUOTED {
        return length >= MIN_WHOLE && line.contains(content);
    }
    let starts: Vec<usize> = line.char_indices().map(|(at, _)| at).collect();
    starts.iter().enumerate().any(|(number, &start)| {
        let end = starts.get(number + MIN_QUOTED).copied().unwrap_or(line.len());
        let is_long = starts.len() >= number + MIN_QUOTED;
        is_long && line.get(start..end).is_some_and(|part| content.contains(part))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assistant::testing::prompt;

    #[test]
    fn a_message_is_one_short_line() {
        assert_eq!(redacted(" no\nsuch model ", &prompt("hello")), "no such model");
        assert_eq!(redacted(&"é".repeat(1_000), &prompt("hello")).chars().count(), 300);
        assert_eq!(redacted("", &prompt("")), "");
    }

    #[test]
    fn what_a_user_wrote_is_left_out() {
        let secret = "my password is correct horse battery staple";
        for message in [
            format!("invalid input: '{secret}'"),
            format!("invalid: {}", &secret[..21]),
            format!("{}'", &secret[20..]),
        ] {
            assert!(redacted(&message, &prompt(secret)).contains("quotes"), "{message}");
        }
        assert!(redacted("bad input 'hunter2'", &prompt("hunter2")).contains("quotes"));
        assert_eq!(redacted("no such model", &prompt(secret)), "no such model");
        assert_eq!(redacted("no such model", &prompt("o")), "no such model");
    }
}
