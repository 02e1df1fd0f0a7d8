use std::collections::BTreeSet;

use harness::Method;
use harness::stack::Stack;
use serde_json::json;

use crate::helpers::sessions::{call, handle};

/// Whoever looks for the present session in the list finds it, however many began after it.
#[tokio::test(flavor = "multi_thread")]
async fn the_latest_hundred_are_listed_and_the_present_one() {
    let stack = Stack::start().await;
    let ada = stack.sign_up("ada").await;
    let own = handle(&ada).await;
    let pk = format!("USER#{}", ada.id);
    let mut item = stack.engine.query(&pk, "SESSION#").await.unwrap().remove(0);
    let later = (0..120).map(|n| {
        let id = format!("{n:032}");
        item["sk"] = json!({ "S": format!("SESSION#{id}") });
        item["session_id"] = json!({ "S": id });
        item["created_at"] = json!({ "S": format!("2099-01-01T00:00:{:02}.{n:03}Z", n / 10) });
        item.clone()
    });
    stack.engine.put_items(later).await.unwrap();

    let list = call(&ada, Method::GET, "list-sessions").await.json();
    let list = list.as_array().unwrap();
    assert_eq!(list.len(), 100);
    assert_eq!(list[99]["id"], own, "it began before all others");
    let dates: Vec<&str> = list.iter().map(|row| row["createdAt"].as_str().unwrap()).collect();
    assert!(dates.windows(2).all(|pair| pair[0] > pair[1]), "the latest first: {dates:?}");
    assert_eq!(dates.iter().collect::<BTreeSet<_>>().len(), 100);
    assert_eq!(dates[0], "2099-01-01T00:00:11.119Z");
    assert_eq!(dates[98], "2099-01-01T00:00:02.021Z", "the 99 latest of the others");
}
