//! A small HTTP server that responds by script.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio_rustls::TlsAcceptor;

/// One step of a response. After the last, the connection takes the next request.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// Sends bytes.
    Send(Vec<u8>),
    /// Waits until the test says so.
    Wait(Arc<Notify>),
    /// Does nothing for this number of milliseconds.
    Pause(u64),
    /// Closes the connection.
    Cut,
}

/// A request as it came, and on which connection.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) connection: usize,
    pub(crate) head: String,
    pub(crate) body: String,
}

/// The server: where it is, and what it received.
pub(crate) struct Server {
    pub(crate) port: u16,
    requests: Arc<Mutex<Vec<Received>>>,
}

/// What all connections share.
#[derive(Clone)]
struct Play {
    scripts: Arc<Mutex<Vec<Vec<Step>>>>,
    requests: Arc<Mutex<Vec<Received>>>,
}

impl Server {
    /// Responds to each request by the next script.
    pub(crate) async fn start(scripts: Vec<Vec<Step>>) -> Self {
        Self::listen(scripts, None).await
    }

    /// The same with TLS.
    pub(crate) async fn start_tls(scripts: Vec<Vec<Step>>, tls: TlsAcceptor) -> Self {
        Self::listen(scripts, Some(tls)).await
    }

    async fn listen(scripts: Vec<Vec<Step>>, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let play = Play { scripts: Arc::new(Mutex::new(scripts)), requests: Arc::clone(&requests) };
        tokio::spawn(async move {
            for connection in 0.. {
                let (stream, _) = listener.accept().await.unwrap();
                let (play, tls) = (play.clone(), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => play.connection(connection, stream).await,
                        Some(tls) => match tls.accept(stream).await {
                            Ok(stream) => play.connection(connection, stream).await,
                            Err(_) => None,
                        },
                    }
                });
            }
        });
        Self { port, requests }
    }

    /// What it received so far.
    pub(crate) fn requests(&self) -> Vec<Received> {
        self.requests.lock().unwrap().clone()
    }
}

impl Play {
    async fn connection(
        self,
        connection: usize,
        mut stream: impl AsyncRead + AsyncWrite + Unpin,
    ) -> Option<()> {
        loop {
            let (head, body) = request(&mut stream).await?;
            self.requests.lock().unwrap().push(Received { connection, head, body });
            let script = self.scripts.lock().unwrap().remove(0);
            for step in script {
                match step {
                    Step::Send(bytes) => {
                        stream.write_all(&bytes).await.ok()?;
                        stream.flush().await.ok()?;
                    }
                    Step::Wait(notify) => notify.notified().await,
                    Step::Pause(time) => tokio::time::sleep(Duration::from_millis(time)).await,
                    Step::Cut => return None,
                }
            }
        }
    }
}

async fn request(stream: &mut (impl AsyncRead + Unpin)) -> Option<(String, String)> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(": ")?;
                name.eq_ignore_ascii_case("content-length").then(|| value.parse().unwrap())
            });
            if body.len() >= length.unwrap_or(0) {
                return Some((head.to_owned(), body.to_owned()));
            }
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}

/// The head of a response that comes in chunks.
pub(crate) fn chunked(status: &str, kind: &str) -> Step {
    let head =
        format!("HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ntransfer-encoding: chunked\r\n\r\n");
    Step::Send(head.into_bytes())
}

/// One chunk of it; the empty one ends it.
pub(crate) fn chunk(bytes: &[u8]) -> Step {
    let size = format!("{:x}\r\n", bytes.len()).into_bytes();
    Step::Send([&size, bytes, b"\r\n"].concat())
}
