use std::collections::BTreeMap;

use e2e::links::{forget_mails, mails, mint};
use e2e::{PASSWORD, User, append, conversation, interaction, sign_in, whole_list};
use futures_util::future::join_all;
use harness::Method;
use harness::proxy::{Effect, Rule};
use harness::stack::Stack;
use serde_json::{Value, json};

use crate::helpers::better_auth::{COOKIE, OWN};
use crate::helpers::deaths::{MOMENTS, dies};
use crate::helpers::erasure::{deleting, has_account, items_of, sweep_to_the_end};
use crate::helpers::rows::{failures, failures_of_user, from_network, lock};
use crate::helpers::sessions::is_signed_in;

#[tokio::test(flavor = "multi_thread")]
async fn check_40_access_ends_at_once_and_the_address_is_free() {
    let stack = Stack::start().await;
    let ada = stack.sign_up("ada").await;
    let phone = ada.another_session().await;
    let eve = stack.sign_up("eve").await;
    conversation(&ada).await;
    append(&ada, 1, "hello").await;
    interaction(&ada).await;
    let of_eve = stack.engine.query(&format!("USER#{}", eve.id), "").await.unwrap();
    let response = deleting(&ada, &json!({ "password": PASSWORD })).await;
    let done = json!({ "success": true, "message": "User deleted" });
    assert_eq!((response.status, response.json()), (200, done));
    assert!(response.set_cookies().is_empty(), "a program with a token has no cookie");
    for user in [&ada, &phone] {
        assert!(!is_signed_in(user).await);
        for path in ["/api/conversations", "/api/conversations/1/messages", "/api/auth/token"] {
            assert_eq!(user.get(path).await.status, 401, "{path}");
        }
        let again = deleting(user, &json!({ "password": PASSWORD })).await;
        assert_eq!((again.status, again.code().as_str()), (401, "UNAUTHORIZED"));
    }
    assert_eq!(sign_in(&stack, &ada.email, PASSWORD).await.status, 401);

    let new = stack.sign_up("ada").await;
    assert_ne!(new.id, ada.id);
    assert!(is_signed_in(&new).await && !is_signed_in(&ada).await);
    let (conversations, _) = whole_list(&new, "/api/conversations", "conversations").await;
    let path = "/api/personalization/interactions";
    let (interactions, _) = whole_list(&new, path, "interactions").await;
    assert_eq!((conversations.len(), interactions.len()), (0, 0), "a new user, with no data");
    assert_eq!(new.get("/api/conversations/1").await.status, 404);
    assert_eq!(stack.engine.query(&format!("USER#{}", eve.id), "").await.unwrap(), of_eve);

    // What stays has no personal data.
    let marks = stack.engine.all_items().await.unwrap().into_iter();
    let marks: Vec<Value> = marks.filter(|item| item["kind"]["S"] == "erased").collect();
    let fields: Vec<&String> = marks[0].as_object().unwrap().keys().collect();
    assert_eq!(marks.len(), 1);
    assert_eq!(fields, ["erased_at", "kind", "pk", "sk", "v"]);
    assert!(!marks[0].to_string().contains(&ada.id));
    let job = stack.engine.query("SWEEPS", "").await.unwrap().remove(0).to_string();
    assert!(!job.contains("example.com"), "{job}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_loses_its_cookies_with_the_account() {
    let stack = Stack::start().await;
    let ada = stack.sign_up("ada").await;
    let delete = |body: Value| {
        let request = stack.post("/api/auth/delete-user").cookie(COOKIE, &ada.token);
        request.json(&body)
    };
    assert_eq!(delete(json!({})).await.code(), "MISSING_OR_NULL_ORIGIN");
    let away = delete(json!({ "callbackURL": "https://evil.example" })).origin(OWN).await;
    assert_eq!((away.status, away.code().as_str()), (403, "INVALID_CALLBACK_URL"));
    let token = delete(json!({ "token": "x" })).origin(OWN).await;
    assert_eq!((token.status, token.code().as_str()), (404, "INVALID_TOKEN"));
    assert!(is_signed_in(&ada).await, "nothing has happened yet");
    let deleted = delete(json!({ "callbackURL": "/goodbye" })).origin(OWN).await;
    assert_eq!((deleted.status, deleted.set_cookies().len()), (200, 3), "{}", deleted.text());
    assert!(deleted.set_cookies().iter().all(|cookie| cookie.contains("Max-Age=0")));
    assert!(!is_signed_in(&ada).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn check_40_a_session_of_yesterday_needs_the_password() {
    // Without a sender of mail, no link can be the proof.
    let stack = Stack::builder().parameter("MailSender", "").start().await.unwrap();
    let ada = stack.sign_up("ada").await;
    age_session(&stack, &ada).await;
    let before = stack.engine.all_items().await.unwrap();
    let refused = deleting(&ada, &json!({})).await;
    assert_eq!((refused.status, refused.code().as_str()), (400, "SESSION_EXPIRED"));
    let text = "Session expired. Re-authenticate to perform this action.";
    assert_eq!(refused.field("message"), text);
    assert_eq!(stack.engine.all_items().await.unwrap(), before);
    let fresh = ada.another_session().await;
    assert_eq!(deleting(&fresh, &json!({})).await.status, 200);
    assert!(!has_account(&stack, &ada).await);
    assert_eq!(deleting(&ada, &json!({})).await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn check_40_wrong_passwords_are_counted_and_delete_nothing() {
    let stack = Stack::start().await;
    let ada = stack.sign_up("ada").await;
    // From where the session did not begin.
    let guess = |password: &'static str| {
        deleting(&ada, &json!({ "password": password })).source_ip("192.0.2.1")
    };
    for _ in 0..5 {
        let wrong = guess("wrong password").await;
        assert_eq!((wrong.status, wrong.code().as_str()), (400, "INVALID_PASSWORD"));
    }
    let pk = failures_of_user(&ada.id);
    assert_eq!(failures(&stack, &from_network(&pk, "192.0.2.1")).await, Some(5));
    assert_eq!(failures(&stack, &pk).await, Some(5));
    for password in ["wrong password", PASSWORD] {
        let locked = guess(password).await;
        assert_eq!((locked.status, locked.code().as_str()), (429, "TOO_MANY_REQUESTS"));
        assert!(locked.header("retry-after").is_some());
    }
    assert!(has_account(&stack, &ada).await && is_signed_in(&ada).await);

    // Failures from elsewhere lock a network that is not known, and no other.
    lock(&stack, &pk, 100).await;
    let request = deleting(&ada, &json!({ "password": PASSWORD })).source_ip("192.0.2.9");
    assert_eq!(request.await.status, 429);
    assert!(has_account(&stack, &ada).await);
    assert_eq!(deleting(&ada, &json!({ "password": PASSWORD })).await.status, 200);
    assert!(!has_account(&stack, &ada).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_deletions_at_once_delete_one_account_once() {
    for body in [json!({}), json!({ "password": PASSWORD })] {
        let stack = Stack::start().await;
        let ada = stack.sign_up("ada").await;
        stack.warm(&["delete-user"]).await.unwrap();
        // Several have read the account before one of them writes.
        let rule = Rule::new(Effect::HoldBefore).operation("TransactWriteItems").times(20);
        let held = stack.proxy.inject(rule);
        let requests = join_all((0..20).map(|_| deleting(&ada, &body).send()));
        let (responses, ()) = tokio::join!(requests, async {
            held.reached(3).await.unwrap();
            held.release();
        });
        let mut statuses: BTreeMap<u16, usize> = BTreeMap::new();
        for response in responses {
            *statuses.entry(response.status).or_default() += 1;
        }
        assert_eq!(statuses.get(&200), Some(&1), "{statuses:?}");
        // Passwords that are being compared count as wrong ones, so that some may be 429.
        let others = statuses.keys().all(|status| [200, 401, 429, 503].contains(status));
        assert!(others, "{statuses:?}");
        let count = async |pk: &str| stack.engine.count(pk, "").await.unwrap();
        assert_eq!((count("ERASED#").await, count("SWEEPS").await), (1, 1));
        assert!(!has_account(&stack, &ada).await && count("EMAIL#").await == 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_deletes_nobody() {
    let stack = Stack::start().await;
    let ada = stack.sign_up("ada").await;
    let before = stack.engine.all_items().await.unwrap();
    for user in [ada.with_token(""), ada.with_token("x")] {
        let body = json!({ "password": PASSWORD });
        let response = user.call(Method::POST, "/api/auth/delete-user").json(&body).await;
        assert_eq!(response.status, 401);
    }
    assert_eq!(stack.engine.all_items().await.unwrap(), before);
}

/// Makes the user's one session a day old.
async fn age_session(stack: &Stack, user: &User) {
    let pk = format!("USER#{}", user.id);
    let session = stack.engine.query(&pk, "SESSION#").await.unwrap().remove(0);
    let yesterday = json!({ "S": e2e::in_days(-1) });
    let sk = session["sk"]["S"].as_str().unwrap();
    stack.engine.set(&pk, sk, &[("created_at", yesterday)]).await.unwrap();
}

/// A scanner of mails opens every link, and somebody else finds it; it works for its user, once.
#[tokio::test(flavor = "multi_thread")]
async fn check_31_32_40_a_mailed_link_is_the_proof_of_an_old_session() {
    let stack = Stack::start().await;
    let (ada, eve) = (stack.sign_up("ada").await, stack.sign_up("eve").await);
    age_session(&stack, &ada).await;
    let response = deleting(&ada, &json!({ "callbackURL": "/goodbye" })).await;
    let sent = json!({ "success": true, "message": "Verification email sent" });
    assert_eq!((response.status, response.json()), (200, sent));
    let mail = stack.next_mail(&ada.email).await;
    assert_eq!(mail.kind, "delete-user");
    let (url, token) = (mail.url.unwrap(), mail.token.unwrap());
    let path = url.split_once("/api/").map(|(_, path)| format!("/api/{path}")).unwrap();
    for _ in 0..3 {
        let page = stack.get(&path).await;
        assert_eq!(page.status, 200);
        assert!(page.text().contains("<button>Delete my account</button>"), "{}", page.text());
        assert!(page.text().contains("<meta name=\"referrer\" content=\"same-origin\">"));
        assert!(page.header("content-security-policy").unwrap().contains("default-src 'none'"));
    }
    let foreign = deleting(&eve, &json!({ "token": token })).await;
    assert_eq!((foreign.status, foreign.code().as_str()), (404, "INVALID_TOKEN"));
    assert!(has_account(&stack, &ada).await && has_account(&stack, &eve).await);

    let form = format!("token={token}&callbackURL=%2Fgoodbye");
    let press = |form: String| {
        let request = stack.post("/api/auth/delete-user").cookie(COOKIE, &ada.token).origin(OWN);
        request.header("content-type", "application/x-www-form-urlencoded").body(form)
    };
    let deleted = press(form.clone()).await;
    assert_eq!(deleted.status, 303, "{}", deleted.text());
    assert_eq!(deleted.header("location"), Some(format!("{OWN}/goodbye").as_str()));
    assert_eq!(deleted.set_cookies().len(), 3);
    assert!(!has_account(&stack, &ada).await && has_account(&stack, &eve).await);
    assert_eq!(press(form).await.status, 401, "nobody is signed in any more");
    assert!(has_account(&stack, &eve).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_uses_of_a_link_at_once_one_deletes() {
    let stack = Stack::start().await;
    let ada = stack.sign_up("ada").await;
    let token = mint(&stack, &ada, &ada.email, "DELETE_USER").await;
    let uses = (0..20).map(|_| async { deleting(&ada, &json!({ "token": token })).await.status });
    let statuses = join_all(uses).await;
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| [200, 401, 404].contains(status)), "{statuses:?}");
    assert!(!has_account(&stack, &ada).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn check_40_a_deletion_by_mail_that_dies_can_be_made_again() {
    let stack = Stack::start().await;
    let ada = stack.sign_up("ada").await;
    age_session(&stack, &ada).await;
    let ask = || deleting(&ada, &json!({}));
    for call in [("BatchGetItem", 0), ("BatchGetItem", 1), ("UpdateItem", 0), ("PutItem", 0)] {
        for moment in MOMENTS {
            forget_mails(&stack).await;
            dies(&stack, "delete-user", call, moment, ask()).await;
            assert_eq!(ask().await.json()["message"], "Verification email sent");
            let count = mails(&stack).await.len();
            assert!((1..=2).contains(&count), "{call:?} {moment:?}: {count} mails");
        }
    }
    assert!(has_account(&stack, &ada).await, "a mail alone deletes nothing");
    for operation in ["BatchGetItem", "TransactWriteItems"] {
        for moment in MOMENTS {
            let user = stack.sign_up(&format!("{operation}{moment:?}").to_lowercase()).await;
            let token = mint(&stack, &user, &user.email, "DELETE_USER").await;
            let press = || deleting(&user, &json!({ "token": token }));
            dies(&stack, "delete-user", (operation, 0), moment, press()).await;
            let is_done = operation == "TransactWriteItems" && moment == MOMENTS[1];
            let again = press().await.status;
            assert_eq!(again, if is_done { 401 } else { 200 }, "{operation} {moment:?}");
            assert!(!has_account(&stack, &user).await, "{operation} {moment:?}");
            sweep_to_the_end(&stack).await;
            assert_eq!(items_of(&stack, &user).await, 0, "{operation} {moment:?}");
        }
    }
    assert!(has_account(&stack, &ada).await);
}
