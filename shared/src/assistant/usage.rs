use super::{Prompt, Usage};

/// A rough figure for texts in ASCII, which are mostly English or code.
const ASCII_A_TOKEN: usize = 4;

/// The length of texts, to estimate their tokens. A provider that counts none gets no better figure:
/// a token has about four ASCII characters, and each other character counts as a token, as in Chinese.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TextLength {
    ascii: usize,
    other: usize,
}

impl TextLength {
    /// The length of a text.
    pub fn of(text: &str) -> Self {
        let mut length = Self::default();
        length.add(text);
        length
    }

    /// Adds a text.
    pub fn add(&mut self, text: &str) {
        let characters = text.chars().count();
        let ascii = text.bytes().filter(u8::is_ascii).count();
        self.ascii += ascii;
        self.other += characters - ascii;
    }

    /// The estimated tokens.
    pub fn tokens(self) -> u64 {
        let tokens = self.ascii.div_ceil(ASCII_A_TOKEN) + self.other;
        u64::try_from(tokens).unwrap_or(u64::MAX)
    }
}

impl Usage {
    /// An estimate of what was sent and received.
    pub fn estimate(prompt: &Prompt, reply: TextLength) -> Self {
        let mut sent = TextLength::of(&prompt.system);
        prompt.messages.iter().for_each(|message| sent.add(&message.content));
        Self { input_tokens: sent.tokens(), output_tokens: reply.tokens(), estimated: true }
    }

    /// What is expected before a reply comes, which may have its maximum of characters.
    pub fn expected(prompt: &Prompt) -> Self {
        Self::estimate(prompt, TextLength { ascii: prompt.max_characters, other: 0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assistant::PromptMessage;
    use crate::model::Role;

    #[test]
    fn an_estimate_says_so() {
        let message = PromptMessage { role: Role::User, content: "abcde".to_owned() };
        let prompt =
            Prompt { system: "sys".to_owned(), messages: vec![message], max_characters: 100 };
        let usage = Usage::estimate(&prompt, TextLength::of("12345678"));
        assert_eq!(usage, Usage { input_tokens: 2, output_tokens: 2, estimated: true });
        let expected = Usage { input_tokens: 2, output_tokens: 25, estimated: true };
        assert_eq!(Usage::expected(&prompt), expected);
    }

    #[test]
    fn m2_each_character_outside_ascii_is_a_token() {
        for (text, tokens) in [("", 0), ("a", 1), ("abcd", 1), ("你好吗", 3), ("é 🦀", 3)] {
            assert_eq!(TextLength::of(text).tokens(), tokens, "{text}");
        }
        let mut length = TextLength::of("你好");
        length.add("ab");
        length.add("cd");
        assert_eq!(length.tokens(), 3);
    }
}
