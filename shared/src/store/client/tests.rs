use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::config::Credentials;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::*;
use crate::config::CredentialsConfig;

/// A table's end-point whose connections can die without a word.
#[derive(Debug, Default)]
struct Endpoint {
    open: AtomicUsize,
    /// Requests that came over dead connections.
    lost: AtomicUsize,
    connections: Mutex<Vec<Arc<AtomicBool>>>,
}

impl Endpoint {
    async fn start() -> (Arc<Self>, SocketAddr) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let endpoint = Arc::new(Self::default());
        let serving = Arc::clone(&endpoint);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let dead = Arc::new(AtomicBool::new(false));
                serving.connections.lock().unwrap().push(Arc::clone(&dead));
                tokio::spawn(Arc::clone(&serving).serve(stream, dead));
            }
        });
        (endpoint, address)
    }

    async fn serve(self: Arc<Self>, mut stream: TcpStream, dead: Arc<AtomicBool>) {
        self.open.fetch_add(1, Ordering::SeqCst);
        let mut buffer = vec![0; 65_536];
        // The requests of these tests arrive in one piece.
        while stream.read(&mut buffer).await.is_ok_and(|length| length > 0) {
            if dead.load(Ordering::SeqCst) {
                self.lost.fetch_add(1, Ordering::SeqCst);
                continue;
            }
            // So that calls that are sent together are there together.
            tokio::time::sleep(Duration::from_millis(50)).await;
            let response = "HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.0\r\n\
                            content-length: 2\r\n\r\n{}";
            let _ = stream.write_all(response.as_bytes()).await;
        }
        self.open.fetch_sub(1, Ordering::SeqCst);
    }

    fn kill_connections(&self) {
        for dead in self.connections.lock().unwrap().iter() {
            dead.store(true, Ordering::SeqCst);
        }
    }
}

async fn call(client: &Client) -> bool {
    client.get_item().table_name("table").send().await.is_ok()
}

/// As many calls at once as no function makes; then all connections die.
#[tokio::test]
async fn m8_dead_connections_cost_fewer_tries_than_there_are() {
    let (endpoint, address) = Endpoint::start().await;
    let credentials = CredentialsConfig {
        access_key_id: "id".to_owned(),
        secret_access_key: "secret".to_owned().into(),
        session_token: None,
    };
    let config = TableConfig {
        name: "table".to_owned(),
        keys_name: "keys".to_owned(),
        region: "local".to_owned(),
        endpoint: Some(format!("http://{address}")),
        credentials,
        ca_bundle: None,
    };
    let client = client(&config, Clock::default());
    let mut calls = JoinSet::new();
    for _ in 0..6 {
        let client = client.clone();
        calls.spawn(async move { call(&client).await });
    }
    assert!(calls.join_all().await.into_iter().all(|succeeded| succeeded));
    for _ in 0..100 {
        if endpoint.open.load(Ordering::SeqCst) <= 2 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(endpoint.open.load(Ordering::SeqCst), 2, "the others are not kept");
    endpoint.kill_connections();
    assert!(call(&client).await);
    assert_eq!(endpoint.lost.load(Ordering::SeqCst), 2);
    assert!(call(&client).await);
    assert_eq!(endpoint.lost.load(Ordering::SeqCst), 2, "they are used no more");
}

/// Loses this number of requests, and responds to the others.
#[derive(Debug, Clone)]
struct Lossy(Arc<AtomicUsize>);

impl HttpConnector for Lossy {
    fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
        let left = self.0.load(Ordering::SeqCst);
        if left > 0 {
            self.0.store(left - 1, Ordering::SeqCst);
            return HttpConnectorFuture::new(std::future::pending());
        }
        let response = HttpResponse::new(200.try_into().unwrap(), SdkBody::from("{}"));
        HttpConnectorFuture::ready(Ok(response))
    }
}

#[tokio::test(start_paused = true)]
#[expect(clippy::disallowed_methods, reason = "this clock moves only with what tokio waits for")]
async fn m8_after_a_pause_as_many_tries_are_short_as_connections_are_kept() {
    let now = Arc::new(AtomicI64::new(0));
    let lost = Arc::new(AtomicUsize::new(0));
    let connector = SharedHttpConnector::new(Lossy(Arc::clone(&lost)));
    let builder = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new("local"))
        .credentials_provider(Credentials::new("id", "secret", None, None, "tests"))
        .http_client(http_client_fn(move |_, _| connector.clone()));
    let clock = Clock::Fixed(Arc::clone(&now));
    let client = Client::from_conf(with_deadlines(builder, clock).build());
    let mut waited = Vec::new();
    // The first call opens the connection; the second follows at once, the third after a pause.
    for (pause, losses) in [(0, 0), (9, 1), (11, 1), (11, 2), (0, 1)] {
        now.fetch_add(pause * 1000, Ordering::SeqCst);
        lost.store(losses, Ordering::SeqCst);
        let start = Instant::now();
        assert!(call(&client).await);
        waited.push(start.elapsed().as_millis());
    }
    // Between two tries there are at most 50 ms, then 100 ms.
    let [first, at_once, paused, twice, again] = waited[..] else { panic!("{waited:?}") };
    assert_eq!(first, 0);
    assert!((1000..=1050).contains(&at_once), "{waited:?}");
    assert!((300..=350).contains(&paused), "{waited:?}");
    assert!((600..=750).contains(&twice), "{waited:?}");
    assert!((1000..=1050).contains(&again), "{waited:?}");
}
