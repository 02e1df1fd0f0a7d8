use std::borrow::Cow;
use std::str::FromStr;

use lambda_http::http::header::{ACCEPT, CONTENT_TYPE, HeaderValue, USER_AGENT};
use lambda_http::{Body, RequestExt};
use percent_encoding::percent_decode_str;
use serde::de::DeserializeOwned;

use super::query::Query;
use super::{better_auth, body};
use crate::app::chat::Chat;
use crate::auth::LinkToken;
use crate::clock::Timestamp;
use crate::id::{ConversationId, InteractionId};
use crate::log;
use crate::model::{Client, IdempotencyKey};
use crate::problem::{OrNotFound, Problem};

/// Maximum size of a body, unless a route says otherwise; bytes.
const MAX_BODY: usize = 64 * 1024;
/// Maximum size of a body with a message's content, which JSON may write with long escapes; bytes.
const MAX_CONTENT_BODY: usize = 256 * 1024;
/// Maximum size of a body with a whole chat: what fits into an event of Lambda; bytes.
const MAX_CHAT_BODY: usize = 6 * 1024 * 1024;

/// A request as API Gateway sent it.
#[derive(Debug)]
pub struct Request(pub(super) lambda_http::Request);

impl Request {
    pub(super) fn new(request: lambda_http::Request) -> Self {
        Self(request)
    }

    /// The id that the gateway gave to this request, or `-`.
    pub(super) fn id(&self) -> String {
        self.gateway_context().id.unwrap_or("-").to_owned()
    }

    /// When Lambda will stop the function, if the event says so.
    pub(super) fn deadline(&self) -> Option<Timestamp> {
        let deadline = self.0.lambda_context_ref().map(|context| context.deadline);
        let milliseconds = i64::try_from(deadline?).ok().filter(|deadline| *deadline > 0);
        milliseconds.map(Timestamp::from_milliseconds)
    }

    /// The conversation in the path. 404, as for an unknown one, if it is not an id.
    pub fn conversation_id(&self) -> Result<ConversationId, Problem> {
        self.path("conversation_id").or_not_found(Problem::ConversationNotFound)
    }

    /// The interaction in the path. 404, as for an unknown one, if it is not an id.
    pub fn interaction_id(&self) -> Result<InteractionId, Problem> {
        let id: Option<InteractionId> = self.path("interaction_id");
        let id = id.or_not_found(Problem::InteractionNotFound)?;
        log::note("interaction_id", id.as_str());
        Ok(id)
    }

    /// The chat in the path. 404 if it is not a chat's name. A REST API does not decode it.
    pub fn chat(&self) -> Result<Chat, Problem> {
        let name = self.0.path_parameters_ref().and_then(|map| map.first("chat_id"));
        let name = percent_decode_str(name.unwrap_or_default()).decode_utf8();
        name.map_err(|_| Problem::ConversationNotFound)?.parse()
    }

    /// The token of a link in the path; `None` if it is not one.
    pub fn link_token(&self) -> Option<LinkToken> {
        self.path("token")
    }

    pub(super) fn path<T: FromStr>(&self, name: &str) -> Option<T> {
        self.0.path_parameters_ref()?.first(name)?.parse().ok()
    }

    /// A query parameter; `None` if it is absent or empty. Other parameters are ignored.
    pub fn query_text(&self, name: &str) -> Option<String> {
        let text = self.0.query_string_parameters_ref()?.first(name)?;
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// Whether a query parameter has this value. Other parameters are ignored.
    pub fn has_query(&self, name: &str, value: &str) -> bool {
        self.0.query_string_parameters_ref().and_then(|map| map.first(name)) == Some(value)
    }

    /// The query parameters. 400 for one that is not in `known`.
    pub fn query(&self, known: &[&str]) -> Result<Query, Problem> {
        let pairs = self.0.query_string_parameters_ref().into_iter().flat_map(|map| map.iter());
        Query::new(pairs, known)
    }

    /// The JSON body, at most 64 KB.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        self.require_json()?;
        body::parse(self.bytes_up_to(MAX_BODY)?)
    }

    /// The JSON body of a route that takes a title, at most 64 KB. Where a text was cut in the middle
    /// of a character, it gets U+FFFD: clients make titles by cutting.
    pub fn title_json<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        self.require_json()?;
        body::parse_cut_text(self.bytes_up_to(MAX_BODY)?)
    }

    /// The same for a route that does not require a body. Without one, the default.
    pub fn optional_title_json<T: DeserializeOwned + Default>(&self) -> Result<T, Problem> {
        if self.bytes().is_empty() { Ok(T::default()) } else { self.title_json() }
    }

    /// The JSON body of a route that takes a message's content, at most 256 KB; U+FFFD as in
    /// [`Request::title_json`].
    pub fn content_json<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        self.require_json()?;
        body::parse_cut_text(self.bytes_up_to(MAX_CONTENT_BODY)?)
    }

    /// The text of a chat's JSON body, at most 6 MB; U+FFFD as in [`Request::title_json`]. The chat
    /// reads it itself, since most of it is skipped.
    pub fn chat_text(&self) -> Result<Cow<'_, str>, Problem> {
        self.require_json()?;
        body::text(self.bytes_up_to(MAX_CHAT_BODY)?)
    }

    /// Whether the `Accept` header contains this type, by its full name.
    pub fn accepts(&self, wanted: &str) -> bool {
        let headers = self.0.headers().get_all(ACCEPT).iter();
        let types =
            headers.filter_map(|value| value.to_str().ok()).flat_map(|text| text.split(','));
        types.map(essence).any(|accepted| accepted.eq_ignore_ascii_case(wanted))
    }

    /// The JSON body of one of Better Auth's routes. No body is treated as an empty object.
    pub fn better_auth_json<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        if !self.bytes().is_empty() && !self.is_of_type("application/json") {
            return Err(Problem::UnsupportedMediaType);
        }
        better_auth::parse(self.bytes_up_to(MAX_BODY)?)
    }

    /// Whether the body comes from an HTML form.
    pub fn is_form(&self) -> bool {
        self.is_of_type("application/x-www-form-urlencoded")
    }

    /// The body of one of Better Auth's routes, as JSON or from an HTML form.
    pub fn better_auth_json_or_form<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        if self.is_form() {
            return better_auth::parse_form(self.bytes_up_to(MAX_BODY)?);
        }
        self.better_auth_json()
    }

    fn require_json(&self) -> Result<(), Problem> {
        let is_json = self.is_of_type("application/json");
        if is_json { Ok(()) } else { Err(Problem::UnsupportedMediaType) }
    }

    fn is_of_type(&self, wanted: &str) -> bool {
        let content_type = self.0.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        essence(content_type.unwrap_or_default()).eq_ignore_ascii_case(wanted)
    }

    fn bytes_up_to(&self, max: usize) -> Result<&[u8], Problem> {
        let bytes = self.bytes();
        if bytes.len() > max { Err(Problem::BodyTooLarge(max)) } else { Ok(bytes) }
    }

    /// The `Idempotency-Key`, bound to this body.
    pub fn idempotency_key(&self) -> Result<Option<IdempotencyKey>, Problem> {
        const NAME: &str = "Idempotency-Key";
        let mut headers = self.0.headers().get_all(NAME).iter();
        let Some(header) = headers.next() else { return Ok(None) };
        let text = header.to_str().unwrap_or_default();
        let text = if headers.next().is_none() { text } else { "" };
        IdempotencyKey::new(text, self.bytes())
            .map(Some)
            .map_err(|error| Problem::InvalidHeader { name: NAME, rule: error.to_string() })
    }

    /// Where the request came from. The address is the one that the gateway saw, never a header's.
    pub fn client(&self) -> Client {
        let user_agent = self.0.headers().get(USER_AGENT).map(HeaderValue::as_bytes);
        let user_agent = String::from_utf8_lossy(user_agent.unwrap_or_default());
        Client {
            ip_address: self.gateway_context().source_ip.unwrap_or_default().to_owned(),
            user_agent: user_agent.chars().take(256).collect(),
        }
    }

    fn bytes(&self) -> &[u8] {
        match self.0.body() {
            Body::Text(text) => text.as_bytes(),
            Body::Binary(bytes) => bytes,
            _ => &[],
        }
    }
}

/// A media type without its parameters.
fn essence(media_type: &str) -> &str {
    media_type.split(';').next().unwrap_or_default().trim()
}
