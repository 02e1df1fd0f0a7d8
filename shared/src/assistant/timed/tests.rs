#![expect(clippy::disallowed_methods, reason = "tests measure the time that tokio lets pass")]

use std::sync::Mutex;

use tokio::time::Instant;

use super::*;
use crate::assistant::testing::{ask, prompt};

/// One step of a scripted assistant.
#[derive(Debug, Clone)]
enum Act {
    Say(&'static str),
    Wait(u64),
    Fail(fn() -> AssistantError),
    End(Finish),
}

use Act::{End, Fail, Say, Wait};

/// Plays one script a call.
#[derive(Debug)]
struct Scripted(Mutex<Vec<Vec<Act>>>);

impl Assistant for Scripted {
    fn reply<'a>(&'a self, _: &'a Prompt, deltas: Sender<String>) -> ReplyFuture<'a> {
        let script = self.0.lock().unwrap().remove(0);
        Box::pin(async move {
            for act in script {
                match act {
                    Say(text) => drop(deltas.send(text.to_owned()).await),
                    Wait(seconds) => sleep(Duration::from_secs(seconds)).await,
                    Fail(error) => return Err(error()),
                    End(finish) => {
                        let usage = Usage { input_tokens: 7, output_tokens: 9, estimated: false };
                        return Ok(Ending { finish, usage });
                    }
                }
            }
            panic!("the script has no end")
        })
    }
}

fn timed(scripts: &[&[Act]]) -> Timed {
    let scripts = scripts.iter().map(|script| script.to_vec()).collect();
    let deadlines =
        Deadlines { first_byte: Duration::from_secs(10), total: Duration::from_mins(1) };
    Timed::new(Box::new(Scripted(Mutex::new(scripts))), deadlines)
}

fn down() -> AssistantError {
    AssistantError::Unreachable("down".to_owned())
}

fn refused() -> AssistantError {
    AssistantError::Refused("no".to_owned())
}

#[tokio::test(start_paused = true)]
async fn a_reply_passes_unchanged() {
    let script = [Say("a"), Say(""), Wait(50), Say(" b"), End(Finish::ContentFilter)];
    let (deltas, ending) = ask(&timed(&[&script]), &prompt("?")).await;
    assert_eq!(deltas, ["a", " b"]);
    let ending = ending.unwrap();
    assert_eq!(ending.finish, Finish::ContentFilter);
    assert_eq!((ending.usage.input_tokens, ending.usage.estimated), (7, false));
}

#[tokio::test(start_paused = true)]
async fn a_failure_before_the_first_delta_is_retried_twice() {
    let good: &[Act] = &[Say("a"), End(Finish::Stop)];
    let (deltas, ending) = ask(&timed(&[&[Fail(down)], &[Fail(down)], good]), &prompt("?")).await;
    assert!(ending.is_ok());
    assert_eq!(deltas, ["a"]);
    let (deltas, ending) = ask(&timed(&[&[Fail(down)] as &[Act]; 3]), &prompt("?")).await;
    assert!(deltas.is_empty() && matches!(ending, Err(AssistantError::Unreachable(_))));
}

#[tokio::test(start_paused = true)]
async fn a_failure_after_the_first_delta_is_final() {
    let (deltas, ending) = ask(&timed(&[&[Say("a"), Say("b"), Fail(down)]]), &prompt("?")).await;
    assert_eq!(deltas, ["a", "b"]);
    assert!(matches!(ending, Err(AssistantError::Unreachable(_))));
}

#[tokio::test(start_paused = true)]
async fn a_refused_request_is_not_retried() {
    let (_, ending) = ask(&timed(&[&[Fail(refused)]]), &prompt("?")).await;
    assert!(matches!(ending, Err(AssistantError::Refused(_))));
}

#[tokio::test(start_paused = true)]
async fn silence_ends_each_try_at_the_first_deadline() {
    let start = Instant::now();
    let (_, ending) = ask(&timed(&[&[Wait(11)] as &[Act]; 3]), &prompt("?")).await;
    assert!(matches!(ending, Err(AssistantError::Silent)));
    assert!((30_000..31_300).contains(&start.elapsed().as_millis()), "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_sign_of_life_meets_the_first_deadline_and_the_total_still_applies() {
    let thinks: &[Act] = &[Wait(9), Say(""), Wait(30), Say("a"), End(Finish::Stop)];
    assert_eq!(ask(&timed(&[thinks]), &prompt("?")).await.0, ["a"]);
    let start = Instant::now();
    let endless: &[Act] = &[Say("a"), Wait(61), End(Finish::Stop)];
    let (deltas, ending) = ask(&timed(&[endless]), &prompt("?")).await;
    assert_eq!(deltas, ["a"]);
    assert!(matches!(ending, Err(AssistantError::TooSlow)));
    assert_eq!(start.elapsed().as_secs(), 60);
}

#[tokio::test(start_paused = true)]
async fn a_reply_is_cut_at_the_limit_within_a_delta() {
    let script: &[Act] = &[Say("ééé"), Say("🦀🦀🦀"), Wait(9), End(Finish::Stop)];
    let five = Prompt { max_characters: 5, ..prompt("?") };
    let start = Instant::now();
    let (deltas, ending) = ask(&timed(&[script]), &five).await;
    assert_eq!(deltas, ["ééé", "🦀🦀"]);
    let ending = ending.unwrap();
    assert_eq!((ending.finish, ending.usage.output_tokens), (Finish::Length, 2));
    assert!(ending.usage.estimated && start.elapsed().is_zero());

    let six = Prompt { max_characters: 6, ..prompt("?") };
    let (deltas, ending) = ask(&timed(&[script]), &six).await;
    assert_eq!((deltas.len(), ending.unwrap().finish), (2, Finish::Stop));
}

#[tokio::test(start_paused = true)]
async fn nothing_visible_is_no_reply() {
    let blank: &[Act] = &[Say("\n"), Say(" "), End(Finish::Length)];
    let (deltas, ending) = ask(&timed(&[blank]), &prompt("?")).await;
    assert!(deltas.is_empty());
    assert!(matches!(ending, Err(AssistantError::Empty(Finish::Length))));
    let late: &[Act] = &[Say("\n"), Say("a "), Say(" "), End(Finish::Stop)];
    let scripts: &[&[Act]] = &[&[Say(" "), End(Finish::Stop)], late];
    assert_eq!(ask(&timed(scripts), &prompt("?")).await.0, ["\na ", " "]);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_disconnects_ends_the_reply_at_once() {
    let start = Instant::now();
    let assistant = timed(&[&[Say("a"), Wait(50), End(Finish::Stop)]]);
    let (sender, mut receiver) = mpsc::channel(1);
    let question = prompt("?");
    let (ending, ()) = tokio::join!(assistant.reply(&question, sender), async {
        assert_eq!(receiver.recv().await.unwrap(), "a");
        drop(receiver);
    });
    let ending = ending.unwrap();
    assert_eq!(ending.finish, Finish::Other);
    assert!(ending.usage.estimated && start.elapsed().is_zero());
}
