//! The message of a chat request. Its text counts, of everything else only how much of it there was.

use shared::http::{IgnoredParts, Result};
use shared::placement::{Listed, NewMessage, TextHash};
use shared::problem::Problem;

use super::raw::Raw;

/// Text parts are joined as paragraphs, as assistant-ui does when it shows them in one.
const BETWEEN_PARTS: &str = "\n\n";
/// Maximum messages at the end of a list that are looked at: the last one of the user, and those that show
/// where it belongs.
const MAX_LOOKED_AT: usize = 64;

/// A message of the user, as it came.
pub struct UserMessage<'a> {
    /// Where it is in the body; a JSON pointer.
    pointer: String,
    id: Option<Raw<'a>>,
    parts: Option<Raw<'a>>,
    /// Where the text is in the formats of OpenAI and of version 4 of the AI SDK.
    content: Option<Raw<'a>>,
}

impl<'a> UserMessage<'a> {
    /// The field `message`, if it is an object.
    pub fn alone(raw: Raw<'a>) -> Result<Self> {
        let pointer = "/message".to_owned();
        let [role] = raw.fields(["role"])?;
        match role.map(Raw::text) {
            Some(Some(role)) if role == "user" => Self::new(raw, pointer),
            Some(_) => Err(invalid(pointer + "/role", "must be \"user\"")),
            None => Err(invalid(pointer + "/role", "is required")),
        }
    }

    /// The user's last message of the field `messages`, and what is before it, newest first.
    pub fn last(messages: Raw<'a>) -> Result<(Option<Self>, Vec<Listed>)> {
        if !messages.is_list() {
            return Err(invalid("/messages".to_owned(), "must be a list"));
        }
        let mut newest_first = messages.last(MAX_LOOKED_AT)?.into_iter().rev();
        for (index, raw) in newest_first.by_ref() {
            if role_of(raw)?.as_deref() == Some("user") {
                let last = Self::new(raw, format!("/messages/{index}"))?;
                return Ok((Some(last), newest_first.filter_map(|(_, raw)| listed(raw)).collect()));
            }
        }
        Ok((None, Vec::new()))
    }

    fn new(raw: Raw<'a>, pointer: String) -> Result<Self> {
        let [id, parts, content] = raw.fields(["id", "parts", "content"])?;
        Ok(Self { pointer, id, parts, content })
    }

    /// The message as a question, and what was left out of it.
    pub fn read(self) -> Result<(NewMessage, IgnoredParts)> {
        let mut ignored = IgnoredParts::default();
        let mut text = match self.parts {
            Some(parts) => self.text_of(parts, "/parts", &mut ignored)?,
            None if self.content.is_none() => {
                return Err(self.invalid("/parts", "is required"));
            }
            None => String::new(),
        };
        let mut at = "/parts";
        if let Some(content) = self.content.filter(|_| text.is_empty()) {
            at = if self.parts.is_some() { at } else { "/content" };
            text = match content.text() {
                Some(text) => text,
                None => self.text_of(content, "/content", &mut ignored)?,
            };
        }
        if text.trim().is_empty() && !ignored.is_empty() {
            let rule = format!("has no text, and what is not text is not kept ({ignored})");
            return Err(self.invalid(at, &rule));
        }
        let text = text.try_into().map_err(|error| self.invalid(at, &format!("{error}")))?;
        let client_id = match self.id {
            None => None,
            Some(id) => {
                let id = id.text().ok_or_else(|| self.invalid("/id", "must be text"))?;
                let id = Some(id).filter(|id| !id.is_empty()).map(TryInto::try_into).transpose();
                id.map_err(|error| self.invalid("/id", &format!("{error}")))?
            }
        };
        Ok((NewMessage { text, client_id }, ignored))
    }

    /// The text parts of a list of parts. Others are counted.
    fn text_of(&self, parts: Raw<'_>, at: &str, ignored: &mut IgnoredParts) -> Result<String> {
        if !parts.is_list() {
            return Err(self.invalid(at, "must be a list of parts"));
        }
        let mut text = String::new();
        let mut twice = None;
        parts.each(|_, part| match read_part(part) {
            Ok(Part::Text(more)) if more.is_empty() => {}
            Ok(Part::Text(more)) => {
                if !text.is_empty() {
                    text.push_str(BETWEEN_PARTS);
                }
                text.push_str(&more);
            }
            Ok(Part::Other(kind)) => ignored.count(&kind),
            Err(problem) => twice = Some(problem),
        })?;
        twice.map_or(Ok(text), Err)
    }

    fn invalid(&self, field: &str, rule: &str) -> Problem {
        invalid(format!("{}{field}", self.pointer), rule)
    }
}

enum Part {
    Text(String),
    /// The type of a part that is no text.
    Other(String),
}

fn read_part(part: Raw<'_>) -> Result<Part> {
    if !part.is_object() {
        return Ok(Part::Other("unknown".to_owned()));
    }
    let [kind, text] = part.fields(["type", "text"])?;
    let kind = kind.and_then(Raw::text);
    Ok(match (kind, text.and_then(Raw::text)) {
        (Some(kind), Some(text)) if kind == "text" => Part::Text(text),
        (Some(kind), _) if kind != "text" => Part::Other(kind),
        _ => Part::Other("unknown".to_owned()),
    })
}

fn role_of(raw: Raw<'_>) -> Result<Option<String>> {
    if !raw.is_object() {
        return Ok(None);
    }
    let [role] = raw.fields(["role"])?;
    Ok(role.and_then(Raw::text))
}

/// An earlier message, by which the place of the last one is found. One that can't be read does not count:
/// it must not make the request fail.
fn listed(raw: Raw<'_>) -> Option<Listed> {
    let role = role_of(raw).ok().flatten()?;
    let message = UserMessage::new(raw, String::new()).ok()?;
    let id = message.id.and_then(Raw::text)?;
    match role.as_str() {
        "assistant" => Some(Listed { id, question: None }),
        "user" => {
            let (question, _) = message.read().ok()?;
            Some(Listed { id, question: Some(TextHash::of(question.text.as_str())) })
        }
        _ => None,
    }
}

fn invalid(pointer: String, rule: &str) -> Problem {
    Problem::InvalidField { pointer, detail: rule.to_owned() }
}
