//! The forms in which replies come, and when.

use super::*;

const WHOLE: &str = "{\"object\":\"chat.completion\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"Hello\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":11,\"completion_tokens\":5}}";

fn named(kind: &'static [(&'static str, &'static str)], parts: &[Part]) -> Vec<Response> {
    vec![Response { headers: kind, ..streams(parts) }]
}

fn late(head_after: u64, parts: &[Part]) -> Vec<Response> {
    vec![Response { head_after, ..streams(parts) }]
}

pub(super) fn rows() -> Vec<Quirk> {
    use Tokens::{Counted, Estimated};
    let hello = [Bytes(HELLO), Bytes(STOP), Bytes(END)];
    let after = |first: &'static str| [Bytes(first), Bytes(HELLO), Bytes(STOP), Bytes(END)];
    let before_end = |last: &'static str| [Bytes(HELLO), Bytes(last), Bytes(END)];
    let mut rows = vec![
        quirk(
            "E3: an event with the sources of the reply",
            "openai-php/client #545",
            &after("data: {\"sources\":[{\"source\":{\"name\":\"Documents\"},\"document\":[\"d\"]}]}\n\n"),
        ),
        quirk(
            "E3: an event without choices in mid-reply",
            "seen here",
            &[Bytes(HEL), Bytes("data: {\"type\":\"ping\"}\n\n"), Bytes(LO), Bytes(STOP), Bytes(END)],
        ),
        quirk(
            "E3: a comment that a proxy made data of",
            "mnfst/llm-gateway #2053",
            &after("data: : OPENROUTER PROCESSING\n\n"),
        ),
        quirk(
            "E3: no choice, but the results of a filter",
            "AbanteAI/archive-old-cli-mentat #429",
            &after("data: {\"id\":\"\",\"choices\":[],\"created\":0,\"model\":\"\",\"object\":\"\",\"prompt_filter_results\":[{\"prompt_index\":0}]}\n\n"),
        ),
        quirk(
            "E3: a choice without a delta",
            "microsoft/autogen #6465",
            &[
                Bytes(HELLO),
                Bytes("data: {\"id\":\"\",\"choices\":[{\"finish_reason\":null,\"index\":0,\"content_filter_offsets\":{\"check_offset\":3329}}],\"object\":\"\"}\n\n"),
                Bytes(STOP),
                Bytes(END),
            ],
        ),
        quirk(
            "E3: half an event, and the next one in the same line",
            "anomalyco/opencode #8282",
            &[
                Bytes(HEL),
                Bytes("data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"adata: {\"choices\":[]}\n\n"),
                Bytes(END),
            ],
        )
        .shows("Hel")
        .fails("an event is cut")
        .takes(Estimated(3, 1)),
        quirk(
            "E3: no text, but null, in the first event",
            "darshi1337/apogee #139",
            &after("data: {\"choices\":[{\"finish_reason\":null,\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":null}}]}\n\n"),
        ),
        quirk(
            "E3: the whole message again after its deltas",
            "seen here",
            &[
                Bytes(HELLO),
                Bytes("data: {\"choices\":[{\"message\":{\"role\":\"assistant\",\"content\":\"Hello\"},\"finish_reason\":\"stop\"}]}\n\n"),
                Bytes(END),
            ],
        ),
        quirk(
            "E3: messages in the place of deltas",
            "seen here",
            &[
                Bytes("data: {\"choices\":[{\"message\":{\"content\":\"Hel\"}}]}\n\n"),
                Bytes("data: {\"choices\":[{\"delta\":null,\"message\":{\"content\":\"lo\"}}]}\n\n"),
                Bytes(STOP),
            ],
        ),
        quirk(
            "E3: line ends of Windows, no space after the colon, a byte order mark",
            "ggml-org/llama.cpp #14268",
            &[
                Bytes("\u{feff}data:{\"choices\":[{\"delta\":{\"content\":\"Hel\"}}]}\r\n\r"),
                Bytes("\ndata:{\"choices\":[{\"delta\":\r\ndata:{\"content\":\"lo\"},\"finish_reason\":\"stop\"}]}\r\n\r\n"),
            ],
        ),
        quirk(
            "E4: comments for fourteen seconds before the first word",
            "docker/docker-agent #2349",
            &[[Bytes(": OPENROUTER PROCESSING\n\n"), Pause(500)].repeat(28), hello.to_vec()].concat(),
        ),
        quirk(
            "E4: comments for a minute and a half",
            "tmc/langchaingo #1171",
            &[[Bytes(": keep-alive\n\n"), Pause(5_000)].repeat(18), hello.to_vec()].concat(),
        ),
        quirk(
            "E4: the head at once, the first word after 40 seconds",
            "can1357/oh-my-pi #3940",
            &[[Pause(40_000)].as_slice(), &hello].concat(),
        ),
        quirk("E4: a model that is loaded first", "ivanfioravanti/chatbot-ollama #13", &[])
            .sends(late(25_000, &hello)),
        quirk("E4: no head at all", "seen here", &[])
            .sends(late(1_000_000, &hello))
            .shows("")
            .fails("nothing in time")
            .takes(Estimated(3, 0)),
        quirk("E4: comments, and never a word", "seen here", &[Bytes(": a\n\n"), Pause(500)].repeat(400))
            .shows("")
            .fails("too long")
            .takes(Estimated(3, 0)),
        quirk("E5: an event stream that is called JSON", "vllm-project/vllm-ascend #5033", &[])
            .sends(named(&[("content-type", "application/json")], &hello)),
        quirk("E5: an event stream without a content type", "seen here", &[]).sends(named(&[], &hello)),
        quirk("E5: JSON that is called an event stream", "envoyproxy/ai-gateway #2229", &[Bytes(" \n"), Bytes(WHOLE)])
            .takes(Counted(11, 5)),
        quirk("E5: JSON in two parts", "seen here", &[Bytes(&WHOLE[..70]), Pause(2_000), Bytes(&WHOLE[70..])])
            .takes(Counted(11, 5)),
        quirk("E5: JSON that breaks off", "deepseek-ai/DeepSeek-V3 #407", &[Bytes(&WHOLE[..70]), Cut])
            .shows("")
            .fails("broke off")
            .takes(Estimated(3, 0)),
        quirk("E5: an empty body", "deepseek-ai/DeepSeek-R1 #314", &[])
            .shows("")
            .fails("broke off")
            .takes(Estimated(3, 0)),
        quirk(
            "E5: events as lines of JSON",
            "seen here",
            &[Bytes("{\"choices\":[{\"delta\":{\"content\":\"Hel\"}}]}\n{\"choices\":[{\"delta\":{\"content\":\"lo\"},\"finish_reason\":\"stop\"}]}\n")],
        ),
    ];
    rows.extend([
        quirk(
            "the tokens where Groq puts them",
            "vercel/ai #1651",
            &before_end("data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}],\"x_groq\":{\"id\":\"r\",\"usage\":{\"queue_time\":0.07,\"prompt_tokens\":23,\"completion_tokens\":19}}}\n\n"),
        )
        .takes(Counted(23, 19)),
        quirk(
            "the tokens where Moonshot puts them",
            "earendil-works/pi #2017",
            &before_end("data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\",\"usage\":{\"prompt_tokens\":23,\"completion_tokens\":19}}]}\n\n"),
        )
        .takes(Counted(23, 19)),
        quirk(
            "only the sum of the tokens",
            "agentgateway/agentgateway #1464",
            &before_end("data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":23,\"total_tokens\":42}}\n\n"),
        )
        .takes(Counted(23, 19)),
        quirk(
            "tokens that can't be",
            "chenyme/grok2api #612",
            &before_end("data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":0,\"completion_tokens\":-1}}\n\n"),
        ),
        quirk(
            "parts of content in a list",
            "symfony/ai #2422",
            &[Bytes("data: {\"choices\":[{\"delta\":{\"content\":[{\"type\":\"text\",\"text\":\"Hello\"}]},\"finish_reason\":\"stop\"}]}\n\n")],
        ),
        quirk(
            "a model that declines",
            "OpenAI's reference, `refusal`",
            &[Bytes("data: {\"choices\":[{\"delta\":{\"content\":null,\"refusal\":\"Hello\"},\"finish_reason\":\"stop\"}]}\n\n")],
        ),
    ]);
    rows
}
