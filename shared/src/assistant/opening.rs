//! The beginning of a reply. Models that reason put that before the reply, between tags: it is not
//! part of what they say.

use crate::text::is_blank;

/// The tags of reasoning, as models write them: DeepSeek, Qwen and others; Mistral; gpt-oss; Kimi;
/// Seed.
const TAGS: [(&str, &str); 9] = [
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<thought>", "</thought>"),
    ("<reasoning>", "</reasoning>"),
    ("<reason>", "</reason>"),
    ("[think]", "[/think]"),
    ("<|channel|>analysis<|message|>", "<|channel|>final<|message|>"),
    ("◁think▷", "◁/think▷"),
    ("<seed:think>", "</seed:think>"),
];

/// Takes reasoning out of the beginning of a reply. A tag further on is text.
#[derive(Debug, Default)]
pub(super) struct Opening {
    /// Text that can't be judged yet.
    text: String,
    /// The tag that ends the reasoning we are in.
    until: Option<&'static str>,
    /// Whether there was reasoning: the white space after it is not part of the reply either.
    was_reasoning: bool,
}

impl Opening {
    /// Takes a delta. Returns the beginning of the visible reply once it is known.
    pub(super) fn take(&mut self, delta: &str) -> Option<String> {
        self.text.push_str(delta);
        loop {
            if let Some(end) = self.until {
                self.skip_reasoning(end)?;
            }
            let visible = self.visible();
            if visible.is_empty() {
                return None;
            }
            let Some((start, end)) = TAGS.iter().find(|(tag, _)| starts(visible, tag)) else {
                let may_become_tag = TAGS.iter().any(|(tag, _)| starts(tag, visible));
                return (!may_become_tag).then(|| self.begin());
            };
            self.text = visible.get(start.len()..).unwrap_or_default().to_owned();
            (self.until, self.was_reasoning) = (Some(*end), true);
        }
    }

    /// The reply has ended: what looked like the beginning of a tag is text.
    pub(super) fn finish(&mut self) -> Option<String> {
        let is_text = self.until.is_none() && !self.visible().is_empty();
        is_text.then(|| self.begin())
    }

    /// Number of blank characters before the reply; reasoning is not among them.
    pub(super) fn blank_characters(&self) -> usize {
        if self.until.is_some() { 0 } else { self.text.chars().count() }
    }

    fn visible(&self) -> &str {
        self.text.trim_start_matches(|c: char| is_blank(c.encode_utf8(&mut [0; 4])))
    }

    fn begin(&mut self) -> String {
        if self.was_reasoning { self.visible().to_owned() } else { std::mem::take(&mut self.text) }
    }

    /// Goes on behind the end of the reasoning; `None` if it has not come yet.
    fn skip_reasoning(&mut self, end: &str) -> Option<()> {
        // Lower case in ASCII keeps all positions.
        if let Some(at) = self.text.to_ascii_lowercase().find(end) {
            self.text.drain(..at + end.len());
            self.until = None;
            return Some(());
        }
        // The tag may be cut: only what can be its beginning is kept.
        let kept = self.text.ceil_char_boundary(self.text.len().saturating_sub(end.len()));
        self.text.drain(..kept);
        None
    }
}

fn starts(text: &str, beginning: &str) -> bool {
    text.get(..beginning.len()).is_some_and(|start| start.eq_ignore_ascii_case(beginning))
}

#[cfg(test)]
mod tests;
