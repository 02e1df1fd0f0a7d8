//! Any endpoint that speaks OpenAI's chat completions: OpenAI, Bedrock, Ollama, vLLM and others.

mod body;
mod call;
mod choice;
mod chunk;
mod counts;
mod dialect;
mod events;
mod failure;
mod request;
mod stream;

use super::{Assistant, AssistantError, Finish, Prompt, ReplyFuture, Sink};
use call::{Called, Endpoint};
use stream::{End, ReplyStream};

pub(super) use call::Endpoint as OpenAi;

/// The endpoint refused the request: nothing is billed. Its own words may tell how to ask instead.
#[derive(Debug)]
struct Refusal {
    error: AssistantError,
    text: String,
}

impl Assistant for Endpoint {
    fn reply<'a>(&'a self, prompt: &'a Prompt, sink: Sink<'a>) -> ReplyFuture<'a> {
        Box::pin(async move {
            loop {
                let dialect = self.dialect();
                let refusal = match self.call(prompt, dialect, &sink).await? {
                    Called::Refused(refusal) => refusal,
                    Called::Response(body) => {
                        match ReplyStream::new(self, prompt, &sink).read(body).await {
                            Ok(finish) => return Ok(finish),
                            Err(End::NoReceiver) => return Ok(Finish::Other),
                            Err(End::Error(error)) => return Err(error),
                            Err(End::Refused(refusal)) => refusal,
                        }
                    }
                };
                if !self.learn(dialect, &refusal.text, prompt) {
                    sink.refused();
                    return Err(refusal.error);
                }
            }
        })
    }
}

#[cfg(test)]
mod tests;
