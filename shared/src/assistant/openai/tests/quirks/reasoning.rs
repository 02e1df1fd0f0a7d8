//! Reasoning, and replies that nobody sees.

use super::*;

pub(super) fn rows() -> Vec<Quirk> {
    use Finish::{Length, Stop};
    use Tokens::{Counted, Estimated};
    let says = |text: &'static str| [Bytes(text), Bytes(STOP), Bytes(END)];
    vec![
        quirk(
            "E8: tags in the content, cut",
            "QwenLM/qwen-code #8818",
            &[
                Bytes("data: {\"choices\":[{\"delta\":{\"content\":\"<th\"}}]}\n\n"),
                Bytes("data: {\"choices\":[{\"delta\":{\"content\":\"ink>so it is</thi\"}}]}\n\n"),
                Bytes("data: {\"choices\":[{\"delta\":{\"content\":\"nk>\\n\\n\"}}]}\n\n"),
                Bytes(HELLO),
                Bytes(STOP),
            ],
        )
        .takes(Estimated(3, 8)),
        quirk(
            "E8: the channels of gpt-oss in the content",
            "NVIDIA/TensorRT-LLM #9256",
            &says("data: {\"choices\":[{\"delta\":{\"content\":\"<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>final<|message|>Hello\"}}]}\n\n"),
        )
        .takes(Estimated(3, 23)),
        quirk(
            "E8: only the closing tag: what was shown can't be taken back",
            "xorbitsai/inference #2805",
            &says("data: {\"choices\":[{\"delta\":{\"content\":\"hm</think>Hello\"}}]}\n\n"),
        )
        .shows("hm</think>Hello")
        .takes(Estimated(3, 4)),
        quirk(
            "E8: a tag in the middle is text",
            "seen here",
            &says("data: {\"choices\":[{\"delta\":{\"content\":\"Use <think>x</think>\"}}]}\n\n"),
        )
        .shows("Use <think>x</think>")
        .takes(Estimated(3, 5)),
        quirk(
            "reasoning in a field of its own",
            "deepseek-ai/DeepSeek-V3 #1608",
            &[
                Bytes("data: {\"choices\":[{\"delta\":{\"reasoning_content\":\"so it is\"}}]}\n\n"),
                Bytes(HELLO),
                Bytes(STOP),
            ],
        )
        .takes(Estimated(3, 4)),
        quirk(
            "reasoning as a part of the content",
            "simonw/llm-mistral #39",
            &[
                Bytes("data: {\"choices\":[{\"delta\":{\"content\":[{\"type\":\"thinking\",\"thinking\":[{\"type\":\"text\",\"text\":\"so it is\"}]}]}}]}\n\n"),
                Bytes(HELLO),
                Bytes(STOP),
            ],
        )
        .takes(Estimated(3, 4)),
        quirk(
            "M1: reasoning uses up the tokens",
            "vllm-project/vllm #41902",
            &[
                Bytes("data: {\"choices\":[{\"delta\":{\"reasoning\":\"so it is\"}}]}\n\n"),
                Bytes("data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"length\"}],\"usage\":{\"prompt_tokens\":11,\"completion_tokens\":2500}}\n\n"),
                Bytes(END),
            ],
        )
        .shows("")
        .fails("ended with Length")
        .takes(Counted(11, 2_500)),
        quirk(
            "M1: characters that nobody sees",
            "seen here",
            &says("data: {\"choices\":[{\"delta\":{\"content\":\"\\u200b\\u2060\\n\"}}]}\n\n"),
        )
        .shows("")
        .fails("ended with Stop")
        .takes(Estimated(3, 3)),
        quirk(
            "M1: no text at all, but tokens",
            "vllm-project/vllm #41902",
            &[
                Bytes("data: {\"choices\":[{\"delta\":{\"content\":null,\"reasoning\":null},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":11,\"completion_tokens\":40}}\n\n"),
                Bytes(END),
            ],
        )
        .shows("")
        .fails("ended with Stop")
        .takes(Counted(11, 40)),
        quirk("E8: the opening tag and never a closing one", "seen here", &says(
            "data: {\"choices\":[{\"delta\":{\"content\":\"<think>so it is\"}}]}\n\n",
        ))
        .shows("")
        .fails("ended with Stop")
        .takes(Estimated(3, 4)),
        quirk(
            "a reply that is cut after reasoning",
            "seen here",
            &[
                Bytes("data: {\"choices\":[{\"delta\":{\"reasoning\":\"so it is\"}}]}\n\n"),
                Bytes(HELLO),
                Bytes("data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"max_tokens\"}]}\n\n"),
            ],
        )
        .finishes(Length)
        .takes(Estimated(3, 4)),
        quirk("a reply that begins with white space", "seen here", &says(
            "data: {\"choices\":[{\"delta\":{\"content\":\"\\n Hello\"}}]}\n\n",
        ))
        .shows("\n Hello")
        .finishes(Stop),
    ]
}
