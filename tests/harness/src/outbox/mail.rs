use anyhow::{Context as _, Result};
use serde_json::{Value, json};

/// A mail that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// What it is about, such as `reset-password`.
    pub kind: String,
    /// Who sent it, as the functions wrote it.
    pub from: String,
    /// Where it went.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// What a program shows that shows no HTML.
    pub text: String,
    /// The HTML.
    pub html: String,
    /// The first link of the text.
    pub url: Option<String>,
    /// The one-time token of that link.
    pub token: Option<String>,
    /// The one-time code: six digits that stand alone on a line.
    pub code: Option<String>,
}

impl Mail {
    /// Reads the body of SES's `SendEmail` with simple content.
    pub(super) fn read(body: &Value) -> Result<Self> {
        let text = |pointer: &str| {
            let found = body.pointer(pointer).and_then(Value::as_str);
            found.map(str::to_owned).with_context(|| format!("no text at {pointer}"))
        };
        let tags = body.get("EmailTags").and_then(Value::as_array);
        let mut types = tags.into_iter().flatten().filter(|tag| tag["Name"] == "type");
        let kind = types.next().and_then(|tag| tag["Value"].as_str()).context("no tag type")?;
        let words = text("/Content/Simple/Body/Text/Data")?;
        let url = link(&words);
        Ok(Self {
            kind: kind.to_owned(),
            from: text("/FromEmailAddress")?,
            to: text("/Destination/ToAddresses/0")?,
            subject: text("/Content/Simple/Subject/Data")?,
            html: text("/Content/Simple/Body/Html/Data")?,
            token: url.as_deref().and_then(token),
            code: words.lines().find(|line| is_code(line)).map(str::to_owned),
            text: words,
            url,
        })
    }

    /// The mail as the outbox lists it.
    pub fn as_json(&self) -> Value {
        json!({
            "type": self.kind, "to": self.to, "subject": self.subject, "text": self.text,
            "html": self.html, "url": self.url, "token": self.token, "code": self.code,
        })
    }
}

fn is_code(line: &str) -> bool {
    line.len() == 6 && line.bytes().all(|b| b.is_ascii_digit())
}

fn link(text: &str) -> Option<String> {
    let mut words = text.split_whitespace();
    let is_link = |word: &&str| word.starts_with("http://") || word.starts_with("https://");
    words.find(is_link).map(str::to_owned)
}

/// The value of `token`, or the last segment of a path that ends with it.
fn token(url: &str) -> Option<String> {
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    let of_query = query.split('&').find_map(|pair| pair.strip_prefix("token="));
    let of_path = path.split_once("/reset-password/").map(|(_, token)| token);
    of_query.or(of_path).filter(|token| !token.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_found_where_a_link_has_it() {
        for (text, found) in [
            ("a\nhttps://a.b/api/auth/reset-password/u.s?callbackURL=%2F\nb", Some("u.s")),
            ("http://a.b/api/auth/verify-email?token=u.s&callbackURL=%2F", Some("u.s")),
            ("http://a.b/api/auth/delete-user/callback?callbackURL=%2F&token=u.s", Some("u.s")),
            ("http://a.b/api/auth/verify-email?token=", None),
            ("http://a.b/api/auth/magic-link/verify?token=h.s&callbackURL=%2F", Some("h.s")),
            ("no link", None),
        ] {
            assert_eq!(link(text).as_deref().and_then(token).as_deref(), found, "{text}");
        }
    }
}
