//! The way to a provider and back.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::cookies::Cookies;
use super::{Request, Response, with_query};
use crate::app::{App, Begun, CameBack, ComingBack};
use crate::problem::Problem;

/// The page that shows an error where the request named none.
const ERROR_PAGE: &str = "/api/auth/error";
impl Request {
    /// What a browser brings back from a provider.
    pub fn coming_back(&self, app: &App) -> Result<ComingBack, Problem> {
        Ok(ComingBack {
            provider: self.path("provider"),
            state: self.query_text("state"),
            cookies: self.state_cookies(app)?.states(self.0.headers()),
            code: self.query_text("code"),
            iss: self.query_text("iss"),
            error: self.query_text("error"),
            error_description: self.query_text("error_description"),
            client: self.client(),
        })
    }

    /// The response to it.
    pub fn came_back(&self, app: &App, came_back: CameBack) -> Result<Response, Problem> {
        let go_to =
            |page: &str| Ok::<_, Problem>(Response::redirect(302, &self.absolute(app, page)?));
        let (response, is_state_used) = match came_back {
            CameBack::SignedIn(new, page) => (go_to(&page)?.signed_in(app, self, &new)?, true),
            CameBack::Linked(page) => (go_to(&page)?, true),
            CameBack::Refused { page, code, description, is_state_used } => {
                let page = self.absolute(app, page.as_deref().unwrap_or(ERROR_PAGE))?;
                let mut page = with_query(&page, "error", &code);
                if let Some(description) = description {
                    let encoded = utf8_percent_encode(&description, NON_ALPHANUMERIC).to_string();
                    page = with_query(&page, "error_description", &encoded);
                }
                (Response::redirect(302, &page), is_state_used)
            }
        };
        if !is_state_used {
            return Ok(response);
        }
        let (cookies, used) = (self.state_cookies(app)?, self.query_text("state"));
        let others = cookies.states(self.0.headers());
        let cookie = cookies.end_oauth(used.as_deref().unwrap_or_default(), &others);
        Ok(response.header("set-cookie", &cookie))
    }

    /// The cookie of a state is no sign of who the browser is, so a bearer token does not count against
    /// it.
    fn state_cookies(&self, app: &App) -> Result<Cookies, Problem> {
        Ok(Cookies::new(self.public_origin(app)?.is_https()))
    }
}

impl Response {
    /// Sends a browser to a provider: a client goes there by itself, unless it asks for the page only.
    pub fn to_provider(
        app: &App,
        request: &Request,
        begun: &Begun,
        is_only_told: bool,
    ) -> Result<Self, Problem> {
        let body = serde_json::json!({ "url": begun.url, "redirect": !is_only_told });
        let cookies = request.state_cookies(app)?;
        let cookie = cookies.begin_oauth(&begun.state, &cookies.states(request.0.headers()));
        let response = Self::json(200, &body).header("set-cookie", &cookie);
        Ok(if is_only_told { response } else { response.header("location", &begun.url) })
    }
}
