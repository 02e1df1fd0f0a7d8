//! The gateways' events, and what the gateways themselves add to a request.

use lambda_http::RequestExt;
use lambda_http::aws_lambda_events::apigw::ApiGatewayV2httpRequest;
use lambda_http::request::{LambdaRequest, RequestContext};
use lambda_runtime::LambdaEvent;

use super::Request;

/// What the gateway knows about a request. No header can change it.
#[derive(Debug, Default)]
pub(super) struct GatewayContext<'a> {
    /// The id that the gateway gave to the request.
    pub(super) id: Option<&'a str>,
    /// The host that the client called.
    pub(super) host: Option<&'a str>,
    /// The client's IP address.
    pub(super) source_ip: Option<&'a str>,
}

impl Request {
    /// What the gateway knows about this request.
    pub(super) fn gateway_context(&self) -> GatewayContext<'_> {
        match self.0.request_context_ref() {
            Some(RequestContext::ApiGatewayV1(context)) => GatewayContext {
                id: context.request_id.as_deref(),
                host: context.domain_name.as_deref(),
                source_ip: context.identity.source_ip.as_deref(),
            },
            Some(RequestContext::ApiGatewayV2(context)) => GatewayContext {
                id: context.request_id.as_deref(),
                host: context.domain_name.as_deref(),
                source_ip: context.http.source_ip.as_deref(),
            },
            _ => GatewayContext::default(),
        }
    }
}

/// An event of the HTTP API. It is parsed as nothing else: by default `lambda_http` would first try to
/// parse each event as one of a REST API.
pub(super) fn of_http_api(
    event: LambdaEvent<ApiGatewayV2httpRequest>,
) -> LambdaEvent<LambdaRequest> {
    let LambdaEvent { payload, context } = event;
    LambdaEvent::new(LambdaRequest::ApiGatewayV2(payload), context)
}

/// An event of the REST API, or of `cargo lambda watch`, which sends events of an HTTP API. A REST API
/// sends each header twice: once with all its values, and once with the last value only, which would
/// replace the others.
pub(super) fn of_rest_api(mut event: LambdaEvent<LambdaRequest>) -> LambdaEvent<LambdaRequest> {
    if let LambdaRequest::ApiGatewayV1(request) = &mut event.payload
        && !request.multi_value_headers.is_empty()
    {
        request.headers.clear();
    }
    event
}
