//! The tables as their export has them. Columns may have Better Auth's names or those of Drizzle's and
//! Prisma's schemas, and the values that SQLite, PostgreSQL or MySQL write: they are read one by one
//! later, so that an odd one costs a user and not the file.

use std::collections::HashMap;

use anyhow::{Result, bail};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// The users of a database, with their passwords.
#[derive(Debug)]
pub struct Database {
    /// The rows of the users.
    pub users: Vec<UserRow>,
    /// The password hash of each user who has one, by the user's id.
    pub(super) hashes: HashMap<String, String>,
}

/// A row of the table `user`. Other columns are ignored.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct UserRow {
    pub(super) id: Value,
    pub(super) name: Value,
    pub(super) email: Value,
    #[serde(rename = "emailVerified", alias = "email_verified")]
    pub(super) email_verified: Value,
    pub(super) image: Value,
    #[serde(rename = "createdAt", alias = "created_at")]
    pub(super) created_at: Value,
    #[serde(rename = "updatedAt", alias = "updated_at")]
    pub(super) updated_at: Value,
    #[serde(alias = "softwareLevel")]
    pub(super) software_level: Value,
    #[serde(alias = "hardwareBackground")]
    pub(super) hardware_background: Value,
    /// Of the admin plugin.
    pub(super) banned: Value,
    /// Of the two-factor plugin.
    #[serde(rename = "twoFactorEnabled", alias = "two_factor_enabled")]
    pub(super) two_factor_enabled: Value,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct AccountRow {
    #[serde(rename = "providerId", alias = "provider_id")]
    provider_id: Value,
    #[serde(rename = "userId", alias = "user_id")]
    user_id: Value,
    password: Value,
}

#[derive(Deserialize)]
struct Tables {
    #[serde(default, alias = "users", deserialize_with = "rows")]
    user: Option<Vec<UserRow>>,
    #[serde(default, alias = "accounts", deserialize_with = "rows")]
    account: Option<Vec<AccountRow>>,
}

/// The rows of a table that is there. PostgreSQL writes null for one without rows.
fn rows<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<Vec<T>>, D::Error> {
    Option::deserialize(deserializer).map(|rows: Option<Vec<T>>| Some(rows.unwrap_or_default()))
}

/// Reads an export: `{"user": […], "account": […]}`.
pub fn parse(bytes: &[u8]) -> Result<Database> {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let tables: Tables = serde_json::from_slice(text)?;
    let (Some(users), Some(accounts)) = (tables.user, tables.account) else {
        bail!("it must have the tables `user` and `account`");
    };
    let mut hashes = HashMap::new();
    for row in accounts {
        if let (Value::String(provider), Value::String(user), Value::String(hash)) =
            (row.provider_id, row.user_id, row.password)
            && provider == "credential"
        {
            // Better Auth reads the first one, too.
            hashes.entry(user).or_insert(hash);
        }
    }
    Ok(Database { users, hashes })
}
