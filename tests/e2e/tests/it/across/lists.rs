use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use e2e::{User, append, conversation, ids, whole_list};
use harness::stack::Stack;
use serde_json::{Value, json};

const MESSAGES: &str = "/api/conversations/1/messages";

/// Puts messages into the table directly, which is faster than appending them.
async fn fill(stack: &Stack, user: &User, count: u64, content: &str) {
    let pk = format!("USER#{}#CONVERSATION#1", user.id);
    for n in 1..=count {
        let role = if n % 3 == 0 { "assistant" } else { "user" };
        let sk = format!("MESSAGE#{n:016}");
        let item = json!({
            "pk": { "S": pk }, "sk": { "S": sk }, "kind": { "S": "message" }, "v": { "N": "1" },
            "gsi1pk": { "S": format!("{pk}#ROLE#{role}") }, "gsi1sk": { "S": sk },
            "id": { "N": n.to_string() }, "user_id": { "S": user.id }, "conversation_id": { "N": "1" },
            "role": { "S": role }, "content": { "S": content },
            "created_at": { "S": "2026-01-01T00:00:00.000Z" },
        });
        stack.engine.put_item(item).await.unwrap();
    }
}

async fn stack_with(count: u64, content: &str) -> (Stack, User) {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    conversation(&user).await;
    fill(&stack, &user, count, content).await;
    (stack, user)
}

/// More than 2 MB in a page of 50: DynamoDB cuts it at 1 MB, we don't.
#[tokio::test(flavor = "multi_thread")]
async fn check_58_pages_beyond_one_megabyte_lose_and_repeat_nothing() {
    let (_stack, user) = stack_with(120, &"🦀".repeat(10_000)).await;
    for (query, forward) in [("limit=50", true), ("limit=50&order=desc", false), ("limit=7", true)]
    {
        let (items, pages) = whole_list(&user, &format!("{MESSAGES}?{query}"), "messages").await;
        let mut expected: Vec<u64> = (1..=120).collect();
        if !forward {
            expected.reverse();
        }
        assert_eq!(ids(&items), expected, "{query}");
        let limit: usize = if query.contains("50") { 50 } else { 7 };
        assert_eq!(pages, 120_usize.div_ceil(limit), "every page but the last is full");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn check_59_a_role_filter_gives_full_pages() {
    let (_stack, user) = stack_with(60, "hello").await;
    for (role, total) in [("assistant", 20), ("user", 40)] {
        for order in ["asc", "desc"] {
            let path = format!("{MESSAGES}?role={role}&limit=8&order={order}");
            let first = user.get(&path).await.json();
            assert_eq!(first["messages"].as_array().unwrap().len(), 8);
            let (items, pages) = whole_list(&user, &path, "messages").await;
            assert!(items.iter().all(|item| item["role"] == role));
            let mut expected: Vec<u64> =
                (1..=60).filter(|n| (n % 3 == 0) == (role == "assistant")).collect();
            if order == "desc" {
                expected.reverse();
            }
            assert_eq!((ids(&items), pages), (expected, usize::div_ceil(total, 8)));
        }
    }
    assert_eq!(user.get(&format!("{MESSAGES}?role=system")).await.status, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn check_57_limits_and_exact_multiples() {
    let (_stack, user) = stack_with(40, "hello").await;
    let default = user.get(MESSAGES).await.json();
    assert_eq!(default["messages"].as_array().unwrap().len(), 20);
    let (items, pages) = whole_list(&user, MESSAGES, "messages").await;
    assert_eq!((items.len(), pages), (40, 2), "no empty page at the end");
    for limit in ["0", "-1", "51", "abc", "1.5", ""] {
        let response = user.get(&format!("{MESSAGES}?limit={limit}")).await;
        assert_eq!((response.status, response.code().as_str()), (400, "INVALID_QUERY"), "{limit}");
    }
    assert_eq!(user.get(&format!("{MESSAGES}?limit=1&limit=2")).await.status, 400);
    assert_eq!(user.get(&format!("{MESSAGES}?colour=red")).await.status, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn check_56_foreign_edited_and_misplaced_cursors_are_400() {
    let (stack, user) = stack_with(10, "hello").await;
    conversation(&user).await;
    let eve = stack.sign_up("eve").await;
    conversation(&eve).await;
    let cursor = |response: Value| response["next_cursor"].as_str().unwrap().to_owned();
    let good = cursor(user.get(&format!("{MESSAGES}?limit=3")).await.json());
    let of_conversations = cursor(user.get("/api/conversations?limit=1").await.json());
    let next = user.get(&format!("{MESSAGES}?cursor={good}")).await;
    assert_eq!(ids(next.json()["messages"].as_array().unwrap()), [4, 5, 6, 7, 8, 9, 10]);
    let edited = format!("{}{}", if good.starts_with('A') { "B" } else { "A" }, &good[1..]);
    for path in [
        format!("{MESSAGES}?cursor={edited}"),
        format!("{MESSAGES}?cursor={}", &good[..good.len() - 2]),
        format!("{MESSAGES}?cursor="),
        format!("{MESSAGES}?cursor=x"),
        format!("{MESSAGES}?cursor={}", "A".repeat(5_000)),
        format!("{MESSAGES}?cursor={of_conversations}"),
        format!("{MESSAGES}?order=desc&cursor={good}"),
        format!("{MESSAGES}?role=user&cursor={good}"),
        format!("/api/conversations/2/messages?cursor={good}"),
        format!("/api/conversations?cursor={good}"),
        format!("/api/conversations?sort=updated_at&cursor={of_conversations}"),
    ] {
        let response = user.get(&path).await;
        assert_eq!(
            (response.status, response.code().as_str()),
            (400, "INVALID_CURSOR"),
            "{path:.120}"
        );
    }
    let foreign = eve.get(&format!("{MESSAGES}?cursor={good}")).await;
    assert_eq!(foreign.status, 400);
}

/// A fingerprint needs no secret, so anyone can make a cursor: it must not lead out of the list.
#[tokio::test(flavor = "multi_thread")]
async fn check_56_a_cursor_that_was_made_up_does_not_leave_its_list() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    conversation(&user).await;
    let forge = |filter: &str, position: &str| {
        let text = [user.id.as_str(), "conversations", filter, position].join("\0");
        let digest =
            ring::digest::digest(&ring::digest::SHA256, &[b"\x01", text.as_bytes()].concat());
        URL_SAFE_NO_PAD.encode([b"\x01", position.as_bytes(), &digest.as_ref()[..8]].concat())
    };
    let good = forge("CreatedAt/Asc", "CONVERSATION#0000000000000000");
    let path = |cursor: &str| format!("/api/conversations?order=asc&cursor={cursor}");
    let listed = user.get(&path(&good)).await;
    assert_eq!(ids(listed.json()["conversations"].as_array().unwrap()), [1], "forging works");
    for position in
        ["A0000000000000000", "Z0000000000000009", "CONVERSATION#x", "CONVERSATION#", ""]
    {
        let response = user.get(&path(&forge("CreatedAt/Asc", position))).await;
        assert_eq!(
            (response.status, response.code().as_str()),
            (400, "INVALID_CURSOR"),
            "{position}"
        );
        let cursor = forge("CreatedAt/Desc", position);
        let response = user.get(&format!("/api/conversations?cursor={cursor}")).await;
        assert_eq!(response.status, 400, "{position}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn conversations_are_listed_both_ways_by_both_times() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    let empty = user.get("/api/conversations").await.json();
    assert_eq!(empty, json!({ "conversations": [], "next_cursor": null }));
    for _ in 0..12 {
        conversation(&user).await;
    }
    for n in [5, 3, 9] {
        append(&user, n, "hello").await;
    }
    user.delete("/api/conversations/7").await;
    let by_age = [1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12];
    let by_activity = [1, 2, 4, 6, 8, 10, 11, 12, 5, 3, 9];
    for (sort, expected) in [("created_at", by_age), ("updated_at", by_activity)] {
        for order in ["asc", "desc"] {
            let path = format!("/api/conversations?sort={sort}&order={order}&limit=4");
            let (items, pages) = whole_list(&user, &path, "conversations").await;
            let mut expected = expected.to_vec();
            if order == "desc" {
                expected.reverse();
            }
            assert_eq!((ids(&items), pages), (expected, 3), "{path}");
            assert!(
                items
                    .iter()
                    .all(|item| item["user_id"] == user.id && item["title"] == "New conversation")
            );
        }
    }
}

/// Conversations that are deleted but not swept yet cost a list few round trips.
#[tokio::test(flavor = "multi_thread")]
async fn many_deleted_conversations_do_not_slow_a_list() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    conversation(&user).await;
    for n in 2..=400 {
        let item = json!({
            "pk": { "S": format!("USER#{}", user.id) }, "sk": { "S": format!("CONVERSATION#{n:016}") },
            "deleting": { "S": "2026-01-01T00:00:00.000Z" },
        });
        stack.engine.put_item(item).await.unwrap();
    }
    stack.recorder.take();
    let listed = user.get("/api/conversations?limit=5").await.json();
    assert_eq!(ids(listed["conversations"].as_array().unwrap()), [1]);
    let queries = stack.recorder.take();
    let lists = queries.iter().filter(|call| call.keys.iter().any(|key| key.starts_with("CONV")));
    assert_eq!(lists.count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn items_added_while_paging_disturb_no_page() {
    let (_stack, user) = stack_with(0, "").await;
    for n in 0..6 {
        append(&user, 1, &format!("message {n}")).await;
    }
    let path = format!("{MESSAGES}?order=desc&limit=2");
    let first = user.get(&path).await.json();
    append(&user, 1, "new").await;
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = user.get(&format!("{path}&cursor={cursor}")).await.json();
    assert_eq!(ids(first["messages"].as_array().unwrap()), [6, 5]);
    assert_eq!(ids(second["messages"].as_array().unwrap()), [4, 3]);
}
