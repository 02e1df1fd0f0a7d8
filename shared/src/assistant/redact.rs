//! What a provider said about a failure, made fit for the log.

use super::Prompt;

const MAX_CHARACTERS: usize = 300;
/// A run of this many characters that a message shares with a turn counts as quoted.
const QUOTED: usize = 20;
/// A turn shorter than this is found in any message.
const LEAST_QUOTED: usize = 4;

/// A provider's message, on one line, shortened. It is left out if it quotes the conversation:
/// what users write is not logged.
pub(super) fn told(message: &str, prompt: &Prompt) -> String {
    let message: String = one_line(message).take(MAX_CHARACTERS).collect();
    let message = message.trim();
    let turns = prompt.messages.iter().map(|turn| one_line(&turn.content).collect::<String>());
    let quotes = turns.into_iter().any(|content| quotes(message, content.trim()));
    if quotes { "(its message quotes the conversation)".to_owned() } else { message.to_owned() }
}

fn one_line(text: &str) -> impl Iterator<Item = char> {
    text.chars().map(|c| if c.is_control() { ' ' } else { c })
}

fn quotes(message: &str, content: &str) -> bool {
    let length = content.chars().count();
    if length < QUOTED {
        return length >= LEAST_QUOTED && message.contains(content);
    }
    let starts: Vec<usize> = message.char_indices().map(|(at, _)| at).collect();
    starts.iter().enumerate().any(|(number, &start)| {
        let end = starts.get(number + QUOTED).copied().unwrap_or(message.len());
        let is_long = starts.len() >= number + QUOTED;
        is_long && message.get(start..end).is_some_and(|run| content.contains(run))
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::prompt;
    use super::*;

    #[test]
    fn a_message_is_one_short_line() {
        assert_eq!(told(" no\nsuch model ", &prompt("hello")), "no such model");
        assert_eq!(told(&"é".repeat(1_000), &prompt("hello")).chars().count(), 300);
        assert_eq!(told("", &prompt("")), "");
    }

    #[test]
    fn what_a_user_wrote_is_left_out() {
        let secret = "my password is correct horse battery staple";
        for message in [
            format!("invalid input: '{secret}'"),
            format!("invalid: {}", &secret[..21]),
            format!("{}'", &secret[20..]),
        ] {
            assert!(told(&message, &prompt(secret)).contains("quotes"), "{message}");
        }
        assert!(told("bad input 'hunter2'", &prompt("hunter2")).contains("quotes"));
        assert_eq!(told("no such model", &prompt(secret)), "no such model");
        assert_eq!(told("no such model", &prompt("o")), "no such model");
    }
}
