//! What `cargo xtask analytics` says of what `sweep` has counted.

use ::operator::analytics;
use harness::stack::Stack;
use serde_json::json;
use shared::clock::Clock;

use crate::helpers::tables::store;
use crate::helpers::tallies::log;

#[tokio::test(flavor = "multi_thread")]
async fn the_ratings_of_many_are_shown_and_those_of_few_are_not() {
    let stack = Stack::start().await;
    let said =
        async || analytics::text(&store(&stack).operator(), Clock::System.now(), 2).await.unwrap();
    assert!(said().await.starts_with("Nothing was tallied"));
    for number in 0..12 {
        let user = stack.sign_up(&format!("user{number}")).await;
        log(&user, "translation", None).await;
        log(&user, "translation", Some(if number % 2 == 0 { 4.0 } else { 3.5 })).await;
    }
    for name in ["ada", "eve", "bob"] {
        let user = stack.sign_up(name).await;
        let body = json!({ "software_level": "advanced", "hardware_background": "other" });
        assert_eq!(user.put("/api/user/profile").json(&body).await.status, 200);
        log(&user, "translation", Some(1.0)).await;
    }
    stack.deliver_stream().await.unwrap();
    let text = said().await;
    let row = text.lines().find(|line| line.contains("beginner, robotics")).unwrap();
    let words: Vec<&str> = row.split_whitespace().collect();
    let numbers = ["24", "12", "3.75"];
    assert!(words.windows(3).any(|found| found == numbers), "{text}");
    assert!(!text.contains("advanced") && !text.contains("1.00"), "{text}");
    assert!(text.contains("Some interactions are not shown"), "{text}");
}
