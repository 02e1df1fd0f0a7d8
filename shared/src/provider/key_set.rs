use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jsonwebtoken::Header;

use super::ProviderError;
use super::client::Client;
use super::keys::{Key, Keys};
use super::remembered::Remembered;
use crate::clock::Timestamp;
use crate::text::ServerUrl;

/// Anybody can send a token that names an unknown key. The provider is asked for it once in this time.
const PAUSE: Duration = Duration::from_mins(1);

/// The keys of a provider, which it may change at any time.
#[derive(Debug)]
pub(super) struct KeySet {
    keys: Remembered<Keys>,
    asked: Mutex<Option<Timestamp>>,
}

impl KeySet {
    /// No keys yet.
    pub(super) fn new() -> Self {
        Self { keys: Remembered::nothing(), asked: Mutex::new(None) }
    }

    /// The key that a token of this header must have been signed with.
    pub(super) async fn find(
        &self,
        header: &Header,
        client: &Client,
        url: &ServerUrl,
        now: Timestamp,
    ) -> Result<Key, ProviderError> {
        let kid = header.kid.as_deref();
        let known = self.keys.get(now);
        let known = known.filter(|keys| !keys.named(kid).is_empty() || !self.may_ask(now));
        let keys = match known {
            Some(keys) => keys,
            None => self.ask(client, url, now).await?,
        };
        let mut named = keys.named(kid);
        if named.is_empty() {
            return Err(ProviderError::InvalidIdToken("its key is unknown"));
        }
        named.retain(|key| key.algorithm == header.alg);
        match named[..] {
            [key] => Ok(key.clone()),
            [] => Err(ProviderError::InvalidIdToken("its algorithm is not that of its key")),
            _ => Err(ProviderError::InvalidIdToken("it does not say which key has signed it")),
        }
    }

    async fn ask(
        &self,
        client: &Client,
        url: &ServerUrl,
        now: Timestamp,
    ) -> Result<Arc<Keys>, ProviderError> {
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
        let set = client.get(url.as_str(), None).await?.accepted()?;
        Ok(self.keys.set(now, Keys::read(&set)?))
    }

    fn may_ask(&self, now: Timestamp) -> bool {
        let asked = *self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.is_none_or(|asked| asked.until(now) >= PAUSE)
    }
}
