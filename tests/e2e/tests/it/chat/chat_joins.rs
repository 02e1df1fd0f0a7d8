//! Requests that follow a run which another request has started: how many there are, and how long.

use std::time::Duration;

use harness::proxy::Call;
use serde_json::{Value, json};
use shared::app::chat::{Reply, ReplyEvent};
use shared::clock::Clock;
use shared::problem::Problem;
use tokio::time::timeout;

use crate::helpers::scene::{QUOTA, Scene, chat, submit, whole};

/// More than any of these requests takes to end.
const PATIENCE: Duration = Duration::from_mins(1);

/// A run that says nothing more, in conversation 1: its function has died, or its model thinks.
struct Silent {
    scene: Scene,
    run: String,
}

impl Silent {
    async fn new() -> Self {
        let scene = Scene::standing_still(QUOTA).await;
        let reply = scene.ask(None, submit("a", "hello")).await.unwrap();
        let run = reply.turn.run.as_str().to_owned();
        whole(reply).await.1.unwrap();
        let silent = Self { scene, run };
        let partition = silent.user_partition();
        let turns = silent.scene.stack.engine.query(&partition, "TURN#").await.unwrap();
        let sk = turns[0]["sk"]["S"].as_str().unwrap();
        let s = |text: &str| json!({ "S": text });
        silent.set(&partition, sk, &[("state", s("running"))]).await;
        let in_an_hour = Clock::System.now().plus(Duration::from_hours(1)).to_string();
        let lease = [
            ("turn_key", s(sk.trim_start_matches("TURN#"))),
            ("turn_run", s(&silent.run)),
            ("turn_until", s(&in_an_hour)),
        ];
        silent.set(&partition, &format!("CONVERSATION#{:016}", 1), &lease).await;
        let (messages, reply) = (silent.messages_partition(), format!("MESSAGE#{:016}", 2));
        silent.scene.stack.engine.delete_item(&messages, &reply).await.unwrap();
        silent
    }

    async fn join(&self) -> Reply {
        for _ in 0..20 {
            let caller = self.scene.caller.clone();
            match self.scene.app.running_reply(caller, &chat(1)).await {
                Ok(reply) => return reply.unwrap(),
                // On a busy machine, fifty requests at once may wait too long for the table.
                Err(problem) => assert_eq!(problem.status(), 503, "{problem}"),
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("the table is always busy");
    }

    /// A segment of its reply is stored.
    async fn says(&self, number: usize, text: &str) {
        let sk = format!("SEGMENT#{}#{number:06}", self.run);
        self.set(&self.messages_partition(), &sk, &[("text", json!({ "S": text }))]).await;
    }

    /// How many requests too many were counted: on a slow table, a count whose response is late is sent once
    /// more.
    async fn counted_twice(&self, joined: usize) -> usize {
        let sk = format!("SEGMENT#{}#:", self.run);
        let row = self.scene.stack.engine.get_item(&self.messages_partition(), &sk).await.unwrap();
        let counted: usize = row.unwrap()["joined"]["N"].as_str().unwrap().parse().unwrap();
        counted - joined
    }

    /// Its lease ends.
    async fn dies(&self) {
        let past = json!({ "S": "2020-01-01T00:00:00.000Z" });
        let sk = format!("CONVERSATION#{:016}", 1);
        self.set(&self.user_partition(), &sk, &[("turn_until", past)]).await;
    }

    /// Waits until those who follow have looked twice more.
    async fn is_looked_at(&self) {
        self.scene.stack.recorder.take();
        let looks = |call: &&Call| call.operation == "Query";
        let mut seen = 0;
        for _ in 0..100 {
            seen += self.scene.stack.recorder.take().iter().filter(looks).count();
            if seen >= 3 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("nobody looks");
    }

    async fn set(&self, pk: &str, sk: &str, attributes: &[(&str, Value)]) {
        self.scene.stack.engine.set(pk, sk, attributes).await.unwrap();
    }

    fn user_partition(&self) -> String {
        format!("USER#{}", self.scene.user.id)
    }

    fn messages_partition(&self) -> String {
        format!("USER#{}#CONVERSATION#1", self.scene.user.id)
    }
}

fn end(problem: &Problem) -> (u16, &'static str) {
    (problem.status(), problem.code())
}

/// Fifty requests join at once, as a page that reloads in a loop, or somebody who means harm.
#[tokio::test(flavor = "multi_thread")]
async fn m4_at_most_eight_requests_follow_a_run() {
    let silent = Box::pin(Silent::new()).await;
    silent.says(0, "So far.").await;
    let joins = futures_util::future::join_all((0..50).map(|_| silent.join())).await;
    let mut following: Vec<_> = joins.into_iter().map(|reply| tokio::spawn(whole(reply))).collect();
    let mut ended = Vec::new();
    while ended.len() < 42 {
        let next = futures_util::future::select_all(following);
        let (first, _, others) = timeout(PATIENCE, next).await.unwrap();
        let (text, problem) = first.unwrap();
        let end = end(&problem.unwrap_err());
        assert_eq!(text, "So far.", "each gets what there is; this one ended as {end:?}");
        ended.push(end);
        following = others;
    }
    assert!(ended.iter().all(|end| *end == (503, "JOIN_ENDED")), "{ended:?}");
    silent.is_looked_at().await;
    let displaced = silent.counted_twice(50).await;
    let ended = following.iter().filter(|reply| reply.is_finished()).count();
    assert!(ended <= displaced, "eight go on, but {ended} of them have ended");
    // A phone that lost its connection joins again, and so does the same message.
    let mut again = silent.join().await;
    assert!(matches!(again.next().await, ReplyEvent::Delta(_)));
    let same = silent.scene.ask(chat(1), submit("a", "hello")).await;
    drop(same);
    silent.dies().await;
    let ends = futures_util::future::join_all(following).await;
    let problems: Vec<_> = ends.into_iter().map(|end| end.unwrap().1.unwrap_err().code()).collect();
    assert!(
        problems.iter().filter(|code| **code == "TURN_INTERRUPTED").count() + displaced >= 6,
        "{problems:?}"
    );
    assert_eq!(whole(again).await.1.unwrap_err().code(), "TURN_INTERRUPTED");
}

#[tokio::test(flavor = "multi_thread")]
async fn m4_a_request_follows_a_silent_run_for_twenty_seconds() {
    let silent = Box::pin(Silent::new()).await;
    let following = tokio::spawn(whole(silent.join().await));
    silent.is_looked_at().await;
    silent.scene.wait(Duration::from_millis(19_999));
    silent.is_looked_at().await;
    assert!(!following.is_finished());
    // New text begins another twenty seconds.
    silent.says(0, "Well").await;
    silent.is_looked_at().await;
    silent.scene.wait(Duration::from_millis(19_999));
    silent.is_looked_at().await;
    assert!(!following.is_finished());
    silent.scene.wait(Duration::from_millis(1));
    let (text, problem) = timeout(PATIENCE, following).await.unwrap().unwrap();
    assert_eq!((text.as_str(), end(&problem.unwrap_err())), ("Well", (503, "JOIN_ENDED")));
    // The run goes on, and can be joined again.
    let mut again = silent.join().await;
    assert!(matches!(again.next().await, ReplyEvent::Delta(text) if text == "Well"));
}

/// Joining a reply that is complete costs no write.
#[tokio::test(flavor = "multi_thread")]
async fn m4_only_who_follows_a_running_reply_is_counted() {
    let scene = Scene::new().await;
    whole(scene.ask(None, submit("a", "hello")).await.unwrap()).await.1.unwrap();
    scene.stack.recorder.take();
    whole(scene.ask(None, submit("a", "hello")).await.unwrap()).await.1.unwrap();
    let calls = scene.stack.recorder.take();
    assert!(calls.iter().all(|call| call.write_units == 0.0), "{calls:#?}");
}
