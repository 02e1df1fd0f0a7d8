use serde_json::Value;

use super::ProviderError;
use crate::text::{Email, Image, Name};

/// Maximum bytes of a subject (OpenID Connect Core 1.0, section 2).
const MAX_SUBJECT: usize = 255;

/// A user as a provider knows them. What breaks a rule of our types is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalUser {
    /// The id there, which never changes; 1 to 255 bytes.
    pub subject: String,
    /// The address.
    pub email: Option<Email>,
    /// Whether the provider says that the address is the user's own; false without an address.
    pub email_verified: bool,
    /// The name; empty if there is none.
    pub name: Name,
    /// The address of a picture, on https.
    pub image: Option<Image>,
}

impl ExternalUser {
    /// The user of an ID token or of the endpoint `userinfo` (section 5.1).
    pub(super) fn of_claims(claims: &Value) -> Result<Self, ProviderError> {
        let text = |name| claims.get(name).and_then(Value::as_str);
        let subject = text("sub").ok_or(ProviderError::InvalidUser("there is no subject"))?;
        let email = text("email").and_then(email);
        // Some providers send a text.
        let says_verified = match claims.get("email_verified") {
            Some(Value::Bool(verified)) => *verified,
            Some(Value::String(verified)) => verified == "true",
            _ => false,
        };
        Ok(Self {
            subject: valid_subject(subject.to_owned())?,
            email_verified: says_verified && email.is_some(),
            email,
            name: first_name([text("name"), text("preferred_username"), text("nickname")]),
            image: text("picture").and_then(image),
        })
    }
}

/// A subject, if it is one.
pub(super) fn valid_subject(subject: String) -> Result<String, ProviderError> {
    let fits = (1..=MAX_SUBJECT).contains(&subject.len()) && !subject.contains(char::is_control);
    if fits { Ok(subject) } else { Err(ProviderError::InvalidUser("the subject is not valid")) }
}

/// An address, if it is one that we take.
pub(super) fn email(text: &str) -> Option<Email> {
    Email::try_from(text.to_owned()).ok()
}

/// The first of these that can be a name.
pub(super) fn first_name<const N: usize>(texts: [Option<&str>; N]) -> Name {
    let mut texts = texts.into_iter().flatten().map(str::trim).filter(|text| !text.is_empty());
    texts.find_map(|text| Name::try_from(text.to_owned()).ok()).unwrap_or_default()
}

/// The address of a picture, if it is one that a page may show.
pub(super) fn image(text: &str) -> Option<Image> {
    text.starts_with("https://").then(|| Image::try_from(text.to_owned()).ok())?
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn user(claims: &Value) -> ExternalUser {
        ExternalUser::of_claims(claims).unwrap()
    }

    #[test]
    fn what_is_not_valid_is_left_out() {
        let ada = user(&json!({
            "sub": "1", "email": "Ada@Example.com", "email_verified": true, "name": " Ada ",
            "picture": "https://example.com/ada.png",
        }));
        assert_eq!(ada.email.as_ref().map(Email::as_str), Some("ada@example.com"));
        assert!(ada.email_verified);
        assert_eq!((ada.name.as_str(), ada.image.is_some()), ("Ada", true));
        let odd = user(&json!({
            "sub": "1", "email": "no address", "email_verified": true, "name": "a\nb",
            "preferred_username": "ada", "picture": "javascript:alert(1)",
        }));
        assert_eq!((odd.email, odd.email_verified, odd.image), (None, false, None));
        assert_eq!(odd.name.as_str(), "ada");
    }

    #[test]
    fn an_address_is_verified_only_if_the_provider_says_so() {
        let is_verified = |says: Value| {
            user(&json!({ "sub": "1", "email": "a@b.de", "email_verified": says })).email_verified
        };
        assert!(is_verified(json!(true)) && is_verified(json!("true")));
        for says in [json!(false), json!("false"), json!("yes"), json!(1), json!(null), json!({})] {
            assert!(!is_verified(says.clone()), "{says}");
        }
    }

    #[test]
    fn a_subject_is_needed() {
        for claims in [json!({}), json!({"sub": ""}), json!({"sub": 1}), json!({"sub": "a\0"})] {
            assert!(ExternalUser::of_claims(&claims).is_err(), "{claims}");
        }
        assert!(ExternalUser::of_claims(&json!({"sub": "é".repeat(128)})).is_err());
        assert_eq!(user(&json!({"sub": "x".repeat(255)})).name.as_str(), "");
    }

    proptest! {
        #[test]
        fn any_claims_give_a_user_of_our_types_or_none(
            sub in any::<String>(), email in any::<String>(), name in any::<String>(),
        ) {
            let claims = json!({ "sub": sub, "email": email, "name": name, "email_verified": true });
            if let Ok(user) = ExternalUser::of_claims(&claims) {
                prop_assert_eq!(user.subject, sub);
                prop_assert_eq!(user.email_verified, user.email.is_some());
            }
        }
    }
}
