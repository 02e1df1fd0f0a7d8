use std::fmt;

use serde::{Deserialize, Serialize};

use super::InvalidText;

/// An e-mail address in lower case, in the syntax that Better Auth accepts: ASCII, no quotes, no
/// address literals, a top-level domain of two letters or more; at most 254 bytes (RFC 5321).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Email(String);

impl Email {
    /// The rule, as the end of a sentence that begins with the field's name.
    pub(crate) const RULE: &str = "must be an e-mail address";

    /// The address in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Email {
    type Error = InvalidText;

    fn try_from(text: String) -> Result<Self, InvalidText> {
        let address = text.to_ascii_lowercase();
        match address.split_once('@') {
            Some((local, domain))
                if address.len() <= 254 && is_local(local) && is_domain(domain) =>
            {
                Ok(Self(address))
            }
            _ => Err(InvalidText(Self::RULE)),
        }
    }
}

fn is_local(local: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"_'+-.".contains(&b);
    let dots = local.starts_with('.') || local.ends_with('.') || local.contains("..");
    !local.is_empty() && local.len() <= 64 && local.bytes().all(allowed) && !dots
}

fn is_domain(domain: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let Some((_, top)) = domain.rsplit_once('.') else { return false };
    domain.split('.').all(is_label)
        && top.len() >= 2
        && top.bytes().all(|b| b.is_ascii_alphabetic())
}

/// The address is not printed, since it is personal data.
impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(text: &str) -> Result<Email, InvalidText> {
        Email::try_from(text.to_owned())
    }

    #[test]
    fn case_is_folded() {
        assert_eq!(parse("Ada.L+x@Example.COM").unwrap().as_str(), "ada.l+x@example.com");
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let refused = [
            "",
            "@",
            "a",
            "a@localhost",
            "a@b@c.de",
            " a@b.de",
            "a@b.de ",
            "a@b.d",
            "a@b.d3",
            ".a@b.de",
            "a.@b.de",
            "a..b@c.de",
            "\"a\"@b.de",
            "a@[1.2.3.4]",
            "a@-b.de",
            "a@b-.de",
            "a@b..de",
            "ä@b.de",
            "a@ä.de",
            "a\r\n@b.de",
            "a\0@b.de",
            "a@b.de\n",
        ];
        for text in refused {
            assert!(parse(text).is_err(), "{text:?}");
        }
        assert!(parse(&format!("{}@b.de", "a".repeat(65))).is_err());
        assert!(parse(&format!("a@{}.de", "b.".repeat(126))).is_err());
    }

    proptest! {
        #[test]
        fn an_accepted_address_is_its_own_parse(text in "[A-Za-z0-9_'+.-]{1,10}@[A-Za-z0-9.-]{1,12}") {
            if let Ok(email) = parse(&text) {
                prop_assert_eq!(parse(email.as_str()), Ok(email.clone()));
                prop_assert_eq!(email.as_str(), text.to_ascii_lowercase());
            }
        }
    }
}
