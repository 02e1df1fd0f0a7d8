use http_body_util::Either;
use lambda_http::Body;
use lambda_runtime::Error;
use serde::Serialize;

use super::ui_messages::UiMessages;
use super::{IgnoredParts, Json, NoContent, Response};
use crate::app::chat::Reply;
use crate::problem::Problem;

/// A response of a function of the REST API: a stream of events, or a whole body.
#[derive(Debug)]
pub struct Streamed {
    pub(super) head: Response,
    pub(super) events: Option<UiMessages>,
}

impl Streamed {
    /// A reply as a UI message stream of the AI SDK. If the reply to a new question fails before its
    /// first words, the response is a problem.
    pub async fn ui_messages(reply: Reply, ignored: &IgnoredParts) -> Result<Self, Problem> {
        let left = reply.quota_remaining;
        let events = UiMessages::begin(reply, ignored).await?;
        Ok(Self { head: Response::ui_messages().quota_left(left), events: Some(events) })
    }

    pub(super) fn into_response(
        self,
    ) -> Result<lambda_http::Response<Either<Body, UiMessages>>, Error> {
        let response = self.head.into_response()?;
        Ok(response.map(|body| self.events.map_or(Either::Left(body), Either::Right)))
    }
}

impl From<Response> for Streamed {
    fn from(head: Response) -> Self {
        Self { head, events: None }
    }
}

impl<T: Serialize> From<Json<T>> for Streamed {
    fn from(json: Json<T>) -> Self {
        Response::from(json).into()
    }
}

impl From<NoContent> for Streamed {
    fn from(none: NoContent) -> Self {
        Response::from(none).into()
    }
}
