//! Requests that Bedrock refuses.

use super::*;

#[tokio::test]
async fn m1_an_error_in_the_first_event_is_a_refusal() {
    let busy = frame("exception", "throttlingException", &json!({"message": "slow down"}));
    let thinks = json!({"contentBlockIndex": 0, "delta": {"reasoningContent": {"text": "hmmm"}}});
    let thinks = event("contentBlockDelta", &thinks);
    for (parts, tokens) in [(vec![starts(), busy.clone()], None), (vec![thinks, busy], Some(1))] {
        let server = Server::start(vec![streamed(&parts)]).await;
        let (_, ending, usage) = ask_metered(&at(&server), &prompt("?")).await;
        assert!(matches!(ending, Err(AssistantError::Busy { .. })), "{ending:?}");
        assert_eq!(usage.map(|usage| usage.output_tokens), tokens);
    }
}

#[tokio::test]
async fn e6_a_model_without_a_system_prompt_gets_it_in_the_question() {
    let message = "This model doesn't support system messages. Try again without a system message.";
    let good = streamed(&[says("a"), ends("end_turn"), counts(1, 1)]);
    let refusal = refused("400 Bad Request", "ValidationException", message);
    let server = Server::start(vec![refusal, good.clone(), good]).await;
    let bedrock = at(&server);
    assert_eq!(ask(&bedrock, &prompt("?")).await.0, ["a"]);
    assert_eq!(ask(&bedrock, &prompt("!")).await.0, ["a"]);
    let bodies: Vec<Value> =
        server.requests().iter().map(|r| serde_json::from_str(&r.body).unwrap()).collect();
    let first = |body: &Value| body["messages"][0]["content"][0]["text"].clone();
    assert_eq!((bodies.len(), first(&bodies[1])), (3, json!("Be kind.\n\n?")));
    assert_eq!(first(&bodies[2]), "Be kind.\n\n!");
    assert!(bodies[0]["system"].is_array() && bodies[2].get("system").is_none());
}

#[tokio::test]
async fn e7_a_pause_that_bedrock_asks_for_is_known() {
    let head = "HTTP/1.1 429 Too Many Requests\r\ncontent-type: application/json\r\n\
        retry-after: 4\r\ncontent-length: 51\r\n\r\n";
    let body = r#"{"__type":"ThrottlingException","message":"no"}    "#;
    let server = Server::start(vec![vec![Step::Send([head, body].concat().into_bytes())]]).await;
    let error = ask(&at(&server), &prompt("?")).await.1.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(4)), "{error}");
}
