//! Small pages for people who opened the link of a mail. They have no scripts, and nothing of another
//! site.

use std::fmt::Write;

use super::Response;
use crate::text::escape_html;

/// The style of all pages.
const STYLE: &str = include_str!("page.css");
/// SHA-256 of the style, which the page's policy names (CSP Level 3 §2.3.1).
const STYLE_HASH: &str = "sqahTq4wOQeu+cztEysz76gCJu/34GXUc9My7uWVbok=";

/// A page: a headline, what there is to say, and at most one button.
#[derive(Debug, Default)]
pub struct Page {
    title: String,
    paragraphs: Vec<String>,
    button: String,
    /// What the policy says of forms.
    form_action: String,
    /// In the page's head.
    meta: &'static str,
}

/// With the policy of all responses, a browser would send the form with `Origin: null`, as if a page of
/// nobody had asked (Fetch, "append a request Origin header"). Other sites still learn nothing.
const NAMES_ITSELF: &str = "<meta name=\"referrer\" content=\"same-origin\">\n";

impl Page {
    /// A page with this headline.
    pub fn new(title: &str) -> Self {
        Self { title: title.to_owned(), form_action: "'none'".to_owned(), ..Self::default() }
    }

    /// Adds a paragraph.
    #[must_use]
    pub fn paragraph(mut self, text: impl Into<String>) -> Self {
        self.paragraphs.push(text.into());
        self
    }

    /// Adds a button that sends these fields to a path of this API, which then goes on to one of the pages
    /// in `next`. Browsers apply a page's policy to that as well.
    #[must_use]
    pub fn form(
        mut self,
        label: &str,
        action: &str,
        fields: &[(&str, &str)],
        next: &[&str],
    ) -> Self {
        let inputs = fields.iter().fold(String::new(), |mut inputs, (name, value)| {
            // Writing to a String does not fail.
            let _ = write!(
                inputs,
                "<input type=\"hidden\" name=\"{}\" value=\"{}\">",
                escape_html(name),
                escape_html(value)
            );
            inputs
        });
        self.button = format!(
            "<form method=\"post\" action=\"{}\">{inputs}<button>{}</button></form>",
            escape_html(action),
            escape_html(label)
        );
        self.meta = NAMES_ITSELF;
        let schemes = next.iter().filter_map(|next| next.split_once("://"));
        let mut schemes: Vec<_> = schemes.map(|(scheme, _)| scheme.to_ascii_lowercase()).collect();
        schemes.sort_unstable();
        schemes.dedup();
        self.form_action = schemes
            .iter()
            .fold("'self'".to_owned(), |policy, scheme| format!("{policy} {scheme}:"));
        self
    }

    /// Adds a link to a page that is trusted.
    #[must_use]
    pub fn link(mut self, label: &str, url: &str) -> Self {
        self.button =
            format!("<a class=\"button\" href=\"{}\">{}</a>", escape_html(url), escape_html(label));
        self
    }

    /// The response.
    pub fn response(self, status: u16) -> Response {
        let title = escape_html(&self.title);
        let paragraphs = self.paragraphs.iter().map(|text| format!("<p>{}</p>", escape_html(text)));
        let paragraphs = paragraphs.collect::<Vec<_>>().concat();
        let html = format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"robots\" content=\"noindex\">\n{}<title>{title}</title>\n\
             <style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n{paragraphs}\n{}\n\
             </main>\n</body>\n</html>\n",
            self.meta, self.button
        );
        let policy = format!(
            "default-src 'none'; style-src 'sha256-{STYLE_HASH}'; form-action {}; \
             base-uri 'none'; frame-ancestors 'none'",
            self.form_action
        );
        Response::html(status, html).header("content-security-policy", &policy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    #[test]
    fn the_policy_names_the_style() {
        let hash = crate::digest::sha256(&[STYLE.as_bytes()]);
        assert_eq!(STANDARD.encode(hash.as_ref()), STYLE_HASH);
    }

    #[test]
    fn every_text_is_escaped() {
        let odd = "<script>\"'&";
        let page = Page::new(odd).paragraph(odd).form(
            odd,
            odd,
            &[(odd, odd)],
            &["https://a.b/c", "/d", "myapp://e", "HTTPS://a.b"],
        );
        assert_eq!(page.form_action, "'self' https: myapp:");
        let text = format!("{:?}", page.response(200).into_response().unwrap().into_body());
        assert!(!text.contains("<script>"), "{text}");
        assert_eq!(text.matches("&lt;script&gt;&quot;&#39;&amp;").count(), 7, "{text}");
    }
}
