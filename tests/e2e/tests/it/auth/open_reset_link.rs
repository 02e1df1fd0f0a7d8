use e2e::links::{RESET, mint};
use harness::Method;
use harness::stack::Stack;

use super::reset_password::{NEW, RESET_PASSWORD, reset, stack};
use crate::helpers::accounts::{refusal, rows};

#[tokio::test(flavor = "multi_thread")]
async fn check_32_opening_a_reset_link_uses_nothing_up() {
    let stack = stack().await;
    let ada = stack.sign_up("ada").await;
    let token = mint(&stack, &ada, &ada.email, RESET).await;
    let before = rows(&stack).await;
    let open = |token: &str, page: &str| {
        stack.get(&format!("{RESET_PASSWORD}/{token}?callbackURL={page}"))
    };
    for (page, expected) in [
        ("%2Freset", format!("https://127.0.0.1/reset?token={token}")),
        ("%2Freset%3Fa%3D1%23top", format!("https://127.0.0.1/reset?a=1&token={token}#top")),
        ("https%3A%2F%2Fapp.example.com%2Fr", format!("https://app.example.com/r?token={token}")),
        ("myapp%3A%2F%2Freset", format!("myapp://reset?token={token}")),
    ] {
        for _ in 0..2 {
            let opened = open(&token, page).header("accept", "text/html").await;
            assert_eq!((opened.status, opened.header("location")), (302, Some(expected.as_str())));
            assert!(opened.set_cookies().is_empty());
        }
    }
    let path = format!("{RESET_PASSWORD}/{token}?callbackURL=%2Freset");
    stack.call(Method::HEAD, &path).outside_contract().await;
    for invalid in ["x", &token[..60], &format!("{}.{}", ada.id, "a".repeat(32))] {
        let opened = open(invalid, "%2Freset%3Fa%3D1").await;
        let expected = "https://127.0.0.1/reset?a=1&error=INVALID_TOKEN";
        assert_eq!((opened.status, opened.header("location")), (302, Some(expected)), "{invalid}");
    }
    let untrusted = open(&token, "https%3A%2F%2Fevil.com").await;
    assert_eq!(refusal(&untrusted), (403, "INVALID_CALLBACK_URL".to_owned()));
    for missing in ["", "?callbackURL=", "?other=1"] {
        let refused = stack.get(&format!("{RESET_PASSWORD}/{token}{missing}")).await;
        assert_eq!(refusal(&refused), (400, "INVALID_QUERY".to_owned()), "{missing}");
    }
    assert_eq!(rows(&stack).await, before);
    assert_eq!(reset(&stack, &token, NEW).await.status, 200);
    let opened = open(&token, "%2Freset").await;
    assert_eq!(opened.header("location"), Some("https://127.0.0.1/reset?error=INVALID_TOKEN"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_opened_link_goes_to_the_configured_page_if_it_names_none() {
    let page = "https://elsewhere.example.org/reset";
    let stack = Stack::builder().parameter("ResetPasswordUrl", page).start().await.unwrap();
    let ada = stack.sign_up("ada").await;
    let token = mint(&stack, &ada, &ada.email, RESET).await;
    for query in ["", "?callbackURL=https%3A%2F%2Felsewhere.example.org%2Freset"] {
        let opened = stack.get(&format!("{RESET_PASSWORD}/{token}{query}")).await;
        let expected = format!("{page}?token={token}");
        assert_eq!((opened.status, opened.header("location")), (302, Some(expected.as_str())));
    }
}
