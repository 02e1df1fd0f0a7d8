//! A request on its way to a process.

use bytes::Bytes;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// What a process gets from `/next`.
#[derive(Debug)]
pub(super) struct Event {
    pub(super) request_id: String,
    /// Known when a process takes it.
    pub(super) deadline_ms: u128,
    pub(super) arn: String,
    pub(super) body: Bytes,
}

impl Event {
    pub(super) fn new(function: &str, body: Bytes) -> Self {
        let arn = format!("arn:aws:lambda:us-east-1:000000000000:function:tessera-{function}");
        Self { request_id: request_id(), deadline_ms: 0, arn, body }
    }
}

/// Shaped as a UUID, and never the same twice on one machine.
fn request_id() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!(
        "{:08x}-{:04x}-4000-8{:03x}-{:012x}",
        now.as_secs() & 0xffff_ffff,
        std::process::id() & 0xffff,
        (std::process::id() >> 16) & 0xfff,
        count
    )
}
