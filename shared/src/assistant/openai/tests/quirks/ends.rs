//! How replies end, and what only looks like an end.

use super::*;

const EMPTY: [&str; 3] = [
    "data: {\"choices\":[{\"delta\":{\"content\":\"Hel\"},\"finish_reason\":\"\"}]}\n\n",
    "data: {\"choices\":[{\"delta\":{\"content\":\"lo\"},\"finish_reason\":\"\"}]}\n\n",
    "data: {\"choices\":[{\"delta\":{\"content\":\"\"},\"finish_reason\":\"stop\"}]}\n\n",
];
const STOP_HEL: &str =
    "data: {\"choices\":[{\"delta\":{\"content\":\"Hel\"},\"finish_reason\":\"stop\"}]}\n\n";
const STOP_LO: &str =
    "data: {\"choices\":[{\"delta\":{\"content\":\"lo\"},\"finish_reason\":\"stop\"}]}\n\n";
const USAGE: &str = "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":11,\"completion_tokens\":5,\"total_tokens\":16}}\n\n";

pub(super) fn rows() -> Vec<Quirk> {
    use Finish::{ContentFilter, Length, Other};
    use Tokens::{Counted, Estimated};
    let slow = Pause(2_000);
    let reason = |bytes| [Bytes(HELLO), Bytes(bytes), Pause(60_000)];
    vec![
        quirk(
            "E1: a reason that is empty",
            "ollama/ollama #4357",
            &[Bytes(EMPTY[0]), slow, Bytes(EMPTY[1]), slow, Bytes(EMPTY[2]), Bytes(END)],
        ),
        quirk(
            "E1: an empty reason, and then the connection breaks",
            "ollama/ollama #4357",
            &[Bytes(EMPTY[0]), slow, Cut],
        )
        .shows("Hel")
        .fails("broke off")
        .takes(Estimated(3, 1)),
        quirk(
            "E1: the text \"null\" as a reason",
            "seen here",
            &[
                Bytes("data: {\"choices\":[{\"delta\":{\"content\":\"Hel\"},\"finish_reason\":\"null\"}]}\n\n"),
                slow,
                Bytes(LO),
                Bytes(STOP),
            ],
        ),
        quirk(
            "E1: no reason until the end",
            "danny-avila/LibreChat #5563",
            &[Bytes(HEL), slow, Bytes(LO), Bytes(END)],
        )
        .finishes(Other),
        quirk(
            "E1: a word that is no reason, before the end",
            "seen here",
            &[
                Bytes("data: {\"choices\":[{\"delta\":{\"content\":\"Hel\"},\"finish_reason\":\"generating\"}]}\n\n"),
                slow,
                Bytes(LO),
                Bytes(END),
            ],
        )
        .finishes(Other),
        quirk(
            "E1: a word that is no reason, and the stream ends",
            "seen here",
            &[
                Bytes(HELLO),
                Bytes("data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"a_reason_of_tomorrow\"}]}\n\n"),
            ],
        )
        .finishes(Other),
        quirk(
            "E1: a word that is no reason, and the connection breaks",
            "seen here",
            &[
                Bytes(HELLO),
                Bytes("data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"a_reason_of_tomorrow\"}]}\n\n"),
                Cut,
            ],
        )
        .fails("broke off"),
        quirk(
            "E1: `stop` in each event, far apart",
            "QuantumNous/new-api #378",
            &[Bytes(STOP_HEL), slow, Bytes(STOP_LO), Pause(8_000), Bytes(STOP_LO), Bytes(END)],
        )
        .shows("Hellolo"),
        quirk(
            "E1: `stop` in each event, and the connection breaks",
            "BerriAI/litellm #2195",
            &[Bytes(STOP_HEL), slow, Bytes(STOP_LO), Pause(8_000), Cut],
        )
        .fails("broke off"),
        quirk(
            "E1: `stop` beside reasoning",
            "su-kaka/gcli2api #403, open-webui/open-webui #16377",
            &[
                Bytes("data: {\"choices\":[{\"delta\":{\"reasoning_content\":\"hm\"},\"finish_reason\":\"stop\"}]}\n\n"),
                Pause(9_000),
                Bytes(HELLO),
                Bytes(STOP),
                Bytes(END),
            ],
        ),
        quirk(
            "E1: the reason under another name",
            "jakobdylanc/llmcord #84",
            &reason("data: {\"choices\":[{\"delta\":{},\"finish_reason\":null,\"finishReason\":\"stop\"}]}\n\n"),
        ),
        quirk(
            "E1: the reason in upper case",
            "envoyproxy/ai-gateway #2107",
            &reason("data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"MAX_TOKENS\"}]}\n\n"),
        )
        .finishes(Length),
        quirk(
            "E1: a reason of Google's",
            "open-learning-exchange/planet #10281",
            &reason("data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"SAFETY\"}]}\n\n"),
        )
        .finishes(ContentFilter),
        quirk(
            "E1: the last text and the reason in one event",
            "vllm-project/vllm #36944",
            &[
                Bytes(HEL),
                Bytes("data: {\"choices\":[{\"delta\":{\"content\":\"lo\"},\"finish_reason\":\"length\",\"stop_reason\":null}]}\n\n"),
                Pause(60_000),
            ],
        )
        .finishes(Length),
        quirk(
            "E1: neither a reason nor [DONE], the stream just ends",
            "deepseek-ai/DeepSeek-V3 #1608",
            &[Bytes(HELLO)],
        )
        .fails("broke off"),
        quirk(
            "E1: silence in mid-reply for ever",
            "deepseek-ai/DeepSeek-V3 #1608",
            &[
                Bytes("data: {\"choices\":[{\"delta\":{\"reasoning_content\":\"so it is\"}}]}\n\n"),
                Pause(1_000_000),
            ],
        )
        .shows("")
        .fails("too long"),
        quirk(
            "E1: [DONE] without an empty line after it",
            "darshi1337/apogee #139",
            &[Bytes(HELLO), Bytes("data: [DONE]")],
        )
        .finishes(Other),
        quirk(
            "E1: comments between the end and [DONE]",
            "diegosouzapw/OmniRoute #7031",
            &[Bytes(HELLO), Bytes(STOP), Bytes(": x-tokens-out=37\n: x-model=M3\ndata: [DONE]\n\n")],
        ),
        quirk(
            "E2: the usage comes first, the first word two seconds later",
            "seen here",
            &[Bytes(USAGE), slow, Bytes(HELLO), Bytes(STOP), Bytes(END)],
        )
        .takes(Estimated(11, 5)),
        quirk(
            "E2: the usage comes with each event",
            "0xPlaygrounds/rig #1038",
            &[
                Bytes("data: {\"choices\":[{\"delta\":{\"content\":\"Hel\"}}],\"usage\":{\"prompt_tokens\":11,\"completion_tokens\":1}}\n\n"),
                slow,
                Bytes("data: {\"choices\":[{\"delta\":{\"content\":\"lo\"}}],\"usage\":{\"prompt_tokens\":11,\"completion_tokens\":2}}\n\n"),
                Bytes(STOP),
            ],
        )
        .takes(Counted(11, 2)),
        quirk(
            "E2: the usage in mid-reply, by itself",
            "seen here",
            &[Bytes(HEL), Bytes(USAGE), slow, Bytes(LO), Bytes(STOP), Bytes(END)],
        )
        .takes(Estimated(11, 5)),
        quirk(
            "E2: an empty event after the usage",
            "BerriAI/litellm #17136",
            &[
                Bytes(HELLO),
                Bytes("data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":11,\"completion_tokens\":5}}\n\n"),
                Bytes("data: {\"choices\":[]}\n\n"),
                Bytes(END),
            ],
        )
        .takes(Counted(11, 5)),
        quirk("the usage and nothing else at the end", "seen here", &[Bytes(HELLO), Bytes(USAGE)])
            .finishes(Other)
            .takes(Counted(11, 5)),
    ]
}
