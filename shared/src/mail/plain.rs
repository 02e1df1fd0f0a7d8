use super::words::Words;

/// The mail for programs that show no HTML.
pub(super) fn render(words: &Words, product: &str) -> String {
    let mut parts = vec![words.title.clone()];
    parts.extend(words.before.iter().cloned());
    parts.extend(words.code.iter().cloned());
    parts.extend(words.button.iter().map(|button| button.url.clone()));
    parts.extend(words.after.iter().cloned());
    format!("{}\n\n-- \n{product}\n", parts.join("\n\n"))
}
