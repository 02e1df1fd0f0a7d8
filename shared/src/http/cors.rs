//! What pages of other origins may do. Neither gateway says anything about it: every response of a
//! function says whether the page may read it, and functions respond to the preflights of browsers.

use lambda_http::http::Method;
use lambda_http::http::header::{ACCESS_CONTROL_REQUEST_METHOD, ORIGIN};

use super::{NoContent, Request, Response};
use crate::app::App;
use crate::text::Origin;

/// Methods of all routes.
const METHODS: &str = "GET,POST,PUT,PATCH,DELETE";

/// Headers that pages may read.
const EXPOSED: &str = "set-auth-token,set-auth-jwt,location,retry-after,x-retry-after,\
     www-authenticate,x-quota-messages-remaining,x-quota-tokens-remaining,\
     x-vercel-ai-ui-message-stream";
const EXPOSE_HEADERS: &str = "access-control-expose-headers";

/// How long a browser may remember a preflight: the two hours that browsers take at most.
const MAX_AGE_SECONDS: &str = "7200";

/// The origin of the page that a request comes from, if exactly one is named and it is trusted.
pub(super) struct Cors(Option<String>);

impl Cors {
    pub(super) fn of(app: &App, request: &Request) -> Self {
        let mut origins = request.0.headers().get_all(ORIGIN).iter();
        let origin = origins.next().and_then(|origin| origin.to_str().ok());
        let is_trusted = |origin: &&str| {
            Origin::of_header(origin)
                .is_some_and(|origin| app.config.clients.trusted.contains(&origin))
        };
        let origin = origin.filter(is_trusted).filter(|_| origins.next().is_none());
        Self(origin.map(str::to_owned))
    }

    /// The response to a preflight, which a browser sends before a call and without credentials. A page
    /// that is not trusted learns nothing from it, and its browser does not send the call. `None` for
    /// any other request.
    pub(super) fn preflight(&self, app: &App, request: &Request) -> Option<Response> {
        if request.0.method() != Method::OPTIONS {
            return None;
        }
        let response = Response::from(NoContent);
        let asks = request.0.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
        if self.0.is_none() || !asks {
            return Some(response);
        }
        let response = self.allow(response).header("access-control-allow-methods", METHODS);
        let headers = &app.config.clients.allowed_headers;
        let response = response.header("access-control-allow-headers", headers);
        Some(response.header("access-control-max-age", MAX_AGE_SECONDS))
    }

    /// Lets the page read a response.
    pub(super) fn expose(&self, response: Response) -> Response {
        if self.0.is_none() {
            return response;
        }
        self.allow(response.without(EXPOSE_HEADERS)).header(EXPOSE_HEADERS, EXPOSED)
    }

    fn allow(&self, response: Response) -> Response {
        let Some(origin) = &self.0 else { return response };
        response
            .header("access-control-allow-origin", origin)
            .header("access-control-allow-credentials", "true")
    }
}
