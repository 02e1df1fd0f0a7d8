//! What an operator does for users.

use e2e::{PASSWORD, User, conversation, sign_in};
use harness::stack::Stack;
use shared::id::UserId;
use shared::store::StoreError;
use shared::text::Email;

use crate::helpers::erasure::{has_account, items_of, sweep_to_the_end};
use crate::helpers::rows::{HERE, failures_of_address, failures_of_user, from_network, lock};
use crate::helpers::sessions::is_signed_in;
use crate::helpers::tables::store;

fn ids(user: &User) -> (Email, UserId) {
    let email = Email::try_from(user.email.clone()).unwrap();
    (email, UserId::try_from(user.id.clone()).unwrap())
}

/// Locked on the own network and from all others, as an address and as a signed-in user.
#[tokio::test(flavor = "multi_thread")]
async fn an_unlocked_owner_signs_in_again() {
    let stack = Stack::start().await;
    let ada = stack.sign_up("ada").await;
    let (email, id) = ids(&ada);
    for total in [failures_of_address(&ada.email), failures_of_user(&ada.id)] {
        lock(&stack, &total, 100).await;
        lock(&stack, &from_network(&total, HERE), 12).await;
        lock(&stack, &from_network(&total, "192.0.2.1"), 12).await;
    }
    let from = async |network: &str| {
        let body = serde_json::json!({ "email": ada.email, "password": PASSWORD });
        stack.post("/api/auth/signin").json(&body).source_ip(network).await.status
    };
    let verified = async || {
        let body = serde_json::json!({ "password": PASSWORD });
        ada.post("/api/auth/verify-password").json(&body).await.status
    };
    assert_eq!((from(HERE).await, from("192.0.2.1").await, verified().await), (429, 429, 429));
    assert_eq!(from("192.0.2.9").await, 429, "a network that is not known");
    store(&stack).operator().unlock(&email, Some(&id)).await.unwrap();
    assert_eq!((from(HERE).await, from("192.0.2.1").await, verified().await), (200, 200, 200));
    // Wrong passwords lock again.
    for _ in 0..5 {
        assert_eq!(sign_in(&stack, &ada.email, "wrong password").await.status, 401);
    }
    assert_eq!(from(HERE).await, 429);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_finds_shows_signs_out_and_deletes_one_user() {
    let stack = Stack::start().await;
    let (ada, eve) = (stack.sign_up("ada").await, stack.sign_up("eve").await);
    let phone = ada.another_session().await;
    conversation(&ada).await;
    let (email, id) = ids(&ada);
    let store = store(&stack);
    let operator = store.operator();
    assert_eq!(operator.find(&email).await.unwrap(), Some(id.clone()));
    let nobody = Email::try_from("nobody@example.com".to_owned()).unwrap();
    assert_eq!(operator.find(&nobody).await.unwrap(), None);
    let facts = operator.show(&id).await.unwrap();
    assert_eq!(facts.account.email, email);
    assert_eq!((facts.sessions, facts.last_conversation_id), (2, 1));

    let page = operator.export(&id, None).await.unwrap();
    let exported: Vec<&str> = page.items.iter().map(|item| item.get()).collect();
    assert_eq!(page.next_cursor, None);
    let own = ada.get("/api/user/export").await.json();
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(&format!("[{}]", exported.join(","))).unwrap(),
        own["items"]
    );

    operator.sign_out(&id).await.unwrap();
    assert!(!is_signed_in(&ada).await && !is_signed_in(&phone).await && is_signed_in(&eve).await);
    assert!(is_signed_in(&ada.another_session().await).await, "a new sign-in counts");

    operator.erase(&id).await.unwrap();
    assert!(!has_account(&stack, &ada).await && is_signed_in(&eve).await);
    assert_eq!(operator.find(&email).await.unwrap(), None);
    assert!(matches!(operator.erase(&id).await, Err(StoreError::NotFound)));
    sweep_to_the_end(&stack).await;
    assert_eq!(items_of(&stack, &ada).await, 0);
    assert!(items_of(&stack, &eve).await > 0);
}
