use std::collections::{BTreeMap, BTreeSet};

use e2e::chat::{SLOW, ask, builder, ui_message};
use e2e::mailed::{in_five_minutes, mint_code, mint_magic_link};
use e2e::social::{Browser, linked};
use e2e::{PASSWORD, User, append, conversation, interaction, whole_list};
use harness::stack::Stack;
use serde_json::{Value, json};
use shared::clock::Clock;
use shared::model::CodePurpose;
use shared::store::{Erasure, Export, Kind};

use crate::helpers::erasure::{deleting, items_of, run_daily, sweep_to_the_end};

const EXPORT: &str = "/api/user/export";

async fn exported(user: &User) -> Vec<Value> {
    whole_list(user, EXPORT, "items").await.0
}

fn kinds(items: &[Value]) -> BTreeMap<String, usize> {
    let mut kinds = BTreeMap::new();
    for item in items {
        *kinds.entry(item["kind"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    kinds
}

/// Writes every kind of item through the API, and says how often each stands in the table.
async fn one_of_each(stack: &Stack, user: &User) -> BTreeMap<String, usize> {
    conversation(user).await;
    append(user, 1, "hello").await;
    interaction(user).await;
    user.post("/api/conversations").header("idempotency-key", "k").await;
    let wrong = json!({ "password": "wrong password" });
    user.post("/api/auth/verify-password").json(&wrong).await;
    // A mail that was sent and came back, and one that is to be sent.
    let reset =
        || stack.post("/api/auth/request-password-reset").json(&json!({ "email": user.email }));
    assert_eq!(reset().await.status, 200);
    stack.next_mail(&user.email).await;
    stack.invoke("note-bounce", &bounced(&user.email)).await.unwrap();
    assert_eq!(reset().await.status, 200);
    // A link and a code that nobody uses.
    mint_magic_link(stack, &user.email, in_five_minutes()).await;
    mint_code(stack, &user.email, CodePurpose::SignIn, in_five_minutes()).await;
    // An account at a provider, and a sign-in that nobody ends.
    linked(stack, user).await;
    Browser::new(stack).begin(&json!({ "provider": "github" })).await;
    // A function that dies leaves its segments, and a request that had joined it.
    let mut running = ask(user, &ui_message("mine", "a", SLOW)).stream().await;
    running.until("text-delta").await.unwrap();
    let joined = user.get("/api/chat/mine/stream").stream().await;
    running.until("twelve").await.unwrap();
    drop((running, joined));
    let doomed = conversation(user).await;
    user.delete(&format!("/api/conversations/{doomed}")).await;
    let mut items = stack.engine.all_items().await.unwrap();
    items.extend(stack.keys.all_items().await.unwrap());
    let mut kinds = BTreeMap::new();
    for item in items {
        *kinds.entry(item["kind"]["S"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    kinds
}

/// What SNS says of an address whose mails come back.
fn bounced(email: &str) -> Value {
    let recipients = json!([{ "emailAddress": email }]);
    let bounce = json!({ "bounceType": "Permanent", "bouncedRecipients": recipients });
    let report = json!({ "eventType": "Bounce", "bounce": bounce }).to_string();
    json!({ "Records": [{ "Sns": { "Message": report } }] })
}

/// A kind that is added to the store is exported and erased, or left out for a reason.
#[tokio::test(flavor = "multi_thread")]
async fn check_41_every_kind_of_item_is_exported_or_left_out_and_every_kind_is_erased() {
    let stack = builder().start().await.unwrap();
    // Somebody who has been erased.
    let bob = stack.sign_up("bob").await;
    assert_eq!(deleting(&bob, &json!({})).await.status, 200);
    run_daily(&stack).await;
    let ada = stack.sign_up("ada").await;
    let stored = one_of_each(&stack, &ada).await;
    let all: BTreeSet<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
    assert_eq!(stored.keys().map(String::as_str).collect::<BTreeSet<_>>(), all);

    let items = exported(&ada).await;
    let shown = Kind::ALL.iter().filter(|kind| kind.export() == Export::Shown);
    let shown: BTreeSet<&str> = shown.map(|kind| kind.name()).collect();
    let found = kinds(&items);
    assert_eq!(found.keys().map(String::as_str).collect::<BTreeSet<_>>(), shown);
    for kind in shown {
        let hidden = usize::from(kind == "conversation");
        assert_eq!(found[kind] + hidden, stored[kind], "{kind}: but for the deleted one");
    }

    assert_eq!(deleting(&ada, &json!({ "password": PASSWORD })).await.status, 200);
    run_daily(&stack).await;
    sweep_to_the_end(&stack).await;
    assert_eq!(items_of(&stack, &ada).await, 0);
    for item in stack.engine.all_items().await.unwrap() {
        let kind = item["kind"]["S"].as_str().unwrap();
        let kind = Kind::ALL.iter().find(|known| known.name() == kind).unwrap();
        let stays = match kind.erasure() {
            Erasure::NotPersonal => true,
            // What is counted for one network.
            Erasure::Expires(_) | Erasure::Address(_) => item.get("ttl").is_some(),
            _ => false,
        };
        assert!(stays, "{item}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn check_41_an_export_has_the_users_own_data_and_no_secret() {
    let stack = Stack::start().await;
    let ada = stack.sign_up("ada").await;
    let phone = ada.another_session().await;
    let eve = stack.sign_up("eve").await;
    for user in [&ada, &eve] {
        conversation(user).await;
        append(user, 1, &format!("I am {}", user.email)).await;
        let turn = user.post("/api/chat").json(&json!({ "message": "hello" })).await;
        assert_eq!(turn.status, 200);
    }
    ada.delete("/api/user/profile").await;
    ada.post("/api/auth/revoke-other-sessions").await;
    let pk = format!("USER#{}", ada.id);
    assert_eq!(stack.engine.count(&pk, "SESSION#").await.unwrap(), 2, "its row is still there");
    let items = exported(&ada).await;
    let text = json!(items).to_string();
    for secret in [&ada.token, &phone.token, PASSWORD, &eve.id, &eve.email, "argon2", "#"] {
        assert!(!text.contains(secret), "{secret} is in {text}");
    }
    for hidden in ["pk", "sk", "ttl", "v", "auth_epoch", "run", "turn_key", "gsi1pk", "body"] {
        assert!(!text.contains(&format!("\"{hidden}\":")), "{hidden} is in {text}");
    }
    let of_kind = |kind: &str| items.iter().filter(|item| item["kind"] == kind).collect::<Vec<_>>();
    let account = &of_kind("account")[0];
    assert_eq!((&account["id"], &account["email"]), (&json!(ada.id), &json!(ada.email)));
    assert_eq!(of_kind("session").len(), 1, "an ended one is not there");
    assert!(of_kind("profile")[0]["archived_at"].is_string(), "it is stored, so it is shown");
    let messages = of_kind("message");
    assert_eq!(messages[0]["content"], "I am ada@example.com");
    assert_eq!(messages.len(), 3);
    assert_eq!(of_kind("chat_turn")[0]["state"], "done");
    assert_eq!(of_kind("quota")[0]["messages"], 1);
    // What a list shows is what the export shows.
    let (listed, _) = whole_list(&ada, "/api/conversations?order=asc", "conversations").await;
    let shown = of_kind("conversation").into_iter().cloned().map(|mut shown| {
        let fields = shown.as_object_mut().unwrap();
        fields.remove("kind");
        assert!(fields.remove("active_message_id").is_some(), "lists leave it out");
        shown
    });
    assert_eq!(shown.collect::<Vec<_>>(), listed);

    ada.post("/api/auth/sign-out").await;
    assert_eq!(ada.get(EXPORT).await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_loses_nothing_and_no_page_is_larger_than_three_megabytes() {
    let stack = Stack::start().await;
    let ada = stack.sign_up("ada").await;
    let deleted = [2, 61];
    for n in 1..=120 {
        assert_eq!(conversation(&ada).await, n);
        if !deleted.contains(&n) && n % 10 == 0 {
            append(&ada, n, "short").await;
        }
    }
    // Text whose JSON is twice as long in Lambda's envelope: 5 MB of it.
    let content = "\"\n".repeat(5_000);
    let pk = format!("USER#{}#CONVERSATION#7", ada.id);
    let rows = (1..=250).map(|n| {
        json!({
            "pk": { "S": pk }, "sk": { "S": format!("MESSAGE#{n:016}") },
            "kind": { "S": "message" }, "v": { "N": "1" }, "id": { "N": n.to_string() },
            "user_id": { "S": ada.id }, "conversation_id": { "N": "7" }, "role": { "S": "user" },
            "content": { "S": content }, "created_at": { "S": "2026-01-01T00:00:00.000Z" },
        })
    });
    stack.engine.put_items(rows).await.unwrap();
    for n in deleted {
        ada.delete(&format!("/api/conversations/{n}")).await;
    }
    let (mut items, mut pages, mut path) = (Vec::new(), 0, EXPORT.to_owned());
    loop {
        let page = ada.get(&path).await;
        assert_eq!(page.status, 200, "{}", page.text());
        assert!(page.body.len() <= 3_000_100, "{}", page.body.len());
        let mut body = page.json();
        items.append(body["items"].as_array_mut().unwrap());
        pages += 1;
        let Some(cursor) = body["next_cursor"].as_str() else { break };
        path = format!("{EXPORT}?cursor={cursor}");
    }
    assert!(pages >= 4, "{pages}");
    let found = kinds(&items);
    assert_eq!((found["conversation"], found["message"]), (118, 250 + 12), "{found:?}");
    let unique: BTreeSet<String> = items.iter().map(Value::to_string).collect();
    assert_eq!(unique.len(), items.len(), "nothing is there twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_of_an_export_is_the_users_own() {
    let stack = Stack::start().await;
    let (ada, eve) = (stack.sign_up("ada").await, stack.sign_up("eve").await);
    for user in [&ada, &eve] {
        for _ in 0..60 {
            conversation(user).await;
        }
    }
    let page = ada.get(EXPORT).await.json();
    let cursor = page["next_cursor"].as_str().unwrap();
    assert_eq!(ada.get(&format!("{EXPORT}?cursor={cursor}")).await.status, 200);
    for (user, path) in [
        (&eve, format!("{EXPORT}?cursor={cursor}")),
        (&ada, format!("{EXPORT}?cursor={cursor}A")),
        (&ada, format!("{EXPORT}?cursor=")),
        (&ada, format!("/api/conversations?cursor={cursor}")),
    ] {
        let refused = user.get(&path).await;
        assert_eq!((refused.status, refused.code().as_str()), (400, "INVALID_CURSOR"), "{path}");
    }
    let limit = ada.get(&format!("{EXPORT}?limit=5")).await;
    assert_eq!((limit.status, limit.code().as_str()), (400, "INVALID_QUERY"));
}

/// A session that ends between two reads of one page shows nothing more.
#[tokio::test(flavor = "multi_thread")]
async fn an_export_ends_with_its_session() {
    use harness::proxy::{Effect, Rule};
    let stack = Stack::start().await;
    let ada = stack.sign_up("ada").await;
    conversation(&ada).await;
    append(&ada, 1, "hello").await;
    stack.warm(&["export-user"]).await.unwrap();
    let rule = Rule::new(Effect::HoldBefore).function("export-user").operation("BatchGetItem");
    let held = stack.proxy.inject(rule.skip(2));
    let (response, ()) = tokio::join!(ada.get(EXPORT).send(), async {
        held.reached(1).await.unwrap();
        ada.post("/api/auth/sign-out").await;
        held.release();
    });
    assert_eq!(response.status, 401);
    assert!(!response.text().contains("hello"));
}

/// A conversation that is deleted between the list and its messages has none.
#[tokio::test(flavor = "multi_thread")]
async fn an_export_shows_nothing_of_a_conversation_that_is_deleted_meanwhile() {
    use harness::proxy::{Effect, Rule};
    let stack = Stack::start().await;
    let ada = stack.sign_up("ada").await;
    for (id, text) in [(1, "hello"), (2, "goodbye")] {
        conversation(&ada).await;
        append(&ada, id, text).await;
    }
    stack.warm(&["export-user"]).await.unwrap();
    let rule = Rule::new(Effect::HoldBefore).function("export-user").operation("BatchGetItem");
    let held = stack.proxy.inject(rule.skip(2).times(3));
    let (response, ()) = tokio::join!(ada.get(EXPORT).send(), async {
        held.reached(1).await.unwrap();
        assert_eq!(ada.delete("/api/conversations/1").await.status, 204);
        held.release();
    });
    assert_eq!(response.status, 200);
    assert!(!response.text().contains("hello") && response.text().contains("goodbye"));
}

/// DynamoDB deletes what has expired hours later.
#[tokio::test(flavor = "multi_thread")]
async fn an_export_leaves_out_what_has_expired() {
    let stack = Stack::start().await;
    let ada = stack.sign_up("ada").await;
    let turn = ada.post("/api/chat").json(&json!({ "message": "hello" })).await;
    assert_eq!(turn.status, 200);
    let before = kinds(&exported(&ada).await);
    assert_eq!((before["chat_turn"], before["quota"]), (1, 1));
    let pk = format!("USER#{}", ada.id);
    let past = json!({ "N": Clock::System.now().seconds().to_string() });
    for row in stack.engine.query(&pk, "").await.unwrap() {
        if ["chat_turn", "quota"].contains(&row["kind"]["S"].as_str().unwrap()) {
            let sk = row["sk"]["S"].as_str().unwrap();
            stack.engine.set(&pk, sk, &[("ttl", past.clone())]).await.unwrap();
        }
    }
    let after = kinds(&exported(&ada).await);
    assert!(!after.contains_key("chat_turn") && !after.contains_key("quota"), "{after:?}");
    assert_eq!(after["message"], 2, "the rest is there");
}
