#![expect(clippy::disallowed_methods, reason = "tests measure the time that tokio lets pass")]

use std::sync::{Arc, Mutex};

use tokio::time::Instant;

use super::*;
use crate::assistant::meter::Counts;
use crate::assistant::testing::{ask_timed as ask, prompt};
use crate::assistant::{ReplyFuture, Usage};

/// One step of a scripted assistant.
#[derive(Debug, Clone)]
enum Act {
    Say(&'static str),
    Think(&'static str),
    Refuse(fn() -> AssistantError),
    Wait(u64),
    Fail(fn() -> AssistantError),
    End(Finish),
}

use Act::{End, Fail, Refuse, Say, Think, Wait};

/// Plays one script a call, and counts the calls.
#[derive(Debug)]
struct Scripted {
    scripts: Mutex<Vec<Vec<Act>>>,
    calls: Arc<Mutex<Vec<Instant>>>,
}

impl Assistant for Scripted {
    fn reply<'a>(&'a self, _: &'a Prompt, sink: Sink<'a>) -> ReplyFuture<'a> {
        self.calls.lock().unwrap().push(Instant::now());
        let script = self.scripts.lock().unwrap().remove(0);
        Box::pin(async move {
            for act in script {
                match act {
                    Say("") => sink.responds(),
                    Say(text) => drop(sink.text(text.to_owned()).await),
                    Think(text) => sink.hidden(text),
                    Wait(seconds) => sleep(Duration::from_secs(seconds)).await,
                    Fail(error) => return Err(error()),
                    Refuse(error) => {
                        sink.refused();
                        return Err(error());
                    }
                    End(finish) => {
                        sink.counted(Counts { input: Some(7), output: Some(9) });
                        return Ok(finish);
                    }
                }
            }
            panic!("the script has no end")
        })
    }
}

fn timed(scripts: &[&[Act]]) -> Timed {
    timed_and_calls(scripts).0
}

fn timed_and_calls(scripts: &[&[Act]]) -> (Timed, Arc<Mutex<Vec<Instant>>>) {
    let scripts = scripts.iter().map(|script| script.to_vec()).collect();
    let deadlines =
        Deadlines { first_byte: Duration::from_secs(10), total: Duration::from_mins(1) };
    let calls = Arc::default();
    let scripted = Scripted { scripts: Mutex::new(scripts), calls: Arc::clone(&calls) };
    (Timed::new(Box::new(scripted), deadlines), calls)
}

/// The estimate for the prompt of these tests: its system prompt has two tokens, its question one.
fn estimate(output_tokens: u64) -> Usage {
    Usage { input_tokens: 3, output_tokens, estimated: true }
}

fn down() -> AssistantError {
    AssistantError::Unreachable("down".to_owned())
}

fn refused() -> AssistantError {
    AssistantError::Refused("no".to_owned())
}

fn busy(seconds: u64) -> AssistantError {
    let retry_after = Some(Duration::from_secs(seconds));
    AssistantError::Busy { cause: "busy".to_owned(), retry_after }
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
    let (deltas, ending) =
        ask(&timed(&[&[Refuse(down)], &[Refuse(down)], good]), &prompt("?")).await;
    assert!(ending.is_ok());
    assert_eq!(deltas, ["a"]);
    let (deltas, ending) = ask(&timed(&[&[Refuse(down)] as &[Act]; 3]), &prompt("?")).await;
    let failure = ending.unwrap_err();
    assert!(deltas.is_empty() && matches!(failure.error, AssistantError::Unreachable(_)));
    assert_eq!(failure.usage, None);
}

#[tokio::test(start_paused = true)]
async fn a_failure_after_the_first_delta_is_final() {
    let (deltas, ending) = ask(&timed(&[&[Say("a"), Say("b"), Fail(down)]]), &prompt("?")).await;
    assert_eq!(deltas, ["a", "b"]);
    let failure = ending.unwrap_err();
    assert!(matches!(failure.error, AssistantError::Unreachable(_)));
    assert_eq!(failure.usage, Some(estimate(1)));
}

#[tokio::test(start_paused = true)]
async fn a_refused_request_is_not_retried() {
    let (_, ending) = ask(&timed(&[&[Refuse(refused)]]), &prompt("?")).await;
    let failure = ending.unwrap_err();
    assert!(matches!(failure.error, AssistantError::Refused(_)));
    assert_eq!(failure.usage, None);
}

#[tokio::test(start_paused = true)]
async fn e4_a_silent_provider_is_asked_once_and_counts() {
    let start = Instant::now();
    let (timed, calls) = timed_and_calls(&[&[Wait(11)] as &[Act]; 3]);
    let failure = ask(&timed, &prompt("?")).await.1.unwrap_err();
    assert!(matches!(failure.error, AssistantError::Silent));
    assert_eq!((start.elapsed().as_secs(), calls.lock().unwrap().len()), (10, 1));
    assert_eq!(failure.usage, Some(estimate(0)));
}

#[tokio::test(start_paused = true)]
async fn e4_all_tries_share_the_first_deadline() {
    let start = Instant::now();
    let late: &[Act] = &[Wait(6), Refuse(down)];
    let (timed, calls) = timed_and_calls(&[late, late, late]);
    let failure = ask(&timed, &prompt("?")).await.1.unwrap_err();
    assert!(matches!(failure.error, AssistantError::Silent));
    assert_eq!((start.elapsed().as_secs(), calls.lock().unwrap().len()), (10, 2));
}

#[tokio::test(start_paused = true)]
async fn e7_a_provider_that_asks_for_a_pause_gets_it() {
    let good: &[Act] = &[Say("a"), End(Finish::Stop)];
    let (timed, calls) = timed_and_calls(&[&[Refuse(|| busy(4))], good]);
    assert_eq!(ask(&timed, &prompt("?")).await.0, ["a"]);
    let calls = calls.lock().unwrap();
    let pause = calls[1] - calls[0];
    assert!((4_000..=4_401).contains(&pause.as_millis()), "{pause:?}");
}

#[tokio::test(start_paused = true)]
async fn e7_a_long_pause_is_left_to_the_client() {
    let start = Instant::now();
    let (timed, calls) = timed_and_calls(&[&[Refuse(|| busy(30))]]);
    let failure = ask(&timed, &prompt("?")).await.1.unwrap_err();
    assert_eq!(failure.retry_after(), Some(Duration::from_secs(30)));
    assert!(start.elapsed().is_zero() && calls.lock().unwrap().len() == 1);
    assert_eq!(failure.usage, None);
}

#[tokio::test(start_paused = true)]
async fn m1_what_may_be_billed_is_not_repeated() {
    let broken = || AssistantError::Broken("cut".to_owned());
    for script in [&[Fail(down)] as &[Act], &[Fail(broken)], &[Think("hmm"), Fail(down)]] {
        let (timed, calls) = timed_and_calls(&[script]);
        let failure = ask(&timed, &prompt("?")).await.1.unwrap_err();
        assert_eq!(calls.lock().unwrap().len(), 1);
        assert_eq!(failure.usage.map(|usage| usage.input_tokens), Some(3));
    }
}

#[tokio::test(start_paused = true)]
async fn a_sign_of_life_meets_the_first_deadline_and_the_total_still_applies() {
    let thinks: &[Act] = &[Wait(9), Say(""), Wait(30), Say("a"), End(Finish::Stop)];
    assert_eq!(ask(&timed(&[thinks]), &prompt("?")).await.0, ["a"]);
    let start = Instant::now();
    let endless: &[Act] = &[Say("a"), Wait(61), End(Finish::Stop)];
    let (deltas, ending) = ask(&timed(&[endless]), &prompt("?")).await;
    assert_eq!(deltas, ["a"]);
    let failure = ending.unwrap_err();
    assert!(matches!(failure.error, AssistantError::TooSlow));
    assert_eq!(failure.usage, Some(estimate(1)));
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
    // Six characters outside ASCII came.
    assert_eq!((ending.finish, ending.usage.output_tokens), (Finish::Length, 6));
    assert!(ending.usage.estimated && start.elapsed().is_zero());

    let six = Prompt { max_characters: 6, ..prompt("?") };
    let (deltas, ending) = ask(&timed(&[script]), &six).await;
    assert_eq!((deltas.len(), ending.unwrap().finish), (2, Finish::Stop));
}

#[tokio::test(start_paused = true)]
async fn m1_nothing_visible_is_no_reply_but_counts_and_is_not_repeated() {
    for script in [
        &[Say("\n"), Say(" "), End(Finish::Stop)] as &[Act],
        &[Say("\u{200b}\u{2060}"), End(Finish::Stop)],
        &[Think("so it is a servo"), End(Finish::Stop)],
        &[Say("<think>so it is"), Say(" a servo"), End(Finish::Stop)],
        &[End(Finish::Stop)],
    ] {
        let (timed, calls) = timed_and_calls(&[script]);
        let (deltas, ending) = ask(&timed, &prompt("?")).await;
        let failure = ending.unwrap_err();
        assert!(deltas.is_empty() && calls.lock().unwrap().len() == 1, "{script:?}");
        assert!(matches!(failure.error, AssistantError::Empty(Finish::Stop)), "{failure}");
        let counted = Usage { input_tokens: 7, output_tokens: 9, estimated: false };
        assert_eq!(failure.usage, Some(counted), "{script:?}");
    }
    let late: &[Act] = &[Say("\n"), Say("a "), Say(" "), End(Finish::Stop)];
    assert_eq!(ask(&timed(&[late]), &prompt("?")).await.0, ["\na ", " "]);
}

#[tokio::test(start_paused = true)]
async fn m1_an_endless_blank_reply_is_cut_and_counts() {
    let spaces: &[Act] = &[Say("      "), Say("      "), Wait(50), End(Finish::Stop)];
    let ten = Prompt { max_characters: 10, ..prompt("?") };
    let failure = ask(&timed(&[spaces]), &ten).await.1.unwrap_err();
    assert!(matches!(failure.error, AssistantError::Empty(Finish::Length)));
    assert_eq!(failure.usage, Some(estimate(3)));
}

#[tokio::test(start_paused = true)]
async fn e8_reasoning_in_the_content_is_not_passed_on_but_counts() {
    let script: &[Act] =
        &[Say("<thi"), Say("nk>so it is a"), Say(" servo</think>\n\nA "), Say("servo."), Wait(70)];
    let (deltas, ending) = ask(&timed(&[script]), &prompt("?")).await;
    assert_eq!(deltas, ["A ", "servo."]);
    // 41 characters, tags included.
    assert_eq!(ending.unwrap_err().usage, Some(estimate(11)));
    let unfinished: &[Act] = &[Say("<thi"), End(Finish::Stop)];
    assert_eq!(ask(&timed(&[unfinished]), &prompt("?")).await.0, ["<thi"]);
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
