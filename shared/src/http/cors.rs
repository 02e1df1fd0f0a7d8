//! What functions of the REST API allow pages of other origins
//! (docs/decisions/0010-functions-of-the-rest-api-response-preflights.md).

use lambda_http::http::Method;
use lambda_http::http::header::{ACCESS_CONTROL_REQUEST_METHOD, ORIGIN};

use super::{NoContent, Request, Response};
use crate::app::App;

/// Headers that pages may read.
const EXPOSED: &str = "retry-after,x-retry-after,www-authenticate,x-quota-messages-remaining,\
     x-quota-tokens-remaining,x-vercel-ai-ui-message-stream";

/// The origin of the page that a request comes from, if exactly one is named and it is trusted.
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

    /// The response to a preflight, which a browser sends before a call and without credentials.
    /// `None` for any other request.
    pub(super) fn preflight(&self, request: &Request) -> Option<Response> {
        if request.0.method() != Method::OPTIONS {
            return None;
        }
        let response = Response::from(NoContent);
        if self.0.is_none() || !request.0.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD) {
            return Some(response);
        }
        let response = self.allow(response).header("access-control-allow-methods", "GET,POST");
        let headers = "authorization,content-type,idempotency-key";
        let response = response.header("access-control-allow-headers", headers);
        Some(response.header("access-control-max-age", "600"))
    }

    /// Lets the page read a response.
    pub(super) fn expose(&self, response: Response) -> Response {
        let response = self.allow(response);
        if self.0.is_none() {
            return response;
        }
        response.header("access-control-expose-headers", EXPOSED)
    }

    fn allow(&self, response: Response) -> Response {
        let Some(origin) = &self.0 else { return response };
        response
            .header("access-control-allow-origin", origin)
            .header("access-control-allow-credentials", "true")
    }
}
