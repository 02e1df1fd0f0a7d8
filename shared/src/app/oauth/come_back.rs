use super::refusal::{Refusal, Refused};
use super::{SignedInByProvider, Visitor};
use crate::app::{App, NewSession};
use crate::id::StateId;
use crate::log;
use crate::model::{Client, NextPages, OAuthState};
use crate::problem::Problem;
use crate::provider::{Provider, ProviderError, Providers, SignedInAt, Verifier};
use crate::text::ProviderId;

/// The page that follows where the request named none.
const HOME: &str = "/";
/// Maximum characters of a provider's own code, and of its description.
const MAX_CODE: usize = 64;
const MAX_DESCRIPTION: usize = 500;

/// What a browser brings back from a provider (RFC 6749, section 4.1.2).
#[derive(Debug)]
pub struct ComingBack {
    /// The provider whose callback it is; `None` if there can't be such a provider.
    pub provider: Option<ProviderId>,
    /// `state` of the query.
    pub state: Option<String>,
    /// The states of the browser's cookies.
    pub cookies: Vec<String>,
    /// `code` of the query.
    pub code: Option<String>,
    /// `iss` of the query (RFC 9207).
    pub iss: Option<String>,
    /// `error` of the query.
    pub error: Option<String>,
    /// `error_description` of the query.
    pub error_description: Option<String>,
    /// Where the request came from.
    pub client: Client,
}

/// What comes of it, and the page that follows.
#[derive(Debug)]
pub enum CameBack {
    /// A session has begun.
    SignedIn(Box<NewSession>, String),
    /// The account is linked to the user who asked for it.
    Linked(String),
    /// Nobody signs in, and nothing is linked.
    Refused {
        /// The page that shows an error, if the request named one.
        page: Option<String>,
        /// The `error` of the page.
        code: String,
        /// The provider's own words about it.
        description: Option<String>,
        /// Whether the state can't be used any more.
        is_state_used: bool,
    },
}

impl App {
    /// Ends what [`App::begin_oauth`] began. The state is used up before the provider is asked, so
    /// that of several requests with it one goes on. Two round trips, those to the provider, and those of
    /// [`App::sign_in_by_provider`] or [`App::link_by_provider`]. A problem of the table is a problem here,
    /// too; everything else has a page.
    pub async fn come_back(
        &self,
        providers: &Providers,
        coming: ComingBack,
    ) -> Result<CameBack, Problem> {
        let Some(state) = &coming.state else {
            return Ok(refused(None, Refusal::StateNotFound, false));
        };
        // Without the cookie, somebody else's browser began it (RFC 6749, section 10.12). That browser may
        // still come back.
        let state =
            StateId::try_from(state.clone()).ok().filter(|_| coming.cookies.contains(state));
        let Some(state) = state else {
            return Ok(refused(None, Refusal::StateMismatch, false));
        };
        let begun = self.store.oauth().take_up(&state).await?;
        let Some(begun) = begun else {
            return Ok(refused(None, Refusal::StateMismatch, true));
        };
        let error_page = begun.pages.error_callback_url.clone();
        if let Some(error) = coming.error.as_deref().filter(|_| is_of(&begun, &coming)) {
            return Ok(CameBack::Refused {
                page: error_page,
                code: own_code(error),
                description: coming.error_description.map(|text| cut(&text)),
                is_state_used: true,
            });
        }
        match Box::pin(self.complete(providers, begun, coming)).await {
            Ok(came_back) => Ok(came_back),
            Err(Refused::Because(refusal)) => Ok(refused(error_page, refusal, true)),
            Err(Refused::Problem(problem)) if problem.status() < 500 => Ok(CameBack::Refused {
                page: error_page,
                code: problem.code().to_ascii_lowercase(),
                description: None,
                is_state_used: true,
            }),
            Err(Refused::Problem(problem)) => Err(problem),
        }
    }

    async fn complete(
        &self,
        providers: &Providers,
        begun: OAuthState,
        coming: ComingBack,
    ) -> Result<CameBack, Refused> {
        if !is_of(&begun, &coming) {
            return Err(Refusal::StateMismatch.into());
        }
        let code = coming.code.as_deref().ok_or(Refusal::NoCode)?;
        let provider = providers.get(&begun.provider).ok_or(Refusal::ProviderNotFound)?;
        let is_of_issuer = provider.may_have_sent(coming.iss.as_deref()).await;
        if !is_of_issuer.map_err(|error| failed(provider, &error))? {
            return Err(Refusal::IssuerMismatch.into());
        }
        let verifier: Verifier = begun.verifier.parse().map_err(Problem::internal)?;
        let redeemed = provider.redeem(code, &verifier, &begun.redirect_uri, &begun.nonce).await;
        let SignedInAt { user, tokens } = redeemed.map_err(|error| failed(provider, &error))?;
        let visitor = Visitor { provider, user, tokens, client: coming.client };
        if let Some(link) = &begun.link_to {
            self.link_by_provider(&visitor, link).await?;
            return Ok(CameBack::Linked(page(&begun.pages, false)));
        }
        let SignedInByProvider { new, is_new } = self.sign_in_by_provider(&visitor).await?;
        Ok(CameBack::SignedIn(Box::new(new), page(&begun.pages, is_new)))
    }
}

/// The page that follows.
fn page(pages: &NextPages, is_new: bool) -> String {
    pages.after_sign_in(is_new).unwrap_or(HOME).to_owned()
}

/// Whether the answer is for the provider that the browser was sent to.
fn is_of(begun: &OAuthState, coming: &ComingBack) -> bool {
    coming.provider.as_ref() == Some(&begun.provider)
}

/// Logs why a provider signed nobody in, since the page that follows does not tell.
fn failed(provider: &Provider, error: &ProviderError) -> Refusal {
    let (cause, provider) = (error.to_string(), provider.id().to_string());
    tracing::warn!(cause, provider, "a provider signed nobody in");
    Refusal::from(error)
}

fn refused(page: Option<String>, refusal: Refusal, is_state_used: bool) -> CameBack {
    log::note("code", refusal.code());
    CameBack::Refused { page, code: refusal.code().to_owned(), description: None, is_state_used }
}

/// A provider's own code, if it is one (RFC 6749, section 4.1.2.1); it becomes a part of a URL.
fn own_code(error: &str) -> String {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"_-.".contains(&b);
    let is_code = (1..=MAX_CODE).contains(&error.len()) && error.bytes().all(allowed);
    if is_code { error.to_owned() } else { "unknown_error".to_owned() }
}

fn cut(description: &str) -> String {
    description.chars().take(MAX_DESCRIPTION).collect()
}
