//! E-mail addresses: which ones are taken, and that each has one account.

use e2e::{PASSWORD, sign_in, sign_in_email, sign_up_body};
use futures_util::future::join_all;
use harness::stack::Stack;
use serde_json::json;

use crate::helpers::better_auth::{SIGN_IN, SIGN_UP, new_user, post};
use crate::helpers::rows::{HERE, failures_of_address, from_network, lock};

const SIGN_UP_OURS: &str = "/api/auth/signup";
const TAKEN: &str = "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL";

#[tokio::test(flavor = "multi_thread")]
async fn check_20_a_taken_address_is_422_and_nothing_changes() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    lock(&stack, &from_network(&failures_of_address(&user.email), HERE), 9).await;
    let before = stack.engine.query(&format!("USER#{}", user.id), "").await.unwrap();
    for email in ["ada@example.com", "ADA@Example.Com"] {
        for password in [PASSWORD, "another horse"] {
            for (path, mut body) in
                [(SIGN_UP, new_user(email)), (SIGN_UP_OURS, sign_up_body(email))]
            {
                body["password"] = password.into();
                let response = post(&stack, path, &body).await;
                assert_eq!(
                    (response.status, response.code().as_str()),
                    (422, TAKEN),
                    "{path} {email}"
                );
                assert!(response.set_cookies().is_empty());
                assert_eq!(response.header("set-auth-token"), None);
            }
        }
    }
    assert_eq!(stack.engine.count("USER#", "ACCOUNT").await.unwrap(), 1);
    assert_eq!(stack.engine.query(&format!("USER#{}", user.id), "").await.unwrap(), before);
    // A sign-up is no way to guess, nor around the lock.
    assert_eq!(sign_in(&stack, &user.email, PASSWORD).await.status, 429);
}

#[tokio::test(flavor = "multi_thread")]
async fn check_21_fifty_sign_ups_at_once_by_both_routes_make_one_account() {
    let stack = Stack::start().await;
    for round in 0..2 {
        let requests = (0..50).map(|n| {
            let name = format!("ada{round}");
            let name = if n % 4 < 2 { name.to_uppercase() } else { name };
            let email =
                format!("{name}@{}", if n % 3 == 0 { "EXAMPLE.com" } else { "example.com" });
            let (path, body) = match n % 2 {
                0 => (SIGN_UP, new_user(&email)),
                _ => (SIGN_UP_OURS, sign_up_body(&email)),
            };
            post(&stack, path, &body).send()
        });
        let responses = join_all(requests).await;
        let statuses: Vec<u16> = responses.iter().map(|response| response.status).collect();
        let made = statuses.iter().filter(|status| **status < 300).count();
        assert_eq!((made, statuses.iter().filter(|s| **s == 422).count()), (1, 49), "{statuses:?}");
        for sk in ["ACCOUNT", "SESSION#"] {
            assert_eq!(stack.engine.count("USER#", sk).await.unwrap(), round + 1, "{sk}");
        }
        assert_eq!(stack.engine.count("EMAIL#", "").await.unwrap(), round + 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn check_22_what_is_no_address_is_refused_in_each_routes_words() {
    let stack = Stack::start().await;
    let too_long = format!("{}@{}.example.com", "a".repeat(64), "b.".repeat(90) + "b");
    assert!(too_long.len() > 254);
    for email in [
        "",
        "ada",
        "@",
        "ada@",
        "@example.com",
        "ada@localhost",
        "ada@example.c",
        "ada@@example.com",
        "ada@b@example.com",
        " ada@example.com",
        "ada@example.com ",
        "ada @example.com",
        ".ada@example.com",
        "ada.@example.com",
        "a..da@example.com",
        "\"ada\"@example.com",
        "ada@[192.0.2.1]",
        "ada@-example.com",
        "ada@example..com",
        "\u{e4}da@example.com",
        "ada@b\u{fc}cher.de",
        "ada@ex\u{430}mple.com",
        "ad\u{200b}a@example.com",
        "ada\r\nbcc: eve@example.com",
        "ada@example.com\n",
        "ada\0@example.com",
        "ada@example.com\0",
        "<ada@example.com>",
        &too_long,
    ] {
        let credentials = json!({ "email": email, "password": PASSWORD });
        for (path, body, status, code) in [
            (SIGN_UP, new_user(email), 400, "VALIDATION_ERROR"),
            (SIGN_IN, credentials.clone(), 400, "INVALID_EMAIL"),
            (SIGN_UP_OURS, sign_up_body(email), 422, "VALIDATION_ERROR"),
            ("/api/auth/signin", credentials, 422, "VALIDATION_ERROR"),
        ] {
            let response = post(&stack, path, &body).await;
            let what = format!("{path} {email:?}: {}", response.text());
            assert_eq!((response.status, response.code().as_str()), (status, code), "{what}");
        }
    }
    for email in [json!(null), json!(1), json!(["ada@example.com"]), json!({})] {
        let mut body = new_user("");
        body["email"] = email;
        assert_eq!(post(&stack, SIGN_UP, &body).await.status, 400, "{body}");
    }
    assert_eq!(stack.engine.count("EMAIL#", "").await.unwrap(), 0);
}

/// Case is folded; dots and what follows a plus belong to the address.
#[tokio::test(flavor = "multi_thread")]
async fn check_22_addresses_that_differ_by_more_than_case_are_different() {
    let stack = Stack::start().await;
    let longest = format!("{}@{}.example.com", "a".repeat(64), "b.".repeat(88) + "b");
    assert_eq!(longest.len(), 254);
    for email in
        ["ada.lovelace@example.com", "adalovelace@example.com", "ada.lovelace+1@example.com"]
            .into_iter()
            .chain(["ada@xn--bcher-kva.de", "o'hara_1-x@sub.example.co", &longest])
    {
        // The contract's checker takes `xn--` in lower case only.
        let typed = if email.contains("xn--") { email.to_owned() } else { email.to_uppercase() };
        let response = post(&stack, SIGN_UP, &new_user(&typed)).await;
        assert_eq!(response.status, 200, "{email}: {}", response.text());
        assert_eq!(response.json()["user"]["email"], email, "shown as it is stored");
        let again = sign_in_email(&stack, email, PASSWORD, &json!({})).await;
        assert_eq!(again.json()["user"]["id"], response.json()["user"]["id"]);
    }
}
