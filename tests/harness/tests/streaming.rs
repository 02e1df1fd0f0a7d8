//! Responses that a function streams, from its process to the client, with a fake function.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]

use bytes::Bytes;
use harness::gateway::Gateway;
use harness::http::{Client, Cut, StreamedResponse};
use harness::runtime::{Launch, Outcome, Runtime};
use harness::{Method, Stack};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};
use template::{Settings, Template};

const TEMPLATE: &str = "
Resources:
  Table: { Type: AWS::DynamoDB::Table, Properties: {} }
  KeysTable: { Type: AWS::DynamoDB::Table, Properties: {} }
  Streams: { Type: AWS::Serverless::Api, Properties: { StageName: live } }
  Mapping: { Type: AWS::ApiGatewayV2::ApiMapping, Properties: { ApiId: !Ref Streams, ApiMappingKey: streamed } }
  Fake:
    Type: AWS::Serverless::Function
    Metadata: { Auth: public }
    Properties:
      CodeUri: target/lambda/fake
      Events:
        Streamed: { Type: Api, Properties: { RestApiId: !Ref Streams, Method: POST, Path: /, ResponseTransferMode: RESPONSE_STREAM } }
        Short: { Type: Api, Properties: { Method: POST, Path: /short, ResponseTransferMode: RESPONSE_STREAM, TimeoutInMillis: 400 } }
        Preflight: { Type: Api, Properties: { RestApiId: !Ref Streams, Method: OPTIONS, Path: /, ResponseTransferMode: RESPONSE_STREAM } }
        Buffered: { Type: Api, Properties: { Method: POST, Path: /buffered } }
        Http: { Type: HttpApi, Properties: { Method: POST, Path: /http } }
        Others: { Type: HttpApi, Properties: { Method: OPTIONS, Path: '/{proxy+}' } }
";

struct Both {
    runtime: Arc<Runtime>,
    gateway: Gateway,
}

async fn start(seconds: u64) -> Both {
    let launch = Launch {
        name: "fake".to_owned(),
        program: env!("CARGO_BIN_EXE_fake-function").into(),
        wrapper: Vec::new(),
        environment: [].into(),
        memory: 128,
        timeout: Duration::from_secs(seconds),
        concurrency: 2,
        frozen: false,
    };
    let template = Template::parse(TEMPLATE, &Settings::default()).unwrap();
    let runtime = Arc::new(Runtime::start(vec![launch]).await.unwrap());
    let gateway = Gateway::start(&template, Arc::clone(&runtime), 0).await.unwrap();
    Both { runtime, gateway }
}

impl Both {
    async fn call(&self, path: &str, event: &Value) -> StreamedResponse {
        let request = hyper::Request::post(path).body(Bytes::from(event.to_string())).unwrap();
        self.gateway.call(request, "192.0.2.1").await.unwrap()
    }

    /// The status and the whole body; none if it is cut off.
    async fn whole(&self, path: &str, event: &Value) -> (u16, Option<Bytes>) {
        let response = self.call(path, event).await;
        (response.status().as_u16(), response.into_body().whole().await.ok())
    }

    async fn logged(&self, text: &str) {
        let started = Instant::now();
        while !self.runtime.logs("fake").unwrap().iter().any(|line| line.contains(text)) {
            assert!(started.elapsed() < Duration::from_secs(5), "{text:?} is not logged");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

fn head(status: u16) -> Value {
    json!({
        "statusCode": status,
        "headers": {"content-type": "text/event-stream", "x-one": "1", "x-two": "0"},
        "multiValueHeaders": {"x-two": ["2", "3"]},
        "cookies": ["a=1; HttpOnly", "b=2"],
    })
}

#[tokio::test]
async fn chunks_arrive_as_they_are_sent() {
    let both = start(20).await;
    let steps = json!(["one ", 200, "two ", 200, "three"]);
    let mut response = both.call("/streamed", &json!({"head": head(201), "stream": steps})).await;
    assert_eq!(response.status(), 201);
    let values = |name: &str| -> Vec<_> { response.headers().get_all(name).iter().collect() };
    assert_eq!(values("content-type"), ["text/event-stream"]);
    assert_eq!(values("x-one"), ["1"]);
    assert_eq!(values("x-two"), ["2", "3"]);
    assert_eq!(values("set-cookie"), ["a=1; HttpOnly", "b=2"]);
    let mut seen = Vec::new();
    while let Some(bytes) = response.body_mut().next().await {
        seen.push((bytes.unwrap(), Instant::now()));
    }
    let texts: Vec<_> = seen.iter().map(|(bytes, _)| bytes.as_ref()).collect();
    assert_eq!(texts, [b"one ".as_ref(), b"two ", b"three"]);
    assert!(seen[2].1.duration_since(seen[0].1) >= Duration::from_millis(300), "{seen:?}");
    // The same process serves the next request.
    both.whole("/streamed", &json!({"head": head(200), "stream": []})).await;
    assert_eq!(both.runtime.pids("fake").unwrap().len(), 1);
}

#[tokio::test]
async fn a_death_in_mid_stream_ends_it_abruptly() {
    let both = start(20).await;
    let dies = json!({"head": head(200), "stream": ["half ", 50, {"exit": true}]});
    let mut response = both.call("/streamed", &dies).await;
    assert_eq!(response.body_mut().next().await.unwrap().unwrap(), "half ");
    assert!(response.body_mut().next().await.unwrap().unwrap_err().is::<Cut>());
    assert!(response.body_mut().next().await.is_none());

    let hangs = json!({"head": head(200), "stream": ["half ", 60_000]});
    let mut response = both.call("/streamed", &hangs).await;
    assert_eq!(response.body_mut().next().await.unwrap().unwrap(), "half ");
    assert_eq!(both.runtime.kill("fake").await.unwrap(), 1);
    assert!(response.body_mut().next().await.unwrap().is_err());
    let well = json!({"head": head(200), "stream": ["whole"]});
    assert_eq!(both.whole("/streamed", &well).await, (200, Some("whole".into())));
}

#[tokio::test]
async fn a_failure_in_mid_stream_is_no_end() {
    let both = start(20).await;
    let fails = json!({"head": head(200), "stream": ["half ", {"fail": true}]});
    assert_eq!(both.whole("/streamed", &fails).await, (200, None));
    both.logged("cut off: Fake b24gcHVycG9zZQ==").await;
}

#[tokio::test]
async fn a_function_does_not_hear_of_a_client_that_hangs_up() {
    let both = start(20).await;
    let event = json!({"head": head(200), "stream": ["one", 100, "two", 100, "three"]});
    let mut response = both.call("/streamed", &event).await;
    assert_eq!(response.body_mut().next().await.unwrap().unwrap(), "one");
    drop(response);
    both.logged("streamed").await;
}

#[tokio::test]
async fn the_clock_ends_a_stream_too() {
    let both = start(1).await;
    let hangs = json!({"head": head(200), "stream": ["half ", 60_000]});
    assert_eq!(both.whole("/streamed", &hangs).await, (200, None));
    both.logged("timed out").await;
    let both = start(20).await;
    assert_eq!(both.whole("/short", &hangs).await, (200, None));
    let message = json!({"message": "Endpoint request timed out"}).to_string();
    assert_eq!(both.whole("/short", &json!({"sleep": 60_000})).await, (504, Some(message.into())));
}

#[tokio::test]
async fn a_route_carries_only_its_own_kind_of_response() {
    let both = start(20).await;
    let streams = json!({"head": head(200), "stream": ["body"]});
    let buffers = json!({"response": {"statusCode": 200, "body": "body"}});
    let bad = |text: &str| Some(Bytes::from(json!({"message": text}).to_string()));
    let rest = bad("Internal server error");
    assert_eq!(both.whole("/streamed", &buffers).await, (502, rest.clone()));
    assert_eq!(both.whole("/buffered", &streams).await, (502, rest.clone()));
    assert_eq!(both.whole("/http", &streams).await, (500, bad("Internal Server Error")));
    assert_eq!(both.whole("/buffered", &buffers).await, (200, Some("body".into())));
    // A head with several values in one field, no head at all, and a death before the head.
    let array = json!({"head": {"statusCode": 200, "headers": {"x": ["1", "2"]}}, "stream": []});
    let headless = json!({"stream": ["body"]});
    let dead = json!({"stream": ["{", 50, {"exit": true}]});
    for event in [array, headless, dead, json!({"fail": true}), json!({"exit": true})] {
        assert_eq!(both.whole("/streamed", &event).await, (502, rest.clone()), "{event}");
    }
}

#[tokio::test]
async fn functions_speak_to_browsers_themselves() {
    let both = start(20).await;
    let send = async |method: &str, path: &str| {
        let says = json!({"statusCode": 204, "headers": {"access-control-allow-origin": "own"}});
        let event = if path == "/http" {
            json!({"response": says})
        } else {
            json!({"head": says, "stream": []})
        };
        let request = hyper::Request::builder().method(method).uri(path);
        let request = request.header("origin", "http://a.test");
        let request = request.header("access-control-request-method", "POST");
        let request = request.body(Bytes::from(event.to_string())).unwrap();
        let response = both.gateway.call(request, "192.0.2.1").await.unwrap();
        let allowed = response.headers().get("access-control-allow-origin");
        (response.status().as_u16(), allowed.map(|allowed| allowed.to_str().unwrap().to_owned()))
    };
    let allowed = |text: &str| Some(text.to_owned());
    assert_eq!(send("POST", "/streamed").await, (204, allowed("own")));
    assert_eq!(send("OPTIONS", "/streamed").await, (204, allowed("own")));
    assert_eq!(send("GET", "/streamed").await, (404, allowed("*")));
    assert_eq!(send("POST", "/http").await, (204, allowed("own")));
    assert_eq!(send("OPTIONS", "/http").await, (204, allowed("own")));
    assert_eq!(send("GET", "/http").await, (404, None));
}

#[tokio::test]
async fn a_stream_goes_over_a_connection_and_its_cut_is_seen_there() {
    let both = start(20).await;
    let url = format!("http://{}/streamed", both.gateway.address());
    let send = async |event: Value| {
        let request = hyper::Request::post(&url).body(Bytes::from(event.to_string())).unwrap();
        Client::default().send(request).await
    };
    let whole = send(json!({"head": head(200), "stream": ["one ", "two"]})).await.unwrap();
    assert_eq!((whole.status().as_u16(), whole.body().as_ref()), (200, b"one two".as_ref()));
    let cut = send(json!({"head": head(200), "stream": ["one ", 50, {"exit": true}]})).await;
    assert!(format!("{:#}", cut.unwrap_err()).contains("half a response"));
}

#[tokio::test]
async fn an_invocation_has_the_stream_as_it_is() {
    let both = start(20).await;
    let event = json!({"head": {"statusCode": 200}, "stream": ["body"]});
    let outcome = both.runtime.invoke("fake", event.to_string().into()).await.unwrap();
    let Outcome::Stream(body) = outcome else { panic!("{outcome:?}") };
    assert_eq!(body.whole().await.unwrap(), "{\"statusCode\":200}\0\0\0\0\0\0\0\0body");
}

#[test]
fn a_route_says_how_it_transfers() {
    let with = |mode: &str| {
        let text = TEMPLATE.replace("RESPONSE_STREAM", mode);
        Template::parse(&text, &Settings::default()).map_err(|error| format!("{error:#}"))
    };
    assert!(with("BUFFERED").is_ok());
    assert!(with("STREAM").unwrap_err().contains("RESPONSE_STREAM"));
}

#[tokio::test]
async fn a_test_reads_a_stream_as_it_comes() {
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_fake-function"));
    let stack = Stack::builder()
        .template(&TEMPLATE.replace("lambda/fake", "lambda/fake-function").replace(
            "Properties: {} }",
            "Properties: { BillingMode: PAY_PER_REQUEST, \
             AttributeDefinitions: [{ AttributeName: pk, AttributeType: S }], \
             KeySchema: [{ AttributeName: pk, KeyType: HASH }] } }",
        ))
        .binaries(program.parent().unwrap())
        .start()
        .await
        .unwrap();
    let call =
        |path: &str, event: &Value| stack.call(Method::POST, path).json(event).outside_contract();
    let event = json!({"head": head(200), "stream": ["one ", 100, "two ", 100, "three"]});
    let mut response = call("/streamed", &event).stream().await;
    assert_eq!((response.status, response.header("x-one")), (200, Some("1")));
    assert_eq!(response.until("two").await.unwrap(), "one two ");
    assert_eq!(response.chunks.len(), 2);
    assert!(response.chunks[0].after < response.chunks[1].after);
    assert_eq!(response.collect().await.unwrap().text(), "one two three");
    assert_eq!(call("/streamed", &event).send().await.text(), "one two three");

    let mut left = call("/streamed", &event).stream().await;
    left.next().await.unwrap();
    drop(left);
    stack.log_line("fake-function", "streamed").await.unwrap();

    let dies = json!({"head": head(200), "stream": ["half ", 50, {"exit": true}]});
    let mut cut = call("/streamed", &dies).stream().await;
    assert!(cut.until("whole").await.unwrap_err().is::<Cut>());
    assert_eq!(cut.text(), "half ");
    assert!(call("/streamed", &dies).try_send().await.is_err());
    let misfit = call("/buffered", &event).try_send().await.unwrap_err();
    assert!(misfit.to_string().contains("streams, but its route buffers"), "{misfit}");
}
