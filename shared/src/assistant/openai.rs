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

/// A request that the endpoint refused: nothing is billed. Its error text may say what to change.
#[derive(Debug)]
struct RefusedRequest {
    error: AssistantError,
    text: String,
}

impl Assistant for Endpoint {
    fn reply<'a>(&'a self, prompt: &'a Prompt, sink: Sink<'a>) -> ReplyFuture<'a> {
        Box::pin(async move {
            loop {
                let dialect = self.dialect();
                let refused = match self.call(prompt, dialect, &sink).await? {
                    Called::Refused(refused) => refused,
                    Called::Response(body) => {
                        match ReplyStream::new(self, prompt, &sink).read(body).await {
                            Ok(finish) => return Ok(finish),
                            Err(End::NoReceiver) => return Ok(Finish::Other),
                            Err(End::Error(error)) => return Err(error),
                            Err(End::Refused(refused)) => refused,
                        }
                    }
                };
                if !self.learn(dialect, &refused.text, prompt) {
                    sink.refused();
                    return Err(refused.error);
                }
            }
        })
    }
}

#[cfg(test)]
mod tests;
