//! What a row of the file means: a user who can be imported, or the reason why not.

use std::fmt;

use serde_json::Value;
use shared::auth::PasswordHash;
use shared::id::UserId;
use shared::model::Background;
use shared::store::ImportedUser;
use shared::text::{Email, Image, Name};

use super::date;
use super::file::UserRow;

/// A user who can be imported.
#[derive(Debug)]
pub struct Candidate {
    /// The user.
    pub user: ImportedUser,
    /// What the file has and the user won't have.
    pub left_out: Vec<LeftOut>,
}

/// Why a user is not imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// The id has another form than ours.
    Id,
    /// The address has a form that we don't accept.
    Address,
    /// Another user of the file has the id or the address, too.
    Twice,
    /// Another user of the table has the address.
    AddressTaken,
    /// A date is missing or is none.
    Date,
    /// Nobody knows whether the address was verified.
    Verified,
    /// The user was banned.
    Banned,
    /// The user was deleted here.
    Erased,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Id => "the id does not have 32 letters and digits, as Better Auth makes them",
            Self::Address => "the address is not one that can sign in here",
            Self::Twice => "an earlier user of the file has the same id or address",
            Self::AddressTaken => "another user of the table has the address",
            Self::Date => "createdAt or updatedAt is not a date",
            Self::Verified => "emailVerified is neither true nor false",
            Self::Banned => "the user is banned, and there are no bans here",
            Self::Erased => "the user was deleted here",
        })
    }
}

/// What the file has of a user and the user won't have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LeftOut {
    /// The file has no password either.
    NoPassword,
    /// The hash is of another kind, such as bcrypt.
    OtherHash,
    /// The name breaks our rule.
    Name,
    /// The picture breaks our rule.
    Image,
    /// One field of the background is missing or has another value than ours.
    Background,
    /// The second factor.
    SecondFactor,
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoPassword => "without a password, as in the file: a reset by mail sets one",
            Self::OtherHash => {
                "without the password, whose hash is of another kind or costs too much: a reset by \
                 mail sets one"
            }
            Self::Name => "without the name, which has more than 128 characters or controls",
            Self::Image => "without the picture, which is too long or has controls",
            Self::Background => "without the background, which is not complete or has other values",
            Self::SecondFactor => "without the second factor: the password alone signs in",
        })
    }
}

impl Candidate {
    /// Reads a row; `hash` is that of the user's password, if there is one.
    pub(super) fn of(row: &UserRow, hash: Option<String>) -> Result<Self, Reason> {
        let mut left_out = Vec::new();
        let user_id = text(&row.id).and_then(|id| UserId::try_from(id).ok()).ok_or(Reason::Id)?;
        let email = text(&row.email).and_then(|email| Email::try_from(email).ok());
        let email = email.ok_or(Reason::Address)?;
        if flag(&row.banned) != Some(false) {
            return Err(Reason::Banned);
        }
        let created_at = date::read(&row.created_at).ok_or(Reason::Date)?;
        let updated_at = match &row.updated_at {
            Value::Null => created_at,
            value => date::read(value).ok_or(Reason::Date)?,
        };
        let mut or_left_out = |is_there: bool, part: LeftOut| {
            if !is_there {
                left_out.push(part);
            }
        };
        let password_hash = match hash.map(PasswordHash::stored) {
            Some(hash) if hash.can_match() => hash,
            other => {
                let part = if other.is_some() { LeftOut::OtherHash } else { LeftOut::NoPassword };
                or_left_out(false, part);
                PasswordHash::of_nothing()
            }
        };
        let name = text(&row.name).map_or(Some(Name::default()), |name| Name::try_from(name).ok());
        or_left_out(name.is_some(), LeftOut::Name);
        let image = text(&row.image).map(Image::try_from).transpose();
        or_left_out(image.is_ok(), LeftOut::Image);
        let background = background(row);
        or_left_out(background.is_ok(), LeftOut::Background);
        or_left_out(flag(&row.two_factor_enabled) == Some(false), LeftOut::SecondFactor);
        let user = ImportedUser {
            user_id,
            email,
            email_verified: flag(&row.email_verified).ok_or(Reason::Verified)?,
            name: name.unwrap_or_default(),
            image: image.unwrap_or_default(),
            password_hash,
            background: background.unwrap_or_default(),
            created_at,
            updated_at,
        };
        Ok(Self { user, left_out })
    }
}

/// A text that is there: neither null nor empty.
fn text(value: &Value) -> Option<String> {
    value.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

/// A truth value as databases write it; null is false.
fn flag(value: &Value) -> Option<bool> {
    match value {
        Value::Null => Some(false),
        Value::Bool(flag) => Some(*flag),
        Value::Number(number) => match number.as_i64()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        },
        Value::String(text) => match text.to_ascii_lowercase().as_str() {
            "false" | "f" | "0" => Some(false),
            "true" | "t" | "1" => Some(true),
            _ => None,
        },
        _ => None,
    }
}

/// The background, `None` if the file has no field of it; an error if it is not complete or not valid.
fn background(row: &UserRow) -> Result<Option<Background>, serde_json::Error> {
    let (level, hardware) = (&row.software_level, &row.hardware_background);
    if level.is_null() && hardware.is_null() {
        return Ok(None);
    }
    Ok(Some(Background {
        software_level: serde_json::from_value(level.clone())?,
        hardware_background: serde_json::from_value(hardware.clone())?,
    }))
}
