//! A function that was frozen for long: its connections to the table are dead, and nobody said so.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use e2e::chat::{ask, builder};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// Forwards connections, until all that are open fall silent without being closed.
struct BlackHole {
    address: SocketAddr,
    target: OnceLock<SocketAddr>,
    /// How often the connections have fallen silent.
    silenced: watch::Sender<usize>,
    open: AtomicUsize,
    /// Requests that nobody responds to.
    swallowed: AtomicUsize,
}

impl BlackHole {
    async fn start() -> Arc<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let hole = Arc::new(Self {
            address: listener.local_addr().unwrap(),
            target: OnceLock::new(),
            silenced: watch::Sender::default(),
            open: AtomicUsize::default(),
            swallowed: AtomicUsize::default(),
        });
        let accepting = Arc::clone(&hole);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(Arc::clone(&accepting).forward(stream));
            }
        });
        hole
    }

    async fn forward(self: Arc<Self>, mut stream: TcpStream) {
        let mut silenced = self.silenced.subscribe();
        silenced.mark_unchanged();
        self.open.fetch_add(1, Ordering::SeqCst);
        let mut target = TcpStream::connect(self.target.get().unwrap()).await.unwrap();
        let fell_silent = tokio::select! {
            _ = tokio::io::copy_bidirectional(&mut stream, &mut target) => false,
            _ = silenced.changed() => true,
        };
        if fell_silent {
            let mut buffer = vec![0; 65_536];
            while stream.read(&mut buffer).await.is_ok_and(|length| length > 0) {
                self.swallowed.fetch_add(1, Ordering::SeqCst);
            }
        }
        let _ = stream.shutdown().await;
        self.open.fetch_sub(1, Ordering::SeqCst);
    }

    fn silence(&self) {
        self.silenced.send_modify(|times| *times += 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn m8_a_turn_after_a_freeze_finds_its_connections_dead() {
    let hole = BlackHole::start().await;
    let url = format!("http://{}/chat", hole.address);
    let builder = builder().concurrency(1).function_env("chat", "AWS_ENDPOINT_URL_DYNAMODB", &url);
    let stack = builder.start().await.unwrap();
    hole.target.set(stack.proxy.address()).unwrap();
    let user = stack.sign_up("ada").await;
    for turn in 1..=3 {
        let before = ask(&user, &json!({ "message": "hello" })).await;
        assert_eq!(before.status, 200, "turn {turn}: {}", before.text());
        assert!(hole.open.load(Ordering::SeqCst) <= 2, "no more than two stay open");
        hole.silence();
        let response = ask(&user, &json!({ "message": "hello" })).await;
        assert_eq!(response.status, 200, "turn {turn}: {}", response.text());
        let swallowed = hole.swallowed.swap(0, Ordering::SeqCst);
        assert!((1..=2).contains(&swallowed), "turn {turn}: {swallowed} tries were lost");
    }
}
