//! What a function holds from INIT on, and the operations that several routes share.

mod keys;
mod sign_in;
mod sign_up;

use std::sync::Arc;
use std::time::Duration;

use keys::Keys;

use crate::auth::{SessionToken, SignedIn};
use crate::clock::Clock;
use crate::config::{Config, ConfigError};
use crate::model::Session;
use crate::problem::Problem;
use crate::store::Store;

pub use sign_in::{SignIn, SignedInUser};
pub use sign_up::SignUp;

/// Lambda ends an INIT of more than ten seconds and begins it anew.
const WARM_LIMIT: Duration = Duration::from_secs(5);

/// How many requests of the table a function has under way at once, at the most: it opens as many
/// connections in INIT, since a TLS handshake in a call would take longer than the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connections {
    /// It does not use the table.
    None,
    /// One request after the other.
    One,
    /// A query beside the read of the session, or a read beside a write.
    Two,
}

/// A function's state: made once, shared by all its requests.
#[derive(Debug)]
pub struct App {
    /// The environment.
    pub config: Config,
    /// The table.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    keys: Keys,
}

impl App {
    /// Reads the environment; connects to nothing yet.
    pub fn from_env() -> Result<Self, ConfigError> {
        Ok(Self::new(Config::from_env()?, Clock::System))
    }

    /// An app of this configuration and clock.
    pub fn new(config: Config, clock: Clock) -> Self {
        let store = Store::new(&config.table, clock.clone());
        Self { config, store, clock, keys: Keys::default() }
    }

    /// Reads the signing keys in INIT, where the CPU is free, which opens the connections to the
    /// table as well. A failure is no reason not to start: the first request tries again.
    pub async fn warm(&self, connections: Connections) {
        if !self.config.init_read {
            return;
        }
        match tokio::time::timeout(WARM_LIMIT, self.connect(connections)).await {
            Ok(Ok(())) => {}
            Ok(Err(problem)) => {
                tracing::warn!(
                    cause = problem.causes(),
                    "the signing keys could not be read in INIT"
                );
            }
            Err(_) => tracing::warn!("the table did not answer in INIT"),
        }
    }

    async fn connect(&self, connections: Connections) -> Result<(), Problem> {
        match connections {
            Connections::None => Ok(()),
            Connections::One => self.read_keys().await,
            Connections::Two => {
                let (keys, second) = tokio::join!(self.read_keys(), self.keys.reload(&self.store));
                keys.and(second.map(drop))
            }
        }
    }

    async fn read_keys(&self) -> Result<(), Problem> {
        if self.config.secrets.is_empty() {
            self.keys.reload(&self.store).await.map(drop)
        } else {
            self.keys.signing(self).await.map(drop)
        }
    }

    /// The proof that a token is valid. Whether its session still holds, the store checks with
    /// every access.
    pub async fn verify(&self, token: &SessionToken) -> Result<SignedIn, Problem> {
        self.keys.verify(self, token).await
    }

    /// The token of a session.
    pub(crate) async fn mint(&self, session: &Session) -> Result<SessionToken, Problem> {
        let key: Arc<_> = self.keys.signing(self).await?;
        SessionToken::mint(session, &self.config.issuer, &key).map_err(Problem::internal)
    }
}
