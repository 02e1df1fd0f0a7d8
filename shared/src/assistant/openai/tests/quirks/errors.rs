//! Errors, and whether the endpoint is called again.

use super::*;

const OVERLOADED: &str = "{\"error\":{\"message\":\"overloaded\",\"type\":\"overloaded_error\"}}";

fn busy(headers: &'static [(&'static str, &'static str)], body: &'static str) -> Response {
    Response { headers, ..refuses(429, body) }
}

/// An error that is the first event of a stream.
fn first_event(name: &'static str, source: &'static str, event: &'static str) -> Quirk {
    quirk(name, source, &[]).sends(vec![streams(&[Bytes(event), Bytes(END)])]).shows("")
}

/// An error in mid-reply.
fn mid_reply(name: &'static str, source: &'static str, event: &'static str) -> Quirk {
    quirk(name, source, &[Bytes(HEL), Bytes(event), Bytes(END)])
        .shows("Hel")
        .takes(Tokens::Estimated(3, 1))
}

pub(super) fn rows() -> Vec<Quirk> {
    use Tokens::{Estimated, Nothing};
    vec![
        quirk("E7: a pause that is short", "RFC 9110", &[])
            .sends(vec![busy(&[("retry-after", "4")], OVERLOADED), says_hello()])
            .calls(2),
        quirk("E7: a pause that is longer than we wait", "RFC 9110", &[])
            .sends(vec![busy(&[("retry-after", "40")], OVERLOADED)])
            .shows("")
            .fails("too busy: HTTP 429 overloaded_error: overloaded")
            .takes(Nothing),
        quirk("E7: a pause in the body, in a list", "google-gemini/gemini-cli #6454", &[])
            .sends(vec![busy(
                &[],
                "[{\"error\":{\"code\":429,\"message\":\"Resource exhausted.\",\"details\":[{\"@type\":\"type.googleapis.com/google.rpc.RetryInfo\",\"retryDelay\":\"34s\"}]}}]",
            )])
            .shows("")
            .fails("HTTP 429 429: Resource exhausted.")
            .takes(Nothing),
        quirk("E7: an error in a list", "FuzzAnything/PromptFuzz #42", &[])
            .sends(vec![refuses(400, "[{\"error\":{\"code\":400,\"message\":\"Unknown name\",\"status\":\"INVALID_ARGUMENT\"}}]")])
            .shows("")
            .fails("HTTP 400 400: Unknown name")
            .takes(Nothing),
        quirk("E7: busy three times", "seen here", &[])
            .sends(vec![refuses(503, OVERLOADED)])
            .shows("")
            .fails("too busy")
            .takes(Nothing)
            .calls(3),
        quirk("E7: a proxy gave up on the model, which was at work", "deepseek-ai/DeepSeek-R1 #91", &[])
            .sends(vec![refuses(504, "<html>504 Gateway Time-out</html>")])
            .shows("")
            .fails("HTTP 504")
            .takes(Estimated(3, 0)),
        first_event(
            "E7: an error in the first event",
            "vllm-project/vllm #40986",
            "data: {\"error\":{\"message\":\"boom\",\"type\":\"InternalServerError\",\"code\":500}}\n\n",
        )
        .fails("500: boom")
        .takes(Nothing)
        .calls(3),
        first_event(
            "E7: a request that is refused in the stream",
            "dcdpr/jp #978",
            "data: {\"error\":{\"code\":400,\"message\":\"prompt is too long\"},\"choices\":[]}\n\n",
        )
        .fails("refused the request: in mid-stream: 400: prompt is too long")
        .takes(Nothing),
        first_event(
            "E7: a field `error`",
            "coddy-project/coddy-agent #106, ggml-org/llama.cpp #16109",
            "error: {\"code\":400,\"message\":\"the request exceeds the context\",\"type\":\"invalid_request_error\"}\n\n",
        )
        .fails("400: the request exceeds the context")
        .takes(Nothing),
        first_event(
            "E7: no capacity, and no choices",
            "diegosouzapw/OmniRoute #8210",
            "data: {\"id\":\"g\",\"choices\":[],\"error\":{\"code\":502,\"message\":\"Worker local total request limit reached\"}}\n\n",
        )
        .fails("502: Worker local")
        .takes(Nothing)
        .calls(3),
        first_event(
            "E7: too slow, said in the stream",
            "vllm-project/guidellm #743",
            "data: {\"error\":{\"message\":\"TimeoutError\",\"type\":\"GatewayTimeout\",\"code\":504}}\n\n",
        )
        .fails("504: TimeoutError")
        .takes(Estimated(3, 0)),
        mid_reply(
            "E7: an error and a reason of that name",
            "damianvtran/local-operator #223",
            "data: {\"error\":{\"code\":\"server_error\",\"message\":\"Provider disconnected\"},\"choices\":[{\"delta\":{\"content\":\"\"},\"finish_reason\":\"error\"}]}\n\n",
        )
        .fails("server_error: Provider disconnected"),
        mid_reply(
            "E7: only the reason says that it failed",
            "gethouston/houston #1211",
            "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"error\"}]}\n\n",
        )
        .fails("failed: in mid-stream"),
        mid_reply(
            "E7: a good reason, and the provider's own says that it failed",
            "OleksandrChekhovskyi/hax #15",
            "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\",\"native_finish_reason\":\"network_error\"}]}\n\n",
        )
        .fails("failed: in mid-stream"),
        mid_reply(
            "E7: an event that is named an error",
            "BerriAI/litellm #4562",
            "event: error\ndata: {\"type\":\"error\",\"error\":{\"details\":null,\"type\":\"api_error\",\"message\":\"Internal server error\"}}\n\n",
        )
        .fails("api_error: Internal server error"),
        mid_reply(
            "E7: no resources in mid-reply",
            "DeepSeek's reference, `insufficient_system_resource`",
            "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"insufficient_system_resource\"}]}\n\n",
        )
        .fails("failed: in mid-stream"),
        quirk("E7: JSON with an error and the status 200", "xyOz-dev/Saturn #43", &[])
            .sends(vec![
                streams(&[Bytes("{\"error\":{\"code\":502,\"message\":\"Provider returned error\"}}")]),
                says_hello(),
            ])
            .calls(2),
        quirk("E7: a page with the status 200", "seen here", &[Bytes("<!doctype html>\n<html>\n\n</html>")])
            .shows("")
            .fails("not of a chat completion")
            .takes(Nothing),
        quirk("an idle connection that was closed", "seen here", &[])
            .sends(vec![streams(&[Cut]), says_hello()])
            .calls(2),
        quirk("a connection that breaks while the model works", "seen here", &[])
            .sends(vec![Response { head_after: 9_000, ..streams(&[Cut]) }])
            .shows("")
            .fails("can't be reached")
            .takes(Estimated(3, 0)),
        quirk("a connection that breaks after the head", "maruakshay/miii-cli #71", &[Pause(5), Cut])
            .shows("")
            .fails("broke off")
            .takes(Estimated(3, 0)),
    ]
}

#[tokio::test(start_paused = true)]
async fn e7_a_pause_is_kept_and_one_that_is_too_long_is_passed_on() {
    let timed = |script: &Script| {
        let endpoint = OpenAi::with_connector(config("http://test".to_owned()), script.connector());
        let deadlines =
            Deadlines { first_byte: Duration::from_secs(30), total: Duration::from_mins(2) };
        Timed::new(Box::new(endpoint), deadlines)
    };
    let script = Script::new(vec![busy(&[("retry-after", "4")], OVERLOADED), says_hello()]);
    assert_eq!(ask_timed(&timed(&script), &prompt("?")).await.0, ["Hello"]);
    let times: Vec<_> = script.calls.lock().unwrap().iter().map(|call| call.0).collect();
    assert!(times[1] - times[0] >= Duration::from_secs(4));

    let script = Script::new(vec![busy(&[("retry-after", "40")], OVERLOADED)]);
    let failure = ask_timed(&timed(&script), &prompt("?")).await.1.unwrap_err();
    assert_eq!(failure.retry_after(), Some(Duration::from_secs(40)));
}
