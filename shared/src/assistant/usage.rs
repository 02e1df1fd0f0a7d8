use super::{Prompt, Usage};

/// A rough figure for English; other languages take more tokens.
const CHARACTERS_A_TOKEN: usize = 4;

impl Usage {
    /// A guess from the number of characters that were sent and received.
    pub fn estimate(prompt: &Prompt, reply_characters: usize) -> Self {
        let messages = prompt.messages.iter().map(|message| message.content.chars().count());
        let sent = messages.sum::<usize>() + prompt.system.chars().count();
        Self {
            input_tokens: tokens(sent),
            output_tokens: tokens(reply_characters),
            estimated: true,
        }
    }
}

fn tokens(characters: usize) -> u64 {
    u64::try_from(characters.div_ceil(CHARACTERS_A_TOKEN)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assistant::PromptMessage;
    use crate::model::Role;

    #[test]
    fn an_estimate_counts_characters_and_says_so() {
        let message = PromptMessage { role: Role::User, content: "ééé".to_owned() };
        let prompt =
            Prompt { system: "sys".to_owned(), messages: vec![message], max_characters: 100 };
        let usage = Usage::estimate(&prompt, 8);
        assert_eq!(usage, Usage { input_tokens: 2, output_tokens: 2, estimated: true });
    }
}
