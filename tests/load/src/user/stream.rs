//! Questions whose replies are streamed, as `useChat` asks them: read to the end, joined by a second
//! request, left alone in the middle, or stopped.

use super::User;
use super::chat::{ECHO, is_echo};
use super::send::{Call, Try};
use crate::told::Reply;
use anyhow::{Context as _, Result, bail};
use bytes::Bytes;
use harness::Method;
use harness::http::StreamedResponse;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// How long a question is sent again until it must have got its reply.
const PATIENCE: Duration = Duration::from_mins(2);

/// What the user does while the reply comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    Reads,
    Joins,
    HangsUp,
    Stops,
}

/// What a stream has said.
#[derive(Debug, Default)]
struct Said {
    conversation: u64,
    question: u64,
    reply: u64,
    interaction: String,
    text: String,
    finished: bool,
    done: bool,
}

impl User {
    pub(super) async fn chat_streamed(&mut self) {
        let manner = match self.rng.u8(..10) {
            0..4 => Manner::Reads,
            4..6 => Manner::Joins,
            6..9 => Manner::HangsUp,
            _ => Manner::Stops,
        };
        let text = self.text();
        let question = if manner == Manner::Reads { text } else { format!("[[slow]] {text}") };
        let conversation = self.chosen();
        let chat = match conversation {
            Some(id) => id.to_string(),
            None => format!("chat-{}", self.word()),
        };
        let message = self.word();
        let parts = json!([{ "type": "text", "text": question }]);
        let call = self.own("chat", Method::POST, "/api/chat").json(json!({
            "id": chat,
            "trigger": "submit-message",
            "messages": [{ "id": message, "role": "user", "parts": parts }],
        }));
        let Some((said, doubts)) = self.insist(&call, &chat, manner).await else { return };
        let is_right = if said.finished && manner != Manner::Stops {
            is_echo(&said.text, &question)
        } else {
            ECHO.starts_with(&said.text) || said.text.starts_with(ECHO)
        };
        self.is("a reply's text", is_right, &said);
        let reply = if said.finished {
            Reply::Told {
                question_id: said.question,
                id: said.reply,
                interaction_id: said.interaction,
                text: said.text,
                rating: None,
            }
        } else {
            Reply::LeftAlone
        };
        self.store(said.conversation, conversation, question, reply);
        self.count(doubts);
    }

    /// Sends the same message until its reply has come, or was left alone; and how many tries were in vain.
    async fn insist(&mut self, call: &Call, chat: &str, manner: Manner) -> Option<(Said, u64)> {
        let started = Instant::now();
        let mut doubts = 0;
        let mut last = String::new();
        let mut now = manner;
        while started.elapsed() < PATIENCE {
            match self.stream_once(call, chat, now).await {
                Ok(Ok(said)) if said.finished => return Some((said, doubts)),
                // Somebody who comes back sends the message again, or does not.
                Ok(Ok(said)) => {
                    if self.rng.bool() {
                        return Some((said, doubts));
                    }
                    now = Manner::Reads;
                }
                Ok(Err(Try::Again)) => {}
                Ok(Err(Try::Answer(status, response))) => {
                    let body = String::from_utf8_lossy(response.body()).into_owned();
                    self.wrong(&format!("a question responds {status} {body}"));
                    return None;
                }
                Err(error) => {
                    last = format!("{error:#}");
                    self.is("a stream", self.world.faults, &last);
                }
            }
            doubts += 1;
            self.wait().await;
        }
        self.wrong(&format!("a question has no reply for {PATIENCE:?}; the last one: {last}"));
        None
    }

    /// Sends the message once. A stream that breaks off is an error.
    async fn stream_once(
        &mut self,
        call: &Call,
        chat: &str,
        manner: Manner,
    ) -> Result<Result<Said, Try>> {
        let started = Instant::now();
        let sent = self.client.stream(self.request(call)?).await;
        let status = sent.as_ref().map_or(0, |response| response.status().as_u16());
        let mut response = match sent {
            Ok(response) if status == 200 => response,
            other => {
                self.world.record.add(call.function, started.elapsed(), status);
                let whole = match other {
                    Ok(response) => whole(response).await,
                    Err(error) => Err(error),
                };
                return Ok(Err(self.judge(call, whole, &mut String::new())));
            }
        };
        let mut said = Said::default();
        let mut read = Vec::new();
        if manner != Manner::Reads {
            while said.text.is_empty() && !said.done {
                let more = next(&mut response).await?;
                said.hear(&mut read, more.as_deref().unwrap_or_default())?;
                if more.is_none() {
                    break;
                }
            }
        }
        if manner == Manner::HangsUp && !said.finished {
            return Ok(Ok(said));
        }
        let path = format!("/api/chat/{chat}");
        match manner {
            Manner::Joins => self.join(&format!("{path}/stream")).await,
            Manner::Stops => {
                let stop = self.own("chat-stop", Method::POST, &format!("{path}/stop"));
                let answer = self.send(&stop).await;
                self.is("a stop", answer.as_ref().is_some_and(|a| a.status == 204), &answer);
            }
            Manner::Reads | Manner::HangsUp => {}
        }
        while let Some(more) = next(&mut response).await? {
            said.hear(&mut read, &more)?;
        }
        self.world.record.add(call.function, started.elapsed(), status);
        self.remember(call, status, said.text.as_bytes());
        if !said.finished || !said.done {
            bail!("it ended before its end: {said:?}");
        }
        Ok(Ok(said))
    }

    /// Joins the running reply, from its beginning to its end.
    async fn join(&mut self, path: &str) {
        let call = self.own("chat-stream", Method::GET, path);
        let started = Instant::now();
        let heard = self.listen(&call).await;
        let status = heard.as_ref().map_or(0, |(status, _)| *status);
        self.world.record.add(call.function, started.elapsed(), status);
        let is_well = match &heard {
            // Without a running reply there is nothing to join.
            Ok((200, said)) => said.finished && said.done,
            Ok((status, _)) => *status == 204,
            Err(_) => false,
        };
        self.is("a reply that is joined", is_well || self.world.faults, &heard);
    }

    async fn listen(&self, call: &Call) -> Result<(u16, Said)> {
        let mut response = self.client.stream(self.request(call)?).await?;
        let (mut said, mut read) = (Said::default(), Vec::new());
        let status = response.status().as_u16();
        while let Some(more) = next(&mut response).await? {
            if status == 200 {
                said.hear(&mut read, &more)?;
            }
        }
        Ok((status, said))
    }
}

/// What comes next, at most half a minute later.
async fn next(response: &mut StreamedResponse) -> Result<Option<Bytes>> {
    let next = tokio::time::timeout(Duration::from_secs(30), response.body_mut().next()).await;
    next.context("silence")?.transpose()
}

async fn whole(response: StreamedResponse) -> Result<harness::http::Response> {
    let (parts, body) = response.into_parts();
    Ok(harness::http::Response::from_parts(parts, body.whole().await?))
}

impl Said {
    /// Reads the events that are complete.
    fn hear(&mut self, read: &mut Vec<u8>, more: &[u8]) -> Result<()> {
        read.extend_from_slice(more);
        while let Some(end) = read.windows(2).position(|pair| pair == b"\n\n") {
            let event: Vec<u8> = read.drain(..end + 2).collect();
            let Some(data) = event.trim_ascii_end().strip_prefix(b"data: ") else { continue };
            if data == b"[DONE]" {
                self.done = true;
                continue;
            }
            self.take(&serde_json::from_slice(data).context("an event is no JSON")?)?;
        }
        Ok(())
    }

    fn take(&mut self, event: &Value) -> Result<()> {
        let text = |name: &str| event.get(name).and_then(Value::as_str).unwrap_or_default();
        let fact = |name: &str| event.get("messageMetadata").and_then(|facts| facts.get(name));
        let number = |name: &str| fact(name).and_then(Value::as_u64).unwrap_or_default();
        match text("type") {
            "start" => {
                self.conversation = number("conversation_id");
                self.question = number("user_message_id");
                self.reply = text("messageId").parse().unwrap_or_default();
                let id = fact("interaction_id").and_then(Value::as_str);
                id.unwrap_or_default().clone_into(&mut self.interaction);
            }
            "text-delta" => self.text.push_str(text("delta")),
            "finish" => self.finished = true,
            "error" => bail!("{}", text("errorText")),
            _ => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_read_however_it_is_cut() {
        let stream = concat!(
            "data: {\"type\":\"start\",\"messageId\":\"4\",\"messageMetadata\":",
            "{\"conversation_id\":1,\"user_message_id\":3,\"interaction_id\":\"i\"}}\n\n",
            ": still here\n\n",
            "data: {\"type\":\"text-delta\",\"id\":\"0\",\"delta\":\"a b\"}\n\n",
            "data: {\"type\":\"finish\"}\n\ndata: [DONE]\n\n",
        );
        for size in [1, 7, 1_000] {
            let (mut said, mut read) = (Said::default(), Vec::new());
            for part in stream.as_bytes().chunks(size) {
                said.hear(&mut read, part).unwrap();
            }
            assert_eq!((said.conversation, said.question, said.reply), (1, 3, 4));
            assert_eq!((said.text.as_str(), said.finished, said.done), ("a b", true, true));
        }
        let (mut said, mut read) = (Said::default(), Vec::new());
        let error = b"data: {\"type\":\"error\",\"errorText\":\"no\"}\n\n";
        assert!(said.hear(&mut read, error).is_err());
    }
}
