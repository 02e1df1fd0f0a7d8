use e2e::links::{CHANGE, PURPOSES, forget_mails, mails, mint, purposes_of};
use e2e::{PASSWORD, in_days, sign_in};
use harness::proxy::{Effect, Rule};
use harness::stack::{RequestBuilder, Stack, User};
use serde_json::json;

use super::verify_email::{by_program, link, press};
use crate::helpers::accounts::{account, is_verified, refusal, rows};
use crate::helpers::better_auth::{new_user, post};
use crate::helpers::deaths::{MOMENTS, dies};
use crate::helpers::rows::{credential_key, password_hash};

const CHANGE_EMAIL: &str = "/api/auth/change-email";
const NEW: &str = "ada.lovelace@example.com";

fn change(user: &User, email: &str) -> RequestBuilder {
    user.post(CHANGE_EMAIL).json(&json!({ "newEmail": email }))
}

#[tokio::test(flavor = "multi_thread")]
async fn asking_for_a_change_changes_nothing_and_tells_nothing_of_others() {
    let stack = Stack::start().await;
    let (ada, eve) = (stack.sign_up("ada").await, stack.sign_up("eve").await);
    let before = rows(&stack).await;
    for email in [NEW, eve.email.as_str(), "Ada.Lovelace@Example.COM"] {
        let response = change(&ada, email).await;
        assert_eq!((response.status, response.json()), (200, json!({ "status": true })));
        assert!(response.set_cookies().is_empty());
        assert_eq!(
            mails(&stack).await,
            [json!({
                "purpose": "change_email", "to": email.to_lowercase(), "user_id": ada.id,
                "origin": "https://127.0.0.1",
            })]
        );
        forget_mails(&stack).await;
    }
    assert_eq!(rows(&stack).await, before);
    let same = change(&ada, "ADA@example.com").await;
    assert_eq!(refusal(&same), (400, "EMAIL_IS_THE_SAME".to_owned()));
    assert_eq!(same.field("message"), "Email is the same");
    let evil = json!({ "newEmail": NEW, "callbackURL": "https://evil.com" });
    let evil = ada.post(CHANGE_EMAIL).json(&evil).await;
    assert_eq!(refusal(&evil), (403, "INVALID_CALLBACK_URL".to_owned()));
    let wrong = change(&ada, "nobody").await;
    assert_eq!(refusal(&wrong), (400, "VALIDATION_ERROR".to_owned()));
    assert!(mails(&stack).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn check_33_a_change_needs_a_session_that_began_today() {
    let stack = Stack::start().await;
    let ada = stack.sign_up("ada").await;
    let pk = format!("USER#{}", ada.id);
    for session in stack.engine.query(&pk, "SESSION#").await.unwrap() {
        let (sk, day) = (session["sk"]["S"].as_str().unwrap(), json!({ "S": in_days(-1) }));
        stack.engine.set(&pk, sk, &[("created_at", day)]).await.unwrap();
    }
    let refused = change(&ada, NEW).await;
    assert_eq!(refusal(&refused), (403, "SESSION_NOT_FRESH".to_owned()));
    assert_eq!(refused.field("message"), "Session is not fresh");
    assert!(mails(&stack).await.is_empty());
    assert_eq!(change(&ada.another_session().await, NEW).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_sender_no_change_is_promised() {
    let stack = Stack::builder().parameter("MailSender", "").start().await.unwrap();
    let ada = stack.sign_up("ada").await;
    let refused = change(&ada, NEW).await;
    assert_eq!(refusal(&refused), (400, "CHANGE_EMAIL_DISABLED".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn check_33_the_link_changes_the_address_and_the_old_one_is_told() {
    let stack = Stack::start().await;
    for (n, program) in [true, false].into_iter().enumerate() {
        let ada = stack.sign_up(&format!("ada{n}")).await;
        let new = format!("new{n}@example.com");
        let hash = password_hash(&stack, &ada.email).await;
        let mut token = String::new();
        for purpose in PURPOSES {
            let minted = mint(&stack, &ada, &new, purpose).await;
            if purpose == CHANGE {
                token = minted;
            }
        }
        let page = link(&stack, &token).await;
        assert!(page.status == 200 && page.text().contains(&new), "{}", page.text());
        assert_eq!(account(&stack, &ada).await["email"]["S"], ada.email);
        let done = if program {
            by_program(&stack, &token, "").await
        } else {
            press(&stack, &token, "%2Fsettings").await
        };
        if program {
            let user = &done.json()["user"];
            assert_eq!(done.status, 200);
            let seen = (&user["email"], &user["emailVerified"], &user["id"]);
            assert_eq!(seen, (&json!(new), &json!(true), &json!(ada.id)));
            assert_eq!(user["software_level"], "beginner");
        } else {
            let next = Some("https://127.0.0.1/settings");
            assert_eq!((done.status, done.header("location")), (303, next));
        }
        assert!(is_verified(&stack, &ada).await);
        assert_eq!(account(&stack, &ada).await["email"]["S"], new);
        assert_eq!(
            mails(&stack).await,
            [json!({
                "purpose": "email_changed", "to": ada.email, "user_id": ada.id,
                "origin": "https://127.0.0.1",
            })]
        );
        forget_mails(&stack).await;
        assert!(purposes_of(&stack, &ada).await.is_empty());
        assert_eq!(password_hash(&stack, &new).await, hash);
        assert_eq!(sign_in(&stack, &ada.email, PASSWORD).await.status, 401);
        assert_eq!(sign_in(&stack, &new, PASSWORD).await.status, 200);
        assert_eq!(ada.get("/api/user/profile").await.status, 200, "sessions stay");
        let again = by_program(&stack, &token, "").await;
        assert_eq!(refusal(&again), (401, "INVALID_TOKEN".to_owned()));
        // The old address is free again.
        let body = new_user(&ada.email);
        assert_eq!(post(&stack, "/api/auth/sign-up/email", &body).await.status, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_somebody_has_by_now_stays_theirs() {
    let stack = Stack::start().await;
    let ada = stack.sign_up("ada").await;
    let token = mint(&stack, &ada, "eve@example.com", CHANGE).await;
    let eve = stack.sign_up("eve").await;
    let before = rows(&stack).await;
    let taken = "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL";
    let refused = by_program(&stack, &token, "").await;
    assert_eq!(refusal(&refused), (422, taken.to_owned()));
    let pressed = press(&stack, &token, "%2Fa").await;
    let expected = format!("https://127.0.0.1/a?error={taken}");
    assert_eq!((pressed.status, pressed.header("location")), (303, Some(expected.as_str())));
    assert_eq!(press(&stack, &token, "").await.status, 400);
    assert_eq!(rows(&stack).await, before);
    assert!(mails(&stack).await.is_empty());
    for user in [&ada, &eve] {
        assert_eq!(sign_in(&stack, &user.email, PASSWORD).await.status, 200);
    }
}

/// The first sign-in of an imported user replaces the hash, and ends no session.
#[tokio::test(flavor = "multi_thread")]
async fn a_hash_that_is_replaced_meanwhile_goes_with_the_change() {
    let stack = Stack::start().await;
    let (ada, eve) = (stack.sign_up("ada").await, stack.sign_up("eve").await);
    let newer = password_hash(&stack, &eve.email).await;
    let token = mint(&stack, &ada, NEW, CHANGE).await;
    stack.warm(&["verify-email"]).await.unwrap();
    let rule = Rule::new(Effect::HoldBefore).function("verify-email");
    let held = stack.proxy.inject(rule.operation("TransactWriteItems").times(3));
    let (done, ()) = tokio::join!(by_program(&stack, &token, "").send(), async {
        held.reached(1).await.unwrap();
        let hash = [("password_hash", json!({ "S": newer }))];
        stack.engine.set(&credential_key(&ada.email), "CREDENTIAL", &hash).await.unwrap();
        held.release();
    });
    assert_eq!(done.status, 200, "{}", done.text());
    assert_eq!(password_hash(&stack, NEW).await, newer);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_changes_at_once_one_wins() {
    let stack = Stack::start().await;
    let ada = stack.sign_up("ada").await;
    let token = mint(&stack, &ada, NEW, CHANGE).await;
    let uses = (0..20).map(|_| async { by_program(&stack, &token, "").await.status });
    let statuses = futures_util::future::join_all(uses).await;
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| [200, 401, 503].contains(status)), "{statuses:?}");
    assert_eq!(mails(&stack).await.len(), 1);
    assert_eq!(sign_in(&stack, NEW, PASSWORD).await.status, 200);
    // Two users who want one address.
    let (eve, mallory) = (stack.sign_up("eve").await, stack.sign_up("mallory").await);
    let shared = "shared@example.com";
    let (one, two) =
        (mint(&stack, &eve, shared, CHANGE).await, mint(&stack, &mallory, shared, CHANGE).await);
    let (one, two) = tokio::join!(by_program(&stack, &one, ""), by_program(&stack, &two, ""));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 422]);
    let (winner, loser) = if one.status == 200 { (&eve, &mallory) } else { (&mallory, &eve) };
    assert_eq!(account(&stack, winner).await["email"]["S"], shared);
    assert_eq!(account(&stack, loser).await["email"]["S"], loser.email);
    assert_eq!(sign_in(&stack, &loser.email, PASSWORD).await.status, 200);
    let owner = stack.engine.get_item(&credential_key(shared), "CREDENTIAL").await.unwrap();
    assert_eq!(owner.unwrap()["user_id"]["S"], winner.id);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_dies_is_done_whole_or_can_be_done_again() {
    let stack = Stack::start().await;
    for call @ (operation, skip) in
        [("BatchGetItem", 0), ("BatchGetItem", 1), ("TransactWriteItems", 0)]
    {
        for moment in MOMENTS {
            forget_mails(&stack).await;
            let name = format!("{operation}{skip}{moment:?}").to_lowercase();
            let user = stack.sign_up(&name).await;
            let new = format!("new.{name}@example.com");
            let token = mint(&stack, &user, &new, CHANGE).await;
            let request = press(&stack, &token, "");
            dies(&stack, "confirm-email", call, moment, request).await;
            let again = press(&stack, &token, "").await.status;
            let is_done = operation == "TransactWriteItems" && moment == MOMENTS[1];
            assert_eq!(again, if is_done { 400 } else { 200 }, "{name}");
            assert_eq!(mails(&stack).await.len(), 1, "{name}: the old address is told once");
            assert_eq!(sign_in(&stack, &new, PASSWORD).await.status, 200, "{name}");
            assert_eq!(sign_in(&stack, &user.email, PASSWORD).await.status, 401, "{name}");
        }
    }
    let ada = stack.sign_up("ada").await;
    for operation in ["BatchGetItem", "UpdateItem", "PutItem"] {
        for moment in MOMENTS {
            forget_mails(&stack).await;
            dies(&stack, "change-email", (operation, 0), moment, change(&ada, NEW)).await;
            assert_eq!(change(&ada, NEW).await.status, 200);
            let count = mails(&stack).await.len();
            assert!((1..=2).contains(&count), "{operation} {moment:?}: {count} mails");
        }
    }
}
