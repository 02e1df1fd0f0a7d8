use std::collections::BTreeSet;

use e2e::{append, conversation, id, ids, sign_up_body, whole_list};
use futures_util::future::join_all;
use harness::stack::Stack;

#[tokio::test(flavor = "multi_thread")]
async fn check_21_fifty_sign_ups_at_once_make_one_account() {
    let stack = Stack::start().await;
    for round in 0..3 {
        let spellings = (0..50).map(|n| {
            let name = format!("ada{round}");
            let name = if n % 2 == 0 { name.to_uppercase() } else { name };
            let domain = if n % 3 == 0 { "EXAMPLE.com" } else { "example.com" };
            sign_up_body(&format!("{name}@{domain}"))
        });
        let responses = join_all(spellings.map(|body| {
            let request = stack.post("/api/auth/signup").json(&body);
            async { request.await.status }
        }))
        .await;
        let made = responses.iter().filter(|status| **status == 201).count();
        assert_eq!(made, 1, "{responses:?}");
        assert!(responses.iter().all(|status| [201, 422].contains(status)), "{responses:?}");
        for sk in ["ACCOUNT", "PROFILE", "SESSION#"] {
            assert_eq!(stack.engine.count("USER#", sk).await.unwrap(), round + 1, "{sk}");
        }
        assert_eq!(stack.engine.count("EMAIL#", "CREDENTIAL").await.unwrap(), round + 1);
    }
    assert_eq!(stack.keys.count("SIGNING_KEYS#PUBLIC", "").await.unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn check_63_a_hundred_appends_at_once_get_a_hundred_ids() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    conversation(&user).await;
    let responses = join_all((0..100).map(|n| {
        let user = &user;
        async move { append(user, 1, &format!("message {n}")).await }
    }))
    .await;
    assert!(responses.iter().all(|response| response.status == 201));
    let given: BTreeSet<u64> = responses.iter().map(id).collect();
    assert_eq!(given.len(), 100);
    let (stored, _) = whole_list(&user, "/api/conversations/1/messages?limit=50", "messages").await;
    assert_eq!(ids(&stored), given.into_iter().collect::<Vec<_>>());
    let newest = stored.iter().filter_map(|message| message["created_at"].as_str()).max();
    let read = user.get("/api/conversations/1").await.json();
    assert!(
        read["updated_at"].as_str() <= newest
            && read["updated_at"].as_str() > read["created_at"].as_str()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_conversations_at_once_get_fifty_ids() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    let made = join_all((0..50).map(|_| conversation(&user))).await;
    assert_eq!(made.into_iter().collect::<BTreeSet<_>>(), (1..=50).collect());
}
