use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use aws_smithy_runtime_api::client::connection::CaptureSmithyConnection;
use aws_smithy_runtime_api::client::http::HttpConnector;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use aws_smithy_types::retry::ErrorKind;
use bytes::Bytes;
use http_body::{Body, Frame};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::time::Instant;

use super::*;
mod tls;

const TIMEOUT: Duration = Duration::from_secs(3);
const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";

/// What the server does after each response.
#[derive(Debug, Clone, Copy)]
enum Then {
    Listen,
    Close,
    Reset,
}

/// A server that responds to each request with this text.
struct Server {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
}

impl Server {
    async fn start(response: &'static str, then: Then) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&connections);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(async move {
                    // The requests of these tests arrive in one piece.
                    while stream.read(&mut [0; 4096]).await.is_ok_and(|length| length > 0) {
                        stream.write_all(response.as_bytes()).await.unwrap();
                        match then {
                            Then::Listen => {}
                            Then::Close => return,
                            Then::Reset => return stream.set_zero_linger().unwrap(),
                        }
                    }
                });
            }
        });
        Self { address, connections }
    }

    fn request(&self) -> HttpRequest {
        HttpRequest::get(format!("http://{}/", self.address)).unwrap()
    }
}

async fn call(request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
    connector(RootCertStore::empty(), TIMEOUT).call(request).await
}

/// Assistants read it in the text, since it says that nothing was billed.
fn never_connected(error: &ConnectorError) -> bool {
    format!("{error:?}").contains("legacy::Error(Connect")
}

#[tokio::test]
async fn a_refused_connection_is_io_and_was_never_made() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = call(HttpRequest::get(format!("http://{address}/")).unwrap()).await.unwrap_err();
    assert!(error.is_io(), "{error:?}");
    assert!(never_connected(&error), "{error:?}");
}

#[tokio::test]
async fn a_connection_closed_instead_of_a_response_is_worth_another_try() {
    let server = Server::start("", Then::Close).await;
    let error = call(server.request()).await.unwrap_err();
    assert_eq!(error.as_other(), Some(ErrorKind::TransientError), "{error:?}");
}

#[tokio::test]
async fn a_reset_in_the_head_of_a_response_is_io() {
    let server = Server::start("HTTP/1.1 200 OK\r\ncontent-le", Then::Reset).await;
    let error = call(server.request()).await.unwrap_err();
    assert!(error.is_io(), "{error:?}");
    assert!(!never_connected(&error), "{error:?}");
}

#[tokio::test]
async fn a_reset_in_the_body_of_a_response_is_an_error_of_the_body() {
    for then in [Then::Close, Then::Reset] {
        let server = Server::start("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nshort", then).await;
        let response = call(server.request()).await.unwrap();
        assert_eq!(response.status().as_u16(), 200);
        assert!(ByteStream::new(response.into_body()).collect().await.is_err(), "{then:?}");
    }
}

#[tokio::test]
async fn a_response_that_is_not_http_is_neither_io_nor_transient() {
    let server = Server::start("SSH-2.0-OpenSSH_9.2\r\n\r\n", Then::Listen).await;
    let error = call(server.request()).await.unwrap_err();
    assert!(error.is_other() && error.as_other().is_none(), "{error:?}");
}

#[tokio::test]
async fn an_address_without_a_host_is_neither_io_nor_transient() {
    let error = call(HttpRequest::get("/path").unwrap()).await.unwrap_err();
    assert!(error.is_other() && error.as_other().is_none(), "{error:?}");
}

/// A body that can't be sent.
struct Fails;

impl Body for Fails {
    type Data = Bytes;
    type Error = std::fmt::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::fmt::Error>>> {
        Poll::Ready(Some(Err(std::fmt::Error)))
    }
}

#[tokio::test]
async fn a_body_that_fails_is_our_own_error() {
    let server = Server::start(OK, Then::Listen).await;
    let mut request = server.request();
    request.set_method("POST").unwrap();
    *request.body_mut() = SdkBody::from_body_1_x(Fails);
    let error = call(request).await.unwrap_err();
    assert!(error.is_user(), "{error:?}");
}

#[tokio::test]
async fn a_connection_stays_open_until_the_sdk_leaves_it() {
    let server = Server::start(OK, Then::Listen).await;
    let connector = connector(RootCertStore::empty(), TIMEOUT);
    for (opened, leave) in [(1, false), (1, true), (2, false), (2, false)] {
        let mut request = server.request();
        let connection = CaptureSmithyConnection::new();
        request.add_extension(connection.clone());
        let response = connector.call(request).await.unwrap();
        assert_eq!(server.connections.load(Ordering::SeqCst), opened);
        if leave {
            connection.get().unwrap().poison();
        }
        let body = ByteStream::new(response.into_body()).collect().await.unwrap();
        assert_eq!(body.into_bytes(), "{}");
        // The connection becomes free a moment after its body.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn there_is_no_connection_to_leave_before_it_is_made() {
    let connection = CaptureSmithyConnection::new();
    let mut request = HttpRequest::get("http://127.0.0.1:1/").unwrap();
    request.add_extension(connection.clone());
    assert!(call(request).await.is_err());
    assert!(connection.get().is_none());
}
