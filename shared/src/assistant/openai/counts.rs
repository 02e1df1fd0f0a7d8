//! The tokens that an endpoint counted.

use serde_json::Value;

use crate::assistant::meter::Counts;

/// The tokens in an event: under `usage`, or where Groq and Moonshot put them.
pub(super) fn counts(event: &Value) -> Option<Counts> {
    let usage = event.get("usage").filter(|usage| usage.is_object());
    let elsewhere = || event.pointer("/x_groq/usage").or_else(|| event.pointer("/choices/0/usage"));
    let usage = usage.or_else(elsewhere)?;
    let field = |names: [&str; 2]| names.iter().find_map(|name| tokens(usage.get(name)?));
    let input = field(["prompt_tokens", "input_tokens"]);
    let output = field(["completion_tokens", "output_tokens"]);
    let total = usage.get("total_tokens").and_then(tokens);
    // Gemini leaves the reply's tokens out and gives the sum.
    let rest = |known: Option<u64>| total?.checked_sub(known?);
    Some(Counts { input: input.or_else(|| rest(output)), output: output.or_else(|| rest(input)) })
}

/// A count as a whole number; some servers write `12.0`.
fn tokens(value: &Value) -> Option<u64> {
    let whole = |number: f64| format!("{number:.0}").parse().ok();
    value.as_u64().or_else(|| value.as_f64().and_then(whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_of_every_form() {
        let read = |usage: &str| {
            let counts = counts(&serde_json::from_str(usage).unwrap())?;
            Some((counts.input, counts.output))
        };
        let both = Some((Some(3), Some(4)));
        for event in [
            r#"{"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}"#,
            r#"{"usage":{"prompt_tokens":3.0,"completion_tokens":4.0}}"#,
            r#"{"usage":{"input_tokens":3,"output_tokens":4}}"#,
            r#"{"usage":{"prompt_tokens":3,"total_tokens":7}}"#,
            r#"{"usage":null,"x_groq":{"usage":{"prompt_tokens":3,"completion_tokens":4}}}"#,
            r#"{"choices":[{"usage":{"prompt_tokens":3,"completion_tokens":4}}]}"#,
        ] {
            assert_eq!(read(event), both, "{event}");
        }
        assert_eq!(
            read(r#"{"usage":{"prompt_tokens":-3,"completion_tokens":"4"}}"#),
            Some((None, None))
        );
        assert_eq!(
            read(r#"{"usage":{"prompt_tokens":9,"total_tokens":7}}"#),
            Some((Some(9), None))
        );
        for event in [r#"{"usage":null}"#, r#"{"usage":[]}"#, "{}", r#"{"x_groq":{"id":"a"}}"#] {
            assert_eq!(read(event), None, "{event}");
        }
    }
}
