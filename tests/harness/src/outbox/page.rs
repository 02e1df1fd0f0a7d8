//! The page of the outbox, for people.

use super::Mail;
use crate::html::escape;
use std::fmt::Write as _;

/// No scripts, nothing that is loaded. The frames have the mails' own styles.
pub(super) const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; frame-ancestors 'none'";

const HEAD: &str = r#"<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Outbox</title>
<style>
  :root { color-scheme: light dark; }
  body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 48rem; padding: 0 1rem; }
  details { border: 1px solid #8886; border-radius: .5rem; margin: 1rem 0; padding: .75rem 1rem; }
  summary { cursor: pointer; overflow-wrap: anywhere; }
  small { opacity: .75; }
  a { overflow-wrap: anywhere; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; }
  iframe { border: 1px solid #8886; height: 36rem; width: 100%; }
</style>
<h1>Outbox</h1>
<p>The mails that were sent since the start, newest first. Reload the page for later ones. As JSON:
<code>/__outbox?to=ADDRESS</code>.</p>
"#;

/// The page with these mails.
pub(super) fn render(mails: &[Mail]) -> String {
    let mut page = HEAD.to_owned();
    if mails.is_empty() {
        page.push_str("<p>There are none.</p>\n");
    }
    for (count, mail) in mails.iter().rev().enumerate() {
        let open = if count == 0 { " open" } else { "" };
        let [kind, from, to, subject, text, html] =
            [&mail.kind, &mail.from, &mail.to, &mail.subject, &mail.text, &mail.html]
                .map(|text| escape(text));
        let link = mail.url.as_deref().map(escape).map_or_else(String::new, |url| {
            format!("<p>Link: <a href=\"{url}\" target=\"_blank\" rel=\"noreferrer\">{url}</a></p>")
        });
        let _ = write!(
            page,
            "<details{open}>\n<summary><strong>{subject}</strong><br><small>{kind}, to {to}, from \
             {from}</small></summary>\n{link}\n<iframe sandbox title=\"{subject}\" \
             srcdoc=\"{html}\"></iframe>\n<pre>{text}</pre>\n</details>\n"
        );
    }
    page.push_str("</html>\n");
    page
}
