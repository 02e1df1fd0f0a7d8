//! The gateway before `cargo lambda watch`, which the tests play.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]

use harness::gateway::{Gateway, Watch};
use harness::http::{Response, bind_loopback};
use std::net::SocketAddr;
use std::time::Duration;
use template::{Settings, Template};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const TRUSTED: &str = "http://localhost:3000";

const TEMPLATE: &str = "
Resources:
  Table: { Type: AWS::DynamoDB::Table, Properties: {} }
  KeysTable: { Type: AWS::DynamoDB::Table, Properties: {} }
  ChatApi: { Type: AWS::Serverless::Api, Properties: { StageName: live } }
  ChatMapping: { Type: AWS::ApiGatewayV2::ApiMapping, Properties: { ApiId: !Ref ChatApi, ApiMappingKey: chat } }
  Chat:
    Type: AWS::Serverless::Function
    Metadata: { Auth: public }
    Properties:
      CodeUri: target/lambda/chat
      Events:
        Route: { Type: Api, Properties: { RestApiId: !Ref ChatApi, Method: POST, Path: /, ResponseTransferMode: RESPONSE_STREAM } }
        Preflight: { Type: Api, Properties: { RestApiId: !Ref ChatApi, Method: OPTIONS, Path: /, ResponseTransferMode: RESPONSE_STREAM } }
  Read:
    Type: AWS::Serverless::Function
    Metadata: { Auth: public }
    Properties:
      CodeUri: target/lambda/read
      Events:
        Route: { Type: HttpApi, Properties: { Method: GET, Path: '/notes/{note_id}' } }
";

/// A gateway, and the port at which it looks for `cargo lambda watch`.
async fn start() -> (Gateway, TcpListener) {
    let functions = TcpListener::bind("127.0.0.1:0").await.unwrap();
    (before(functions.local_addr().unwrap()).await, functions)
}

async fn before(functions: SocketAddr) -> Gateway {
    let template = Template::parse(TEMPLATE, &Settings::default()).unwrap();
    let watch = Watch::new(&format!("http://{functions}"));
    let page = |path: &str| (path == "/docs").then(|| Response::new("a page".into()));
    Gateway::serve(bind_loopback(0).await.unwrap(), &template, watch, move |request| {
        page(request.uri().path())
    })
    .unwrap()
}

async fn read_until(stream: &mut TcpStream, wanted: &str) -> String {
    let mut seen = String::new();
    while !seen.contains(wanted) {
        let mut bytes = [0; 1024];
        let count = stream.read(&mut bytes).await.unwrap();
        assert!(count > 0, "ended after {seen}");
        seen.push_str(&String::from_utf8_lossy(bytes.get(..count).unwrap()));
    }
    seen
}

/// The whole response to a request that ends the connection.
async fn whole(address: SocketAddr, request: &str) -> String {
    let mut client = TcpStream::connect(address).await.unwrap();
    let request = format!("{request}Host: a\r\nConnection: close\r\n\r\n");
    client.write_all(request.as_bytes()).await.unwrap();
    let mut response = String::new();
    client.read_to_string(&mut response).await.unwrap();
    response
}

/// A gateway, a client that waits for a stream, and the function's side, which has not responded.
async fn requested() -> (Gateway, TcpStream, TcpStream) {
    let (gateway, functions) = start().await;
    let mut client = TcpStream::connect(gateway.address()).await.unwrap();
    let request = "POST /chat HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\
                   Origin: http://localhost:3000\r\n\r\n{}";
    client.write_all(request.as_bytes()).await.unwrap();
    let (mut function, _) = functions.accept().await.unwrap();
    let event = read_until(&mut function, r#""stageVariables":null}"#).await;
    assert!(event.starts_with("POST /2015-03-31/functions/chat/invocations HTTP/1.1\r\n"));
    assert!(event.contains(r#""resource":"/""#), "{event}");
    assert!(event.contains(r#""path":"/chat""#), "{event}");
    (gateway, client, function)
}

/// The same after the first words of the stream.
async fn streaming() -> (Gateway, TcpStream, TcpStream) {
    let (gateway, mut client, mut function) = requested().await;
    let head = "HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\
                Lambda-Runtime-Function-Response-Mode: streaming\r\n\
                Lambda-Runtime-Aws-Request-Id: 1\r\n\
                Access-Control-Allow-Origin: of the function\r\n\
                Set-Cookie: a=1\r\nSet-Cookie: b=2\r\nX-Two: 1\r\nX-Two: 2\r\n\r\n5\r\nfirst\r\n";
    function.write_all(head.as_bytes()).await.unwrap();
    let response = read_until(&mut client, "first").await;
    assert!(response.starts_with("HTTP/1.1 201 Created\r\n"), "{response}");
    for line in [
        "access-control-allow-origin: of the function",
        "set-cookie: a=1\r\nset-cookie: b=2\r\n",
        "x-two: 1\r\nx-two: 2\r\n",
    ] {
        assert!(response.contains(line), "{response}");
    }
    assert!(!response.contains("lambda-runtime"), "{response}");
    assert_eq!(response.matches("\r\ndate: ").count(), 1, "{response}");
    (gateway, client, function)
}

#[tokio::test]
async fn a_request_becomes_an_event_and_a_result_a_response() {
    let (gateway, functions) = start().await;
    let mut client = TcpStream::connect(gateway.address()).await.unwrap();
    let request = "GET /notes/a%20b?x=%20y HTTP/1.1\r\nHost: localhost\r\n\
                   Origin: http://localhost:3000\r\nCookie: a=1; b=2\r\n\r\n";
    client.write_all(request.as_bytes()).await.unwrap();
    let (mut function, _) = functions.accept().await.unwrap();
    let event = read_until(&mut function, r#""version":"2.0"}"#).await;
    for part in [
        r#""cookies":["a=1","b=2"]"#,
        r#""pathParameters":{"note_id":"a b"}"#,
        r#""rawQueryString":"x=%20y""#,
        r#""sourceIp":"127.0.0.1""#,
    ] {
        assert!(event.contains(part), "{event}");
    }
    let result = r#"{"statusCode":201,"headers":{"x-one":"1","access-control-allow-origin":"of the function"},"cookies":["a=1","b=2"],"body":"made"}"#;
    let response = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{result}", result.len());
    function.write_all(response.as_bytes()).await.unwrap();
    let response = read_until(&mut client, "made").await;
    assert!(response.starts_with("HTTP/1.1 201 Created\r\n"), "{response}");
    let allowed = "access-control-allow-origin: of the function\r\n";
    for line in ["x-one: 1\r\n", "set-cookie: a=1\r\nset-cookie: b=2\r\n", allowed] {
        assert!(response.contains(line), "{response}");
    }
}

/// API Gateway takes such requests, and gives functions all cookies.
#[tokio::test]
async fn f7_bytes_that_are_not_utf_8_and_a_second_cookie_line_reach_the_function() {
    let (gateway, functions) = start().await;
    let mut client = TcpStream::connect(gateway.address()).await.unwrap();
    let request = b"GET /notes/1 HTTP/1.1\r\nHost: localhost\r\nX-Name: Jos\xe9\r\n\
                    Cookie: n=Jos\xe9; a=1\r\nCookie: b=2\r\n\r\n";
    client.write_all(request).await.unwrap();
    let (mut function, _) = functions.accept().await.unwrap();
    let event = read_until(&mut function, r#""version":"2.0"}"#).await;
    for part in ["\"cookies\":[\"n=Jos\u{fffd}\",\"a=1\",\"b=2\"]", "\"x-name\":\"Jos\u{fffd}\""] {
        assert!(event.contains(part), "{event}");
    }
}

#[tokio::test]
async fn without_functions_the_gateway_responds_itself() {
    let gateway = before("127.0.0.1:1".parse().unwrap()).await;
    for (request, status, body, allowed) in [
        ("GET /docs", 200, "a page", None),
        ("POST /docs", 404, r#"{"message":"Not Found"}"#, None),
        ("GET /api/auth/nothing", 404, r#"{"message":"Not Found"}"#, None),
        ("OPTIONS /other", 404, r#"{"message":"Not Found"}"#, None),
        ("GET /notes/1", 500, r#"{"message":"Internal Server Error"}"#, None),
        ("POST /chat", 502, r#"{"message":"Internal server error"}"#, Some("*")),
        ("OPTIONS /chat", 502, r#"{"message":"Internal server error"}"#, Some("*")),
        ("GET /chat", 404, r#"{"message":"Not Found"}"#, Some("*")),
        ("GET /chatter", 404, r#"{"message":"Not Found"}"#, Some("*")),
    ] {
        let request = format!(
            "{request} HTTP/1.1\r\nOrigin: {TRUSTED}\r\nAccess-Control-Request-Method: POST\r\n"
        );
        let response = whole(gateway.address(), &request).await;
        assert!(response.starts_with(&format!("HTTP/1.1 {status} ")), "{request}: {response}");
        assert!(response.ends_with(&format!("\r\n\r\n{body}")), "{request}: {response}");
        let name = "access-control-allow-origin: ";
        let found = response.lines().find_map(|line| line.strip_prefix(name));
        assert_eq!(found, allowed, "{request}: {response}");
    }
}

#[tokio::test]
async fn a_body_above_the_limit_reaches_no_function() {
    let gateway = before("127.0.0.1:1".parse().unwrap()).await;
    let mut client = TcpStream::connect(gateway.address()).await.unwrap();
    let length = 10 * 1024 * 1024 + 1;
    let head = format!("POST /chat HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n");
    client.write_all(head.as_bytes()).await.unwrap();
    client.write_all(&vec![b'x'; length]).await.unwrap();
    let response = read_until(&mut client, "}").await;
    assert!(response.starts_with("HTTP/1.1 413 "), "{response}");
    assert!(response.ends_with(r#"{"message":"Request Entity Too Large"}"#), "{response}");
}

#[tokio::test]
async fn a_stream_that_ends_and_one_that_is_cut_off_differ() {
    let (_gateway, mut client, mut function) = streaming().await;
    for text in ["second", "third!"] {
        function.write_all(format!("6\r\n{text}\r\n").as_bytes()).await.unwrap();
        read_until(&mut client, text).await;
    }
    function.write_all(b"0\r\n\r\n").await.unwrap();
    read_until(&mut client, "0\r\n\r\n").await;

    let (_gateway, mut client, function) = streaming().await;
    drop(function);
    let mut rest = String::new();
    // The connection is closed or reset.
    let _ = client.read_to_string(&mut rest).await;
    assert!(!rest.contains("0\r\n\r\n"), "{rest}");
}

/// Streams more than the buffers of connections can contain: somebody reads it.
async fn stream_much(function: &mut TcpStream) {
    let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x1_0000));
    for _ in 0..256 {
        function.write_all(chunk.as_bytes()).await.unwrap();
    }
    function.write_all(b"0\r\n\r\n").await.unwrap();
}

#[tokio::test]
async fn a_function_does_not_hear_of_a_client_that_hangs_up() {
    let (_gateway, client, mut function) = streaming().await;
    drop(client);
    stream_much(&mut function).await;
}

#[tokio::test]
async fn a_function_does_not_hear_of_a_client_that_hangs_up_before_the_response() {
    let (_gateway, client, mut function) = requested().await;
    drop(client);
    let mut byte = [0];
    let closed = tokio::time::timeout(Duration::from_millis(200), function.read(&mut byte));
    assert!(closed.await.is_err(), "the connection was closed");
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\
                Lambda-Runtime-Function-Response-Mode: streaming\r\n\r\n";
    function.write_all(head.as_bytes()).await.unwrap();
    stream_much(&mut function).await;
}

#[tokio::test]
async fn the_invoke_api_is_for_programs_and_not_for_pages() {
    let (gateway, functions) = start().await;
    let mut program = TcpStream::connect(gateway.address()).await.unwrap();
    let call = "POST /2015-03-31/functions/read/invocations HTTP/1.1\r\n";
    let request = format!("{call}Host: a\r\nContent-Length: 2\r\n\r\n{{}}");
    program.write_all(request.as_bytes()).await.unwrap();
    let (mut function, _) = functions.accept().await.unwrap();
    let passed = read_until(&mut function, "{}").await;
    assert!(passed.starts_with(call), "{passed}");
    function.write_all(b"HTTP/1.1 500 E\r\nContent-Length: 5\r\n\r\nwrong").await.unwrap();
    let response = read_until(&mut program, "wrong").await;
    assert!(response.starts_with("HTTP/1.1 500 "), "{response}");
    for header in ["Origin: http://localhost:3000", "Origin: null", "Sec-Fetch-Site: none"] {
        for method in ["POST", "OPTIONS"] {
            let request = format!("{}{header}\r\n", call.replace("POST", method));
            let response = whole(gateway.address(), &request).await;
            assert!(response.starts_with("HTTP/1.1 403 "), "{header}: {response}");
            assert!(!response.contains("access-control-"), "{header}: {response}");
        }
    }
}

#[tokio::test]
async fn the_port_is_the_same_on_both_loopback_addresses() {
    let listeners = bind_loopback(0).await.unwrap();
    let addresses: Vec<_> = listeners.iter().map(|one| one.local_addr().unwrap()).collect();
    assert!(addresses[0].is_ipv4());
    let port = addresses[0].port();
    assert!(addresses.iter().all(|address| address.port() == port), "{addresses:?}");
    assert!(bind_loopback(port).await.is_err());
    if let [_, second] = addresses[..] {
        assert!(second.is_ipv6());
        drop(listeners);
        let _taken = TcpListener::bind(second).await.unwrap();
        assert!(bind_loopback(port).await.is_err());
    }
}
