//! The gateways' events, and what the gateways themselves say in them.

use lambda_http::RequestExt;
use lambda_http::aws_lambda_events::apigw::ApiGatewayV2httpRequest;
use lambda_http::request::{LambdaRequest, RequestContext};
use lambda_runtime::LambdaEvent;

use super::Request;

/// What a gateway says of a request, whatever its headers say.
#[derive(Debug, Default)]
pub(super) struct Said<'a> {
    /// The gateway's id of the request.
    pub(super) id: Option<&'a str>,
    /// The host that was called.
    pub(super) host: Option<&'a str>,
    /// The address that called.
    pub(super) source_ip: Option<&'a str>,
}

impl Request {
    /// What the gateway says of this request.
    pub(super) fn said(&self) -> Said<'_> {
        match self.0.request_context_ref() {
            Some(RequestContext::ApiGatewayV1(context)) => Said {
                id: context.request_id.as_deref(),
                host: context.domain_name.as_deref(),
                source_ip: context.identity.source_ip.as_deref(),
            },
            Some(RequestContext::ApiGatewayV2(context)) => Said {
                id: context.request_id.as_deref(),
                host: context.domain_name.as_deref(),
                source_ip: context.http.source_ip.as_deref(),
            },
            _ => Said::default(),
        }
    }
}

/// An event of the HTTP API. It is read as nothing else: `lambda_http` by itself would read each
/// event as one of a REST API first.
pub(super) fn of_http_api(
    event: LambdaEvent<ApiGatewayV2httpRequest>,
) -> LambdaEvent<LambdaRequest> {
    let LambdaEvent { payload, context } = event;
    LambdaEvent::new(LambdaRequest::ApiGatewayV2(payload), context)
}

/// An event of the REST API, or of `cargo lambda watch`, whose events are those of an HTTP API. A
/// REST API writes each header twice: with all its values, and with the last one, which would
/// replace them.
pub(super) fn of_rest_api(mut event: LambdaEvent<LambdaRequest>) -> LambdaEvent<LambdaRequest> {
    if let LambdaRequest::ApiGatewayV1(request) = &mut event.payload
        && !request.multi_value_headers.is_empty()
    {
        request.headers.clear();
    }
    event
}
