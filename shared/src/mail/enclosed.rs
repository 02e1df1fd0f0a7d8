use crate::auth::{Code, LinkToken, SignInToken};

/// What lets the reader of a mail act.
#[derive(Debug, Clone)]
pub enum Enclosed {
    /// The mail only tells something.
    Nothing,
    /// A link for a user.
    Link(LinkToken),
    /// A link that signs in.
    MagicLink(SignInToken),
    /// A code.
    Code(Code),
}
