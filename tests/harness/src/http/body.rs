//! A body that is complete, or still arriving.

use anyhow::{Context as _, Result, anyhow, ensure};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use hyper::body::{Frame, SizeHint};
use std::fmt;
use std::pin::Pin;
use std::task::{self, Poll};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::{Instant, Sleep, sleep_until};

/// The body of a response. What has arrived waits here until somebody reads it, so a slow or absent
/// reader never delays the writer.
#[derive(Debug, Default)]
pub struct Body {
    ready: Bytes,
    coming: Option<UnboundedReceiver<Part>>,
    deadline: Option<Pin<Box<Sleep>>>,
}

/// The error of a body that ends before its time.
#[derive(Debug, Clone, Copy)]
pub struct Cut;

/// Writes a body part by part. Dropping it before [`BodySender::end`] cuts the body off.
#[derive(Debug)]
pub struct BodySender(UnboundedSender<Part>);

#[derive(Debug)]
enum Part {
    Data(Bytes),
    End,
}

impl Body {
    /// A body that is on its way.
    pub fn coming() -> (BodySender, Self) {
        let (sender, coming) = unbounded_channel();
        (BodySender(sender), Self { coming: Some(coming), ..Self::default() })
    }

    /// This body with other bytes before it.
    #[must_use]
    pub(crate) fn after(mut self, head: Bytes) -> Self {
        self.ready = if self.ready.is_empty() { head } else { [head, self.ready].concat().into() };
        self
    }

    /// Ends the body then, complete or not.
    pub fn cut_off_at(&mut self, deadline: Instant) {
        self.deadline = Some(Box::pin(sleep_until(deadline)));
    }

    /// The next bytes, as they come; an error if the body is cut off before its end.
    pub async fn next(&mut self) -> Option<Result<Bytes>> {
        let frame = self.frame().await?;
        Some(frame.and_then(|frame| frame.into_data().map_err(|_| anyhow!("no data"))))
    }

    /// Everything up to the end; an error if the body is cut off before it.
    pub async fn whole(mut self) -> Result<Bytes> {
        let mut whole = BytesMut::new();
        while let Some(bytes) = self.next().await {
            whole.extend_from_slice(&bytes?);
        }
        Ok(whole.freeze())
    }

    /// Takes what stands before `delimiter`, and leaves what follows it; an error if the delimiter
    /// is not within the first `limit` bytes.
    pub async fn take_until(&mut self, delimiter: &[u8], limit: usize) -> Result<Bytes> {
        let mut seen = BytesMut::new();
        loop {
            let found = seen.windows(delimiter.len()).position(|bytes| bytes == delimiter);
            if let Some(position) = found {
                let before = seen.split_to(position).freeze();
                self.ready = seen.split_off(delimiter.len()).freeze();
                return Ok(before);
            }
            ensure!(seen.len() <= limit, "there is no delimiter in {} bytes", seen.len());
            let next = self.next().await.context("it ends before its delimiter")?;
            seen.extend_from_slice(&next?);
        }
    }
}

impl BodySender {
    /// Adds bytes. The writer does not learn that nobody reads them any more.
    pub fn send(&self, bytes: Bytes) {
        if !bytes.is_empty() {
            let _ = self.0.send(Part::Data(bytes));
        }
    }

    /// The body is complete.
    pub fn end(self) {
        let _ = self.0.send(Part::End);
    }
}

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the body is cut off before its end")
    }
}

impl From<Bytes> for Body {
    fn from(ready: Bytes) -> Self {
        Self { ready, ..Self::default() }
    }
}

impl hyper::body::Body for Body {
    type Data = Bytes;
    type Error = anyhow::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut task::Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>>>> {
        if !self.ready.is_empty() {
            return Poll::Ready(Some(Ok(Frame::data(std::mem::take(&mut self.ready)))));
        }
        let Some(coming) = &mut self.coming else { return Poll::Ready(None) };
        let end = match coming.poll_recv(context) {
            Poll::Ready(Some(Part::Data(bytes))) => {
                return Poll::Ready(Some(Ok(Frame::data(bytes))));
            }
            Poll::Ready(Some(Part::End)) => None,
            Poll::Ready(None) => Some(Err(anyhow::Error::msg(Cut))),
            Poll::Pending => {
                let deadline = self.deadline.as_mut();
                if deadline.is_none_or(|deadline| deadline.as_mut().poll(context).is_pending()) {
                    return Poll::Pending;
                }
                Some(Err(anyhow::Error::msg(Cut)))
            }
        };
        self.coming = None;
        Poll::Ready(end)
    }

    fn is_end_stream(&self) -> bool {
        self.ready.is_empty() && self.coming.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        match &self.coming {
            None => SizeHint::with_exact(u64::try_from(self.ready.len()).unwrap_or(u64::MAX)),
            Some(_) => SizeHint::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_delimiter_is_found_across_parts_and_what_follows_stays() {
        let (sender, mut body) = Body::coming();
        for part in ["head\0", "\0bo", "dy"] {
            sender.send(part.into());
        }
        assert_eq!(body.take_until(b"\0\0", 10).await.unwrap(), "head");
        assert_eq!(body.next().await.unwrap().unwrap(), "bo");
        sender.end();
        assert_eq!(body.whole().await.unwrap(), "dy");
    }

    #[tokio::test]
    async fn a_body_without_its_end_is_cut_off() {
        let (sender, body) = Body::coming();
        sender.send("half".into());
        drop(sender);
        assert!(body.whole().await.unwrap_err().is::<Cut>());
        let (_sender, mut slow) = Body::coming();
        slow.cut_off_at(Instant::now());
        assert!(slow.whole().await.unwrap_err().is::<Cut>());
        let mut endless = Body::from(Bytes::from("a long text"));
        assert!(endless.take_until(b"\0", 5).await.is_err());
        let mut short = Body::from(Bytes::from("a"));
        assert!(short.take_until(b"\0", 5).await.is_err());
    }
}
