//! A provider that is slow, broken, or answers with what it should not. The clock of these tests does not wait.

use super::*;

/// The text of the failure of signing in when the token endpoint answers so.
async fn failure(response: Response) -> String {
    let idp = Idp::new();
    idp.fake.answer(TOKEN, response);
    let verifier = Verifier::random();
    let failed = idp.provider.redeem("the-code", &verifier, CALLBACK, NONCE).await.unwrap_err();
    assert!(matches!(failed, ProviderError::Unreachable(_)), "{failed}");
    // A code is sent once, whatever comes of it.
    assert_eq!(idp.fake.calls(TOKEN).len(), 1);
    failed.to_string()
}

#[tokio::test(start_paused = true)]
async fn a_token_endpoint_that_fails_is_unreachable() {
    let page = Part::Bytes("<html>Sign in at your hotel</html>");
    let tokens = Part::Bytes(r#"{"access_token":"access"}"#);
    for (response, says) in [
        (answers(500, vec![page]), "HTTP 500, an error"),
        (answers(503, vec![tokens]), "HTTP 503, an error"),
        (answers(200, vec![page]), "HTTP 200, an answer that is not JSON"),
        (answers(200, vec![tokens, Part::Cut]), "connection reset"),
        (answers(0, vec![Part::Cut]), "connection reset"),
    ] {
        let text = failure(response).await;
        assert!(text.contains(says), "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_redirect_is_not_followed() {
    let elsewhere = Response {
        headers: &[("location", "https://evil.example/token")],
        ..answers(307, Vec::new())
    };
    let text = failure(elsewhere).await;
    assert!(text.ends_with("HTTP 307, a redirect, which is not followed"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn a_huge_answer_is_not_read_to_its_end() {
    let much = Part::Bytes(" ".repeat(1024).leak());
    let idp = Idp::new();
    let id_token = idp.id_token(&idp.claims());
    let body = json!({ "access_token": "access", "id_token": id_token }).to_string();
    let padding = " ".repeat(64 * 1024 - body.len());
    let largest = Part::Bytes(format!("{body}{padding}").leak());
    idp.fake.answer(TOKEN, answers(200, vec![largest]));
    let verifier = Verifier::random();
    assert!(idp.provider.redeem("the-code", &verifier, CALLBACK, NONCE).await.is_ok());
    let text = failure(answers(200, vec![largest, Part::Bytes(" ")])).await;
    assert!(text.ends_with("an answer of more than 64 KB"), "{text}");
    // The pause at its end would be the time-out.
    let endless = [vec![much; 65], vec![Part::Pause(60_000)]].concat();
    assert!(failure(answers(200, endless)).await.ends_with("an answer of more than 64 KB"));
}

#[tokio::test(start_paused = true)]
async fn a_call_may_take_five_seconds_from_its_begin_to_the_last_byte() {
    let idp = Idp::new();
    let id_token = idp.id_token(&idp.claims());
    let body = json!({ "access_token": "access", "id_token": id_token }).to_string().leak();
    let (first, rest) = body.split_at(9);
    let slow = |pause| Response {
        head_after: 2_500,
        ..answers(200, vec![Part::Bytes(first), Part::Pause(pause), Part::Bytes(rest)])
    };
    idp.fake.answer(TOKEN, slow(2_400));
    let verifier = Verifier::random();
    assert!(idp.provider.redeem("the-code", &verifier, CALLBACK, NONCE).await.is_ok());
    for never in [slow(2_600), Response { head_after: u64::MAX / 2, ..slow(0) }] {
        assert!(failure(never).await.ends_with("no answer within five seconds"));
    }
}

#[tokio::test(start_paused = true)]
async fn an_operation_may_take_ten_seconds_whatever_it_calls() {
    let idp = Idp::new();
    let id_token = idp.id_token(&idp.claims());
    let keys = json!({ "keys": [idp.signer.jwk("one")] });
    idp.fake.answer(METADATA, Response { head_after: 4_000, ..json_of(&metadata()) });
    idp.fake.answer(KEYS, Response { head_after: 4_000, ..json_of(&keys) });
    let tokens = json!({ "access_token": "access", "id_token": id_token });
    idp.fake.answer(TOKEN, Response { head_after: 4_000, ..json_of(&tokens) });
    let verifier = Verifier::random();
    let slow = idp.provider.redeem("the-code", &verifier, CALLBACK, NONCE).await.unwrap_err();
    assert!(slow.to_string().ends_with("no outcome within ten seconds"), "{slow}");
    // What came in time is remembered, so that the next try is faster.
    assert!(idp.provider.redeem("the-code", &verifier, CALLBACK, NONCE).await.is_ok());
}
