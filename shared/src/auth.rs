//! Passwords, signing keys and tokens. Nothing here reads or writes the table.

mod better_auth_hash;
mod code;
mod key_ring;
mod one_time_token;
mod password;
mod sealing;
mod signatures;
mod signing_key;
mod token;
mod user_token;
mod verified_tokens;

pub use code::{Code, InvalidCode};
pub use key_ring::{KeyRing, LEAD};
pub use one_time_token::{InvalidLinkToken, LinkToken, OneTimeToken, SignInToken};
pub use password::{PasswordHash, Verdict};
pub use sealing::{open_tokens, seal_tokens};
pub(crate) use signatures::install as use_ring;
pub use signing_key::{AuthSecret, InvalidSecret, SealError, SigningKey};
pub use token::{Issuer, SessionToken, SignedIn, TokenError, newest_of_one_user};
pub use user_token::UserToken;
pub use verified_tokens::VerifiedTokens;
