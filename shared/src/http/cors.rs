//! What functions of the REST API say to pages of other origins
//! (docs/decisions/0010-functions-of-the-rest-api-answer-preflights.md).

use lambda_http::http::Method;
use lambda_http::http::header::{ACCESS_CONTROL_REQUEST_METHOD, ORIGIN};

use super::{NoContent, Request, Response};
use crate::app::App;

/// Headers that pages may read.
const EXPOSED: &str = "retry-after,x-retry-after,www-authenticate,x-quota-messages-remaining,\
     x-quota-tokens-remaining,x-vercel-ai-ui-message-stream";

/// The page that a request comes from, if it is one that may call: exactly one that is trusted.
pub(super) struct Cors(Option<String>);

impl Cors {
    pub(super) fn of(app: &App, request: &Request) -> Self {
        let mut origins = request.0.headers().get_all(ORIGIN).iter();
        let trusted = &app.config.trusted_origins;
        let origin = origins
            .next()
            .and_then(|origin| origin.to_str().ok())
            .filter(|origin| trusted.iter().any(|trusted| trusted.as_str() == *origin));
        Self(origin.filter(|_| origins.next().is_none()).map(str::to_owned))
    }

    /// The answer to a browser's question before a call, which carries no sign-in; `None` for any
    /// other request.
    pub(super) fn preflight(&self, request: &Request) -> Option<Response> {
        if request.0.method() != Method::OPTIONS {
            return None;
        }
        let answer = Response::from(NoContent);
        if self.0.is_none() || !request.0.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD) {
            return Some(answer);
        }
        let answer = self.allow(answer).header("access-control-allow-methods", "GET,POST");
        let headers = "authorization,content-type,idempotency-key";
        let answer = answer.header("access-control-allow-headers", headers);
        Some(answer.header("access-control-max-age", "600"))
    }

    /// Lets the page read an answer.
    pub(super) fn expose(&self, answer: Response) -> Response {
        let answer = self.allow(answer);
        if self.0.is_none() {
            return answer;
        }
        answer.header("access-control-expose-headers", EXPOSED)
    }

    fn allow(&self, answer: Response) -> Response {
        let Some(origin) = &self.0 else { return answer };
        answer
            .header("access-control-allow-origin", origin)
            .header("access-control-allow-credentials", "true")
    }
}
