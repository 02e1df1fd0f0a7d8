use proptest::prelude::*;

use super::*;

/// What is shown of a reply that comes in these deltas.
fn shown(deltas: &[&str]) -> String {
    let mut opening = Opening::default();
    let mut reply: Option<String> = None;
    for delta in deltas {
        match &mut reply {
            Some(reply) => reply.push_str(delta),
            None => reply = opening.take(delta),
        }
    }
    reply.or_else(|| opening.finish()).unwrap_or_default()
}

#[test]
fn e8_reasoning_before_a_reply_is_not_shown() {
    for (reply, expected) in [
        ("<think>a < b</think>\n\nHello", "Hello"),
        ("\n<think>\n</think>\u{200b}\n<think>again</think>Hello", "Hello"),
        ("<thinking>hm</thinking> Hello", "Hello"),
        ("<thought>hm</thought>Hello", "Hello"),
        ("<reasoning>hm</reasoning>Hello", "Hello"),
        ("<THINK>hm</Think>Hello", "Hello"),
        ("[THINK]hm[/THINK]Hello", "Hello"),
        ("◁think▷嗯◁/think▷你好", "你好"),
        ("<think>嗯 </thin 🦀</think>你好", "你好"),
        (
            "<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>final<|message|>Hello",
            "Hello",
        ),
        ("<think>nobody closes it", ""),
        ("<think></think>", ""),
        // Text.
        ("", ""),
        ("\n Hello", "\n Hello"),
        ("The tag <think>x</think> is one", "The tag <think>x</think> is one"),
        ("<thinker>x", "<thinker>x"),
        ("<thi", "<thi"),
        ("< think>x", "< think>x"),
        ("`<think>` is a tag", "`<think>` is a tag"),
        ("<think>x</think>`<think>y</think>`", "`<think>y</think>`"),
        ("</think>x", "</think>x"),
    ] {
        assert_eq!(shown(&[reply]), expected, "{reply}");
        let characters: Vec<String> = reply.chars().map(String::from).collect();
        let characters: Vec<&str> = characters.iter().map(String::as_str).collect();
        assert_eq!(shown(&characters), expected, "{reply}, character by character");
    }
}

#[test]
fn e8_long_reasoning_is_not_kept() {
    let mut opening = Opening::default();
    opening.take("<think>");
    for _ in 0..1_000 {
        opening.take("so it is a servo, 🦀 ");
    }
    assert!(opening.text.len() < 20 && opening.blank_characters() == 0);
}

proptest! {
    #[test]
    fn e8_cuts_do_not_matter(
        reasoning in "[a-z</>🦀 ]{0,30}",
        reply in "[a-z<>/ ]{0,20}",
        cuts in proptest::collection::vec(0_usize..80, 0..6),
    ) {
        let text = format!("<think>{reasoning}</think>{reply}");
        let mut cuts: Vec<usize> =
            cuts.into_iter().map(|cut| text.floor_char_boundary(cut)).collect();
        cuts.extend([0, text.len()]);
        cuts.sort_unstable();
        let deltas: Vec<&str> = cuts.windows(2).map(|pair| &text[pair[0]..pair[1]]).collect();
        prop_assert_eq!(shown(&deltas), shown(&[&text]));
    }
}
