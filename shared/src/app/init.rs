use super::App;
use crate::model::Ring;
use crate::problem::Problem;

/// What a function reads in INIT, which runs at full CPU speed. Each read opens a connection to the
/// table, since a TLS handshake during a request would take longer than the request itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Init {
    first: Option<Keys>,
    second: Option<Keys>,
}

/// What one connection reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keys {
    /// The public keys that verify session tokens.
    Verify,
    /// The key of this ring that signs.
    Sign(Ring),
}

/// One connection, and no signatures.
impl Default for Init {
    fn default() -> Self {
        Self { first: Some(Keys::Verify), second: None }
    }
}

impl Init {
    /// The function does not use the table.
    pub fn without_table() -> Self {
        Self { first: None, second: None }
    }

    /// The function sends two requests to the table at the same time.
    #[must_use]
    pub fn two_connections(self) -> Self {
        Self { second: self.second.or(Some(Keys::Verify)), ..self }
    }

    /// The function signs with this ring. Keys for session tokens verify them too; the keys of the
    /// other ring do not, and so they are read over a second connection.
    #[must_use]
    pub fn signs(self, ring: Ring) -> Self {
        match ring {
            Ring::Session => Self { first: Some(Keys::Sign(ring)), ..self },
            Ring::Token => Self { second: Some(Keys::Sign(ring)), ..self },
        }
    }

    /// Reads the keys, over both connections at once.
    pub(super) async fn read(self, app: &App) -> Result<(), Problem> {
        let (first, second) = tokio::join!(read(app, self.first), read(app, self.second));
        first.and(second)
    }
}

async fn read(app: &App, keys: Option<Keys>) -> Result<(), Problem> {
    match keys {
        None => Ok(()),
        Some(Keys::Verify) => app.session_signer.reload(app).await.map(drop),
        Some(Keys::Sign(Ring::Session)) => app.session_signer.signing(app).await.map(drop),
        Some(Keys::Sign(Ring::Token)) => app.token_signer.signing(app).await.map(drop),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_read_has_a_connection_of_its_own() {
        let keys = |init: Init| [init.first, init.second];
        let (verify, session, token) =
            (Some(Keys::Verify), Some(Keys::Sign(Ring::Session)), Some(Keys::Sign(Ring::Token)));
        assert_eq!(keys(Init::without_table()), [None, None]);
        assert_eq!(keys(Init::default()), [verify, None]);
        assert_eq!(keys(Init::default().two_connections()), [verify, verify]);
        assert_eq!(keys(Init::default().signs(Ring::Session)), [session, None]);
        assert_eq!(keys(Init::default().signs(Ring::Token)), [verify, token]);
        let both = Init::default().two_connections().signs(Ring::Session);
        assert_eq!(keys(both), [session, verify]);
        assert_eq!(keys(Init::default().signs(Ring::Token).two_connections()), [verify, token]);
    }
}
