//! Refused requests whose error says what to change.

use super::*;

fn learns(name: &'static str, source: &'static str, status: u16, body: &'static str) -> Quirk {
    quirk(name, source, &[]).sends(vec![refuses(status, body), says_hello()]).calls(2)
}

pub(super) fn rows() -> Vec<Quirk> {
    vec![
        learns(
            "E6: no system role (Gemma on vLLM)",
            "vllm-project/vllm #2964",
            400,
            "{\"object\":\"error\",\"message\":\"System role not supported\",\"type\":\"BadRequestError\",\"param\":null,\"code\":400}",
        ),
        learns(
            "E6: no system role (Gemma at Google)",
            "microsoft/vscode #258088",
            400,
            "[{\"error\":{\"code\":400,\"message\":\"Developer instruction is not enabled for models/gemma-3-27b-it\",\"status\":\"INVALID_ARGUMENT\"}}]",
        ),
        learns(
            "E6: no system role (Mistral's template)",
            "kubeai-project/kubeai #499",
            500,
            "{\"error\":{\"code\":500,\"message\":\"Jinja Exception: Conversation roles must alternate user/assistant/user/assistant/...\",\"type\":\"server_error\"}}",
        ),
        learns(
            "E6: no system role (another template)",
            "seen here",
            400,
            "{\"error\":\"Error rendering prompt with jinja template: Only user and assistant roles are supported!\"}",
        ),
        learns(
            "E6: no system role (OpenAI's o1)",
            "seen here",
            400,
            "{\"error\":{\"message\":\"Unsupported value: 'messages[0].role' does not support 'system' with this model.\",\"code\":\"unsupported_value\"}}",
        ),
        quirk("E6: no system role, said in the stream", "seen here", &[])
            .sends(vec![
                streams(&[Bytes("event: error\ndata: {\"error\":{\"message\":\"System role not supported\"}}\n\n")]),
                says_hello(),
            ])
            .calls(2),
        learns(
            "E6: no streaming before the account is verified",
            "lobehub/lobehub #9385",
            400,
            "{\"error\":{\"message\":\"Your organization must be verified to stream this model.\",\"type\":\"invalid_request_error\",\"param\":\"stream\",\"code\":\"unsupported_value\"}}",
        ),
        learns(
            "E6: the same, passed on by OpenRouter",
            "BeehiveInnovations/pal-mcp-server #134",
            400,
            "{\"error\":{\"message\":\"Provider returned error\",\"code\":400,\"metadata\":{\"raw\":\"{\\\"error\\\":{\\\"message\\\":\\\"Your organization must be verified to stream this model.\\\"}}\"}}}",
        ),
        quirk("E6: two refusals after each other", "seen here", &[])
            .sends(vec![
                refuses(400, "{\"detail\":\"Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens'.\"}"),
                refuses(422, "{\"detail\":[{\"loc\":[\"body\",\"stream_options\"],\"msg\":\"Extra inputs: stream_options\"}]}"),
                says_hello(),
            ])
            .calls(3),
        quirk("E6: a refusal that stays", "seen here", &[])
            .sends(vec![refuses(400, "{\"error\":{\"message\":\"System role not supported\"}}")])
            .shows("")
            .fails("System role not supported")
            .takes(Tokens::Nothing)
            .calls(2),
    ]
}

#[tokio::test(start_paused = true)]
async fn e6_what_was_learnt_is_remembered_and_the_prompt_is_kept() {
    let system = "{\"object\":\"error\",\"message\":\"System role not supported\",\"code\":400}";
    let stream =
        "{\"error\":{\"message\":\"Your organization must be verified to stream this model.\"}}";
    let script = Script::new(vec![refuses(400, system), refuses(400, stream), says_hello()]);
    let endpoint = OpenAi::with_connector(config("http://test".to_owned()), script.connector());
    let message = |role, content: &str| PromptMessage { role, content: content.to_owned() };
    let messages =
        vec![message(Role::User, "a"), message(Role::Assistant, "b"), message(Role::User, "c")];
    let full = Prompt { messages, ..prompt("") };
    for _ in 0..2 {
        assert_eq!(ask(&endpoint, &full).await.0, ["Hello"]);
    }
    let calls = script.calls.lock().unwrap();
    assert_eq!(calls.len(), 4);
    for (_, body) in &calls[2..] {
        let expected = json!([
            {"role": "user", "content": "Be kind.\n\na"},
            {"role": "assistant", "content": "b"},
            {"role": "user", "content": "c"},
        ]);
        assert_eq!((&body["messages"], &body["stream"]), (&expected, &json!(false)));
        assert!(body.get("stream_options").is_none());
    }
}

#[tokio::test(start_paused = true)]
async fn e6_the_words_of_a_user_teach_nothing() {
    let quoting = "{\"error\":{\"message\":\"bad input: system role not supported\"}}";
    let script = Script::new(vec![refuses(400, quoting)]);
    let endpoint = OpenAi::with_connector(config("http://test".to_owned()), script.connector());
    let error = ask(&endpoint, &prompt("Why System Role Not Supported?")).await.1.unwrap_err();
    assert!(matches!(error, AssistantError::Refused(_)), "{error}");
    assert_eq!(script.calls.lock().unwrap().len(), 1);
}
