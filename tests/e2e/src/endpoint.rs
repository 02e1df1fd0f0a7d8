//! An endpoint of OpenAI's kind that behaves as a test says.

use std::io::Result;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// The key that the endpoint wants, and repeats where it should not.
pub const KEY: &str = "key-canary-5d1c";

/// How the endpoint behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// It replies.
    Well,
    /// It replies, in four seconds.
    Slowly,
    /// It fails, and says why.
    Fails,
    /// It rejects the request, and repeats its key.
    Refuses,
    /// It sends these bytes, each after its pause in milliseconds, and closes the connection.
    Sends(&'static [(u64, &'static str)]),
    /// It takes the request and says nothing.
    Silent,
    /// It breaks off in mid-reply.
    BreaksOff,
    /// It says in mid-reply that it can't go on.
    GivesUp,
    /// It sends an HTML page.
    Page,
    /// It streams something that is not JSON.
    Nonsense,
    /// It streams these events, half a second apart.
    Streams(&'static [&'static str]),
}

/// The endpoint. Dropping it closes its port.
#[derive(Debug)]
pub struct Endpoint {
    /// What comes before `/chat/completions`.
    pub url: String,
    manner: Arc<Mutex<Manner>>,
    for_titles: Arc<Mutex<ForTitles>>,
    requests: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

/// Requests for titles, and what they get.
#[derive(Debug)]
struct ForTitles {
    manner: Manner,
    requests: Vec<String>,
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Endpoint {
    /// Listens on a free port of this machine.
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}/v1", listener.local_addr()?);
        let manner = Arc::new(Mutex::new(Manner::Well));
        let requests = Arc::new(AtomicUsize::new(0));
        let for_titles = ForTitles { manner: Manner::Well, requests: Vec::new() };
        let for_titles = Arc::new(Mutex::new(for_titles));
        let (shared, counter) = (Arc::clone(&manner), Arc::clone(&requests));
        let titles = Arc::clone(&for_titles);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counter.fetch_add(1, Ordering::Relaxed);
                let manner = *shared.lock().unwrap_or_else(PoisonError::into_inner);
                tokio::spawn(respond(stream, manner, Arc::clone(&titles)));
            }
        });
        Ok(Self { url, manner, for_titles, requests, task })
    }

    /// How many requests have come so far.
    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::Relaxed)
    }

    /// The requests for titles so far.
    pub fn title_requests(&self) -> Vec<String> {
        self.for_titles.lock().unwrap_or_else(PoisonError::into_inner).requests.clone()
    }

    /// How it behaves from now on when it is asked for a title.
    pub fn makes_titles(&self, manner: Manner) {
        self.for_titles.lock().unwrap_or_else(PoisonError::into_inner).manner = manner;
    }

    /// How it behaves from the next connection on.
    pub fn behaves(&self, manner: Manner) {
        *self.manner.lock().unwrap_or_else(PoisonError::into_inner) = manner;
    }
}

async fn respond(
    mut stream: TcpStream,
    mut manner: Manner,
    for_titles: Arc<Mutex<ForTitles>>,
) -> Result<()> {
    let request = read_request(&mut stream).await?;
    if request.contains("write a title") {
        let mut titles = for_titles.lock().unwrap_or_else(PoisonError::into_inner);
        titles.requests.push(request);
        manner = titles.manner;
    }
    match manner {
        Manner::Silent => {
            // Until the other side gives up.
            stream.read_to_end(&mut Vec::new()).await?;
            return Ok(());
        }
        Manner::Fails => {
            send(&mut stream, "500 Server Error", r#"{"error":{"message":"on fire"}}"#).await?;
        }
        Manner::Refuses => {
            let body = format!(r#"{{"error":{{"message":"wrong key {KEY}"}}}}"#);
            send(&mut stream, "401 Unauthorized", &body).await?;
        }
        Manner::Sends(parts) => {
            for (pause, bytes) in parts {
                tokio::time::sleep(Duration::from_millis(*pause)).await;
                stream.write_all(bytes.as_bytes()).await?;
            }
        }
        Manner::Page => send(&mut stream, "200 OK", "<html>Welcome to nginx</html>").await?,
        Manner::Well | Manner::Slowly => {
            begin(&mut stream).await?;
            chunk(&mut stream, &delta("Hello ")).await?;
            for number in 0..if manner == Manner::Slowly { 20 } else { 0 } {
                tokio::time::sleep(Duration::from_millis(200)).await;
                chunk(&mut stream, &delta(&format!("{number} "))).await?;
            }
            chunk(&mut stream, &delta("there.")).await?;
            chunk(&mut stream, r#"{"choices":[{"delta":{},"finish_reason":"stop"}]}"#).await?;
            let usage = r#"{"choices":[],"usage":{"prompt_tokens":11,"completion_tokens":3}}"#;
            chunk(&mut stream, usage).await?;
            chunk(&mut stream, "[DONE]").await?;
            stream.write_all(b"0\r\n\r\n").await?;
        }
        Manner::Streams(events) => {
            begin(&mut stream).await?;
            for event in events {
                chunk(&mut stream, event).await?;
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
            stream.write_all(b"0\r\n\r\n").await?;
        }
        Manner::BreaksOff | Manner::GivesUp | Manner::Nonsense => {
            begin(&mut stream).await?;
            if manner != Manner::Nonsense {
                chunk(&mut stream, &delta("Half of ")).await?;
            }
            match manner {
                Manner::GivesUp => {
                    chunk(&mut stream, r#"{"error":{"message":"overloaded"}}"#).await?;
                    stream.write_all(b"0\r\n\r\n").await?;
                }
                Manner::Nonsense => {
                    chunk(&mut stream, "{not json").await?;
                    stream.write_all(b"0\r\n\r\n").await?;
                }
                // The connection closes before its end.
                _ => {}
            }
        }
    }
    stream.shutdown().await
}

/// Reads the head and as much of the body as it says.
async fn read_request(stream: &mut TcpStream) -> Result<String> {
    let (mut request, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let read = stream.read(&mut buffer).await?;
        request.extend(buffer.iter().take(read));
        let text = String::from_utf8_lossy(&request).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let head = head.to_ascii_lowercase();
        let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
        let length = length.and_then(|length| length.trim().parse().ok()).unwrap_or(0);
        if read == 0 || body.len() >= length {
            return Ok(text);
        }
    }
}

async fn send(stream: &mut TcpStream, status: &str, body: &str) -> Result<()> {
    let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n", body.len());
    stream.write_all(format!("{head}{body}").as_bytes()).await
}

async fn begin(stream: &mut TcpStream) -> Result<()> {
    let head =
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).await
}

async fn chunk(stream: &mut TcpStream, data: &str) -> Result<()> {
    let event = format!("data: {data}\n\n");
    stream.write_all(format!("{:x}\r\n{event}\r\n", event.len()).as_bytes()).await
}

fn delta(text: &str) -> String {
    format!(r#"{{"choices":[{{"index":0,"delta":{{"content":"{text}"}}}}]}}"#)
}
