use super::object::Object;
use ring::digest::{SHA256, digest};

/// A user of the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The provider's id of the user (`sub`).
    pub subject: String,
    /// The address; none if the provider tells none.
    pub email: Option<String>,
    /// Whether the provider says that the address is verified.
    pub email_verified: bool,
    /// The name that others see; none if there is none.
    pub name: Option<String>,
}

impl Person {
    /// A person with a name and the verified address `{subject}@example.com`.
    pub fn new(subject: &str) -> Self {
        Self {
            subject: subject.to_owned(),
            email: Some(format!("{subject}@example.com")),
            email_verified: true,
            name: Some(subject.to_owned()),
        }
    }

    /// The same person with another address, which is verified.
    #[must_use]
    pub fn with_email(self, email: &str) -> Self {
        Self { email: Some(email.to_owned()), ..self }
    }

    /// The same person, whose address is not verified.
    #[must_use]
    pub fn unverified(self) -> Self {
        Self { email_verified: false, ..self }
    }

    /// The same person without an address.
    #[must_use]
    pub fn without_email(self) -> Self {
        Self { email: None, ..self }
    }

    /// The claims that these scopes allow (OpenID Connect Core, section 5.4), with `sub`.
    pub(super) fn claims(&self, scopes: &str) -> Object {
        let allows = |scope: &str| scopes.split(' ').any(|one| one == scope);
        let mut claims = Object::from([("sub", self.subject.clone().into())]);
        if allows("email")
            && let Some(email) = &self.email
        {
            claims.set("email", email.clone());
            claims.set("email_verified", self.email_verified);
        }
        if allows("profile")
            && let Some(name) = &self.name
        {
            claims.set("name", name.clone());
            claims.set("picture", format!("https://example.com/{}.png", self.login()));
        }
        claims
    }

    /// GitHub's name of the user, which is never absent: letters, digits and hyphens.
    pub(super) fn login(&self) -> String {
        let allowed = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
        self.subject.chars().map(allowed).collect()
    }

    /// GitHub's id of the user: the subject if that is a number, else one that depends on it alone.
    pub fn github_id(&self) -> u64 {
        let hash = digest(&SHA256, self.subject.as_bytes());
        let of_hash = hash.as_ref().iter().take(6).fold(0, |id, byte| id << 8 | u64::from(*byte));
        self.subject.parse().unwrap_or(of_hash)
    }
}
