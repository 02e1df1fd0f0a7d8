use std::fmt::Write;

use super::words::Words;
use crate::text::escape_html;

/// The mail as HTML: one column that fits a narrow window, light or dark as the reader's device is,
/// without images and without anything that is loaded. Mail programs keep style attributes and may drop
/// the style element, so the light look is in the attributes.
pub(super) fn render(words: &Words, product: &str) -> String {
    let mut body = String::new();
    for text in &words.before {
        paragraph(&mut body, text);
    }
    if let Some(button) = &words.button {
        let (label, url) = (escape_html(button.label), escape_html(&button.url));
        let _ = write!(body, include_str!("html/button.html"), label = label, url = url);
    }
    if let Some(code) = &words.code {
        let _ = write!(body, include_str!("html/code.html"), code = escape_html(code));
    }
    for text in &words.after {
        paragraph(&mut body, text);
    }
    format!(
        include_str!("html/page.html"),
        subject = escape_html(&words.subject),
        preview = escape_html(&words.preview),
        title = escape_html(&words.title),
        product = escape_html(product),
        body = body,
    )
}

fn paragraph(body: &mut String, text: &str) {
    let _ = writeln!(
        body,
        "<p class=\"text\" style=\"margin:0 0 16px;color:#1f2733\">{}</p>",
        escape_html(text)
    );
}
