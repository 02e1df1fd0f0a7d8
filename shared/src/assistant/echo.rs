//! The echo assistant: it works offline, gives equal questions equal replies, and says that it is
//! not a model.

use std::time::Duration;

use tokio::time::sleep;

use super::{Assistant, AssistantError, Finish, Prompt, PromptMessage, ReplyFuture, Sink};

/// How long a slow reply takes.
const SLOW: Duration = Duration::from_secs(2);
/// How long a slower one takes, which is to be ended.
const SLOWER: Duration = Duration::from_secs(10);
/// Maximum deltas of a slow reply.
const MAX_SLOW_DELTAS: usize = 20;

/// Repeats the question. With `faults`, these words in the question make it misbehave:
///
/// - `[[slow]]`: the reply takes two seconds, in several deltas;
/// - `[[slower]]`: it takes ten;
/// - `[[fail]]`: it breaks off half-way;
/// - `[[down]]`: there is no reply at all;
/// - `[[prompt]]`: the reply is the prompt, system prompt first.
#[derive(Debug)]
pub(super) struct Echo {
    /// Whether these words have an effect.
    pub(super) faults: bool,
}

impl Assistant for Echo {
    fn reply<'a>(&'a self, prompt: &'a Prompt, sink: Sink<'a>) -> ReplyFuture<'a> {
        Box::pin(self.send(prompt, sink))
    }
}

impl Echo {
    async fn send(&self, prompt: &Prompt, sink: Sink<'_>) -> Result<Finish, AssistantError> {
        let question = prompt.messages.last().map_or("", |message| message.content.as_str());
        let asks_for = |word: &str| self.faults && question.contains(word);
        if asks_for("[[down]]") {
            sink.refused();
            return Err(AssistantError::Unreachable("echo was asked to be down".to_owned()));
        }
        let text = if asks_for("[[prompt]]") { recite(prompt) } else { repeat(question) };
        let words: Vec<&str> = text.split_inclusive(' ').collect();
        let time = if asks_for("[[slower]]") {
            SLOWER
        } else if asks_for("[[slow]]") {
            SLOW
        } else {
            Duration::ZERO
        };
        let is_slow = !time.is_zero();
        let size = if is_slow { words.len().div_ceil(MAX_SLOW_DELTAS) } else { 1 };
        let count = words.len().div_ceil(size);
        let pause = time / u32::try_from(count).unwrap_or(u32::MAX);
        let sent = if asks_for("[[fail]]") { count.div_ceil(2) } else { count };
        for delta in words.chunks(size).take(sent) {
            if is_slow {
                sleep(pause).await;
            }
            if sink.text(delta.concat()).await.is_err() {
                break;
            }
        }
        if sent < count {
            return Err(AssistantError::Broken("echo was asked to fail".to_owned()));
        }
        Ok(Finish::Stop)
    }
}

fn repeat(question: &str) -> String {
    format!("This is the echo assistant, not a model. You said: {question}")
}

fn recite(prompt: &Prompt) -> String {
    let message =
        |message: &PromptMessage| format!("\n\n{}: {}", message.role.as_str(), message.content);
    let messages: String = prompt.messages.iter().map(message).collect();
    format!("system: {}{messages}", prompt.system)
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests measure the time that tokio lets pass")]
mod tests {
    use super::*;
    use crate::assistant::testing::{ask, ask_unheard, prompt};

    const HONEST: &str = "This is the echo assistant, not a model. You said: ";

    #[tokio::test(start_paused = true)]
    async fn it_repeats_the_question_in_deltas_and_always_alike() {
        let echo = Echo { faults: false };
        let (first, ending) = ask(&echo, &prompt("How are you?\n")).await;
        assert_eq!(first.concat(), format!("{HONEST}How are you?\n"));
        assert!(first.len() > 5);
        let ending = ending.unwrap();
        assert_eq!(ending.finish, Finish::Stop);
        assert!(ending.usage.estimated);
        assert_eq!(ask(&echo, &prompt("How are you?\n")).await.0, first);
    }

    #[tokio::test(start_paused = true)]
    async fn words_do_nothing_without_faults() {
        let start = tokio::time::Instant::now();
        let question = "[[slow]] [[fail]] [[down]] [[prompt]]";
        let (deltas, ending) = ask(&Echo { faults: false }, &prompt(question)).await;
        assert_eq!(deltas.concat(), format!("{HONEST}{question}"));
        assert!(ending.is_ok() && start.elapsed().is_zero());
    }

    #[tokio::test(start_paused = true)]
    async fn slow_takes_two_seconds_in_several_deltas() {
        for question in ["[[slow]]".to_owned(), "[[slow]] ".repeat(1_000)] {
            let start = tokio::time::Instant::now();
            let (deltas, ending) = ask(&Echo { faults: true }, &prompt(&question)).await;
            assert_eq!(deltas.concat(), format!("{HONEST}{question}"));
            assert!(ending.is_ok() && (5..=20).contains(&deltas.len()));
            assert!((1_900..2_100).contains(&start.elapsed().as_millis()), "{:?}", start.elapsed());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn fail_breaks_off_half_way_and_down_before() {
        let echo = Echo { faults: true };
        let (deltas, ending) = ask(&echo, &prompt("[[fail]]")).await;
        assert!(!deltas.is_empty() && matches!(ending, Err(AssistantError::Broken(_))));
        let (deltas, ending) = ask(&echo, &prompt("[[down]]")).await;
        assert!(deltas.is_empty() && matches!(ending, Err(AssistantError::Unreachable(_))));
    }

    #[tokio::test(start_paused = true)]
    async fn prompt_recites_the_prompt() {
        let (deltas, _) = ask(&Echo { faults: true }, &prompt("[[prompt]]")).await;
        assert_eq!(deltas.concat(), "system: Be kind.\n\nuser: [[prompt]]");
    }

    #[tokio::test(start_paused = true)]
    async fn it_ends_without_error_when_nobody_listens() {
        assert!(ask_unheard(&Echo { faults: false }, &prompt("hello")).await.is_ok());
    }
}
