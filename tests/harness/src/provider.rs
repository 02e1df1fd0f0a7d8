//! Providers to sign in with, on this machine: an OpenID provider and a stand-in for GitHub, on one port. They
//! know one client, ask for no password, and do wrong what a test wants. No deployed stack has them.
//!
//! ```text
//! let provider = TestProvider::start().await?;
//! let stack = Stack::builder().provider(&provider).start().await?;
//! provider.sign_in_as(Person::new("ada"));
//! // The API's response to sign-in/social has `url`; the provider redirects to the callback.
//! let callback = provider.authorize(&url).await?;
//! provider.fail(ProviderFault::IdToken(IdTokenFault::WrongNonce), 1);
//! ```

mod authorize;
mod calls;
mod client;
mod fault;
mod github;
mod grants;
mod id_token;
mod keys;
mod object;
mod page;
mod parameters;
mod person;
mod random;
mod routes;
mod token;

pub use calls::ProviderCall;
pub(crate) use client::Client as ProviderClient;
pub use fault::{Failure, IdTokenFault, ProviderFault};
pub use keys::Algorithm;
pub use person::Person;

use crate::faults::Faults;
use crate::http::{self, Request, Server, header, lock};
use crate::tls::TlsEndpoint;
use anyhow::{Context as _, Result, ensure};
use grants::Grants;
use keys::Keys;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A running OpenID provider, and a stand-in for GitHub. Dropping it ends both.
pub struct TestProvider {
    server: Server,
    kept: Arc<Kept>,
    tls: Option<TlsEndpoint>,
}

/// What the server and its handle share.
struct Kept {
    /// The issuer. All end-points are below it.
    url: String,
    client: Arc<ProviderClient>,
    keys: Mutex<Keys>,
    grants: Grants,
    faults: Faults<ProviderFault>,
    calls: calls::Calls,
    settings: Mutex<Settings>,
}

/// What a test may change while the provider runs.
struct Settings {
    visitor: Visitor,
    lifetime: Duration,
    is_public: bool,
    is_github_app: bool,
}

/// What whoever opens the authorization page does.
#[derive(Clone)]
enum Visitor {
    IsAsked,
    Continues(Person),
    Cancels,
}

impl TestProvider {
    /// Starts it on a free port, as `http://127.0.0.1:PORT`. It shows its page until
    /// [`TestProvider::sign_in_as`] says who the visitor is.
    pub async fn start() -> Result<Self> {
        let (listener, address) = http::bind(0).await?;
        Self::serve(listener, format!("http://{address}"), None)
    }

    /// The same behind TLS, as `https://localhost:PORT`, with the authority of
    /// [`TestProvider::ca_bundle`].
    pub async fn start_https() -> Result<Self> {
        let (listener, address) = http::bind(0).await?;
        let tls = TlsEndpoint::start(address, &std::env::temp_dir()).await?;
        Self::serve(listener, tls.url(), Some(tls))
    }

    fn serve(
        listener: tokio::net::TcpListener,
        url: String,
        tls: Option<TlsEndpoint>,
    ) -> Result<Self> {
        let settings = Settings {
            visitor: Visitor::IsAsked,
            lifetime: Duration::from_hours(1),
            is_public: false,
            is_github_app: false,
        };
        let kept = Arc::new(Kept {
            url,
            client: Arc::new(ProviderClient::new()?),
            keys: Mutex::new(Keys::new()?),
            grants: Grants::default(),
            faults: Faults::default(),
            calls: calls::Calls::default(),
            settings: Mutex::new(settings),
        });
        let work = Arc::clone(&kept);
        let server = Server::start_on(listener, move |request, _: SocketAddr| {
            let work = Arc::clone(&work);
            async move { routes::handle(&work, request).await }
        })?;
        Ok(Self { server, kept, tls })
    }

    /// The issuer, without a slash at its end. It stands for `https://github.com` and
    /// `https://api.github.com`, too.
    pub fn url(&self) -> &str {
        &self.kept.url
    }

    /// The file with the certificate to trust, as PEM; none without TLS.
    pub fn ca_bundle(&self) -> Option<&Path> {
        self.tls.as_ref().map(|tls| tls.ca_bundle.as_path())
    }

    /// The id of the one client, of both providers.
    pub fn client_id(&self) -> &str {
        &self.kept.client.id
    }

    /// The client's secret, made at the start. It is empty for a public client.
    pub fn client_secret(&self) -> &str {
        let is_public = lock(&self.kept.settings).is_public;
        if is_public { "" } else { &self.kept.client.secret }
    }

    pub(crate) fn client(&self) -> Arc<ProviderClient> {
        Arc::clone(&self.kept.client)
    }

    /// From now on the client of the OpenID provider has no secret, and must send none.
    pub fn make_client_public(&self) {
        lock(&self.kept.settings).is_public = true;
    }

    /// Allows redirects to exactly this address.
    pub fn add_redirect_uri(&self, uri: &str) {
        self.kept.client.add_redirect_uri(uri);
    }

    /// From now on every visitor of the authorization page is this person and continues at once,
    /// without seeing the page.
    pub fn sign_in_as(&self, person: Person) {
        lock(&self.kept.settings).visitor = Visitor::Continues(person);
    }

    /// From now on every visitor cancels at once: the client gets `error=access_denied`.
    pub fn cancel(&self) {
        lock(&self.kept.settings).visitor = Visitor::Cancels;
    }

    /// From now on every visitor sees the page again.
    pub fn show_page(&self) {
        lock(&self.kept.settings).visitor = Visitor::IsAsked;
    }

    /// Opens an authorization URL as a browser does, and returns where the redirect leads: the
    /// client's callback with `code` and `state`, or with `error`. Fails if there is no redirect.
    pub async fn authorize(&self, url: &str) -> Result<String> {
        let path = url.strip_prefix(self.url()).context("the URL is not one of this provider")?;
        // Without TLS, if there is any: the certificate is not what is tried here.
        let inner = format!("http://{}{path}", self.server.address);
        let request = hyper::Request::get(inner).body(bytes::Bytes::new())?;
        let response = http::Client::default().send(request).await?;
        let location = response.headers().get(header::LOCATION);
        ensure!(location.is_some(), "{}: {:?}", response.status(), response.body());
        Ok(location.map(|location| location.to_str()).transpose()?.unwrap_or_default().to_owned())
    }

    /// An ID token for the client, as a native app gets it from the provider, with all claims of the
    /// person. The next fault of an ID token applies to it.
    pub fn id_token(&self, person: &Person, nonce: Option<&str>) -> Result<String> {
        token::id_token(&self.kept, person.claims("openid email profile"), nonce)
    }

    /// Publishes a new key of this algorithm, which signs from now on. The older keys stay in the key
    /// set. The first key is one of ES256.
    pub fn rotate_key(&self, algorithm: Algorithm) -> Result<()> {
        lock(&self.kept.keys).rotate(algorithm)
    }

    /// How long access tokens are said to be valid from now on (by default an hour). They stay valid.
    pub fn set_token_lifetime(&self, lifetime: Duration) {
        lock(&self.kept.settings).lifetime = lifetime;
    }

    /// From now on the stand-in for GitHub behaves to the client as to a GitHub App whose tokens
    /// expire: it gives refresh tokens, and no scopes.
    pub fn be_github_app(&self) {
        lock(&self.kept.settings).is_github_app = true;
    }

    /// Lets the next `count` calls that it concerns meet this fault.
    pub fn fail(&self, fault: ProviderFault, count: usize) {
        self.kept.faults.add(fault, count);
    }

    /// Waits until `count` faults in all were met, ten seconds at most.
    pub async fn reached(&self, count: usize) -> Result<()> {
        self.kept.faults.reached(count).await
    }

    /// Removes all faults that are to come, and responds to calls that wait.
    pub fn clear_faults(&self) {
        self.kept.faults.clear();
    }

    /// The calls of this path, such as `/token`, oldest first, without secrets.
    pub fn calls(&self, path: &str) -> Vec<ProviderCall> {
        self.kept.calls.of(path)
    }

    /// Forgets the calls up to now.
    pub fn forget_calls(&self) {
        self.kept.calls.forget();
    }
}

/// The token of an `Authorization: Bearer` header (RFC 6750, section 2.1).
fn bearer(request: &Request) -> Option<&str> {
    let value = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    value.strip_prefix("Bearer ")
}
