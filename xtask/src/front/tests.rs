//! The port before the functions, with functions that the tests play.

use super::*;
use std::time::Duration;
use template::Settings;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const TRUSTED: &str = "http://localhost:3000";

const STREAMS: &str = "
Resources:
  Table: { Type: AWS::DynamoDB::Table, Properties: {} }
  HttpApi: { Type: AWS::Serverless::HttpApi, Properties: { CorsConfiguration: { AllowOrigins: [http://localhost:3000] } } }
  Chat:
    Type: AWS::Serverless::Function
    Metadata: { Auth: public }
    Properties:
      CodeUri: target/lambda/chat
      Events:
        Route: { Type: Api, Properties: { Method: POST, Path: /chat, ResponseTransferMode: RESPONSE_STREAM } }
        Preflight: { Type: Api, Properties: { Method: OPTIONS, Path: /chat, ResponseTransferMode: RESPONSE_STREAM } }
";

/// A front of the repository's template that lets pages of one origin call, and its address.
async fn front(functions: &str) -> (Front, SocketAddr) {
    let mut settings = Settings::default();
    settings.parameters.insert("TrustedOrigins".to_owned(), TRUSTED.to_owned());
    front_of(&Template::load_with(&settings).unwrap(), functions).await
}

async fn front_of(template: &Template, functions: &str) -> (Front, SocketAddr) {
    let listener = listen(0).await.unwrap();
    let address = listener.local_addr().unwrap();
    (Front::start(listener, functions, template), address)
}

/// A front before one route that streams: the client's side of a request to it, and the function's,
/// which has not answered yet.
async fn asked() -> (Front, TcpStream, TcpStream) {
    let functions = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", functions.local_addr().unwrap());
    let template = Template::parse(STREAMS, &Settings::default()).unwrap();
    let (front, address) = front_of(&template, &url).await;
    let mut browser = TcpStream::connect(address).await.unwrap();
    let request = "POST /chat HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\
                   Origin: http://localhost:3000\r\n\r\n{}";
    browser.write_all(request.as_bytes()).await.unwrap();
    let (mut function, _) = functions.accept().await.unwrap();
    read_until(&mut function, "{}").await;
    (front, browser, function)
}

/// The same after the answer's first words.
async fn streaming() -> (Front, TcpStream, TcpStream) {
    let (front, mut browser, mut function) = asked().await;
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\
                Lambda-Runtime-Function-Response-Mode: streaming\r\n\
                Access-Control-Allow-Origin: of the function\r\n\r\n5\r\nfirst\r\n";
    function.write_all(head.as_bytes()).await.unwrap();
    let answer = read_until(&mut browser, "first").await;
    assert!(answer.contains("access-control-allow-origin: of the function"), "{answer}");
    assert!(!answer.contains("lambda-runtime"), "{answer}");
    (front, browser, function)
}

async fn read_until(stream: &mut TcpStream, wanted: &str) -> String {
    let mut seen = String::new();
    while !seen.contains(wanted) {
        let mut bytes = [0; 1024];
        let count = stream.read(&mut bytes).await.unwrap();
        assert!(count > 0, "ended after {seen}");
        seen.push_str(&String::from_utf8_lossy(&bytes[..count]));
    }
    seen
}

#[tokio::test]
async fn an_answer_comes_through_chunk_by_chunk() {
    let functions = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", functions.local_addr().unwrap());
    let (_front, address) = front(&url).await;
    let mut browser = TcpStream::connect(address).await.unwrap();
    let request = "GET /api/auth/ok?a=%20b HTTP/1.1\r\nHost: localhost\r\n\
                   Origin: http://localhost:3000\r\nConnection: keep-alive\r\n\r\n";
    browser.write_all(request.as_bytes()).await.unwrap();

    let (mut function, _) = functions.accept().await.unwrap();
    let forwarded = read_until(&mut function, "\r\n\r\n").await;
    assert!(forwarded.starts_with("GET /api/auth/ok?a=%20b HTTP/1.1\r\n"), "{forwarded}");
    assert!(forwarded.contains("x-forwarded-for: 127.0.0.1\r\n"), "{forwarded}");
    let head = "HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n";
    function.write_all(head.as_bytes()).await.unwrap();
    let answer = read_until(&mut browser, "first").await;
    assert!(answer.contains("access-control-allow-origin: http://localhost:3000"), "{answer}");
    assert!(answer.contains("set-cookie: a=1\r\nset-cookie: b=2\r\n"), "{answer}");
    function.write_all(b"6\r\nsecond\r\n0\r\n\r\n").await.unwrap();
    read_until(&mut browser, "second").await;
}

#[tokio::test]
async fn paths_that_no_function_serves_are_answered_here() {
    let (_front, address) = front("http://127.0.0.1:1").await;
    for (path, status, body) in [
        ("/api/auth/nothing", "404", ""),
        ("/api/nothing", "404", "{\"message\":\"Not Found\"}"),
        ("/docs", "200", "</html>"),
        ("/api/auth/ok", "503", "{\"message\":\"Service Unavailable\"}"),
    ] {
        let mut browser = TcpStream::connect(address).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        browser.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        browser.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{path}: {answer}");
        assert!(answer.trim_end().ends_with(body), "{path}: {answer}");
    }
}

#[tokio::test]
async fn a_stream_that_ends_and_one_that_is_cut_off_are_told_apart() {
    let (_front, mut browser, mut function) = streaming().await;
    for piece in ["second", "third!"] {
        function.write_all(format!("6\r\n{piece}\r\n").as_bytes()).await.unwrap();
        read_until(&mut browser, piece).await;
    }
    function.write_all(b"0\r\n\r\n").await.unwrap();
    read_until(&mut browser, "0\r\n\r\n").await;

    let (_front, mut browser, function) = streaming().await;
    drop(function);
    let mut rest = String::new();
    // The connection is closed or reset.
    let _ = browser.read_to_string(&mut rest).await;
    assert!(!rest.contains("0\r\n\r\n"), "{rest}");
}

#[tokio::test]
async fn a_function_hears_nothing_of_a_client_that_hangs_up() {
    let (_front, browser, mut function) = streaming().await;
    drop(browser);
    // More than connections hold: somebody reads it.
    let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x1_0000));
    for _ in 0..256 {
        function.write_all(chunk.as_bytes()).await.unwrap();
    }
    function.write_all(b"0\r\n\r\n").await.unwrap();
}

#[tokio::test]
async fn nor_of_one_that_hangs_up_before_the_answer() {
    let (_front, browser, mut function) = asked().await;
    drop(browser);
    let mut byte = [0];
    let closed = tokio::time::timeout(Duration::from_millis(200), function.read(&mut byte));
    assert!(closed.await.is_err(), "the connection was closed");
    function.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").await.unwrap();
    let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x1_0000));
    for _ in 0..256 {
        function.write_all(chunk.as_bytes()).await.unwrap();
    }
    function.write_all(b"0\r\n\r\n").await.unwrap();
}

#[tokio::test]
async fn browsers_questions_on_a_rest_api_go_to_its_functions() {
    let template = Template::parse(STREAMS, &Settings::default()).unwrap();
    let (_front, address) = front_of(&template, "http://127.0.0.1:1").await;
    for (request, status, allowed) in [
        // Nothing serves functions here.
        ("OPTIONS /chat", "503", Some("*")),
        ("POST /chat", "503", Some("*")),
        ("GET /chat", "404", Some("*")),
        ("OPTIONS /other", "204", Some(TRUSTED)),
        ("GET /other", "404", Some(TRUSTED)),
    ] {
        let mut browser = TcpStream::connect(address).await.unwrap();
        let request = format!(
            "{request} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nOrigin: {TRUSTED}\r\n\
             Access-Control-Request-Method: POST\r\n\r\n"
        );
        browser.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        browser.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{request}: {answer}");
        let name = "access-control-allow-origin: ";
        let found = answer.lines().find_map(|line| line.strip_prefix(name));
        assert_eq!(found, allowed, "{request}: {answer}");
    }
}
