//! Static files for browsers, which Node makes: the example application and the reference of the API.

pub mod application;
pub mod reference;

use crate::progress::step;
use crate::tools::node;
use anyhow::{Context, Result};
use bytes::Bytes;
use harness::http::Response;
use hyper::header::{self, HeaderValue};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Everything comes from the page's own origin. The reference's package styles elements in place and has its
/// symbols in its style sheet.
const SECURITY_POLICY: &str = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; \
     base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Files by the path at which a browser asks for them.
#[derive(Debug, Default)]
pub struct Site {
    files: BTreeMap<String, Bytes>,
}

/// What `cargo xtask dev` serves: the application at `/`, the reference at `/docs/`. Without Node, or where its
/// packages can't be installed, there is neither, and a line says why. The application has buttons for the
/// providers with these ids.
pub async fn for_dev(providers: &[String]) -> Site {
    let mut site = Site::default();
    let (application, reference) = ("the example application", "the reference");
    let parts = match node::require().await {
        Ok(_) => vec![
            (application.to_owned(), application::build(providers).await),
            (reference.to_owned(), reference::make("/docs/", "/").await),
        ],
        Err(error) => vec![(format!("{application} and {reference}"), Err(error))],
    };
    for (what, part) in parts {
        match part {
            Ok(part) => site.extend(part),
            Err(error) => step(&format!("Going on without {what}: {error:#}")),
        }
    }
    site
}

impl Site {
    /// Whether there is a file at this path; a path that ends with a slash has an `index.html`.
    pub fn has(&self, path: &str) -> bool {
        self.files.contains_key(file(path).as_ref())
    }

    /// Adds a file of this content.
    pub fn add(&mut self, path: &str, bytes: impl Into<Bytes>) {
        self.files.insert(path.to_owned(), bytes.into());
    }

    /// Adds a file of this machine.
    pub fn add_file(&mut self, path: &str, file: &Path) -> Result<()> {
        let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
        self.add(path, bytes);
        Ok(())
    }

    /// Adds the files of a folder and of those in it, below this path, which ends with a slash.
    pub fn add_folder(&mut self, path: &str, folder: &Path) -> Result<()> {
        let entries = fs::read_dir(folder);
        let entries = entries.with_context(|| format!("cannot read {}", folder.display()))?;
        for entry in entries {
            let entry = entry?;
            let below = format!("{path}{}", entry.file_name().to_string_lossy());
            if entry.file_type()?.is_dir() {
                self.add_folder(&format!("{below}/"), &entry.path())?;
            } else {
                self.add_file(&below, &entry.path())?;
            }
        }
        Ok(())
    }

    /// Adds all files of another one.
    pub fn extend(&mut self, other: Self) {
        self.files.extend(other.files);
    }

    /// The response with the file at this path; a path that ends with a slash has an `index.html`.
    pub fn at(&self, path: &str) -> Option<Response> {
        let path = file(path);
        let mut response = Response::new(self.files.get(path.as_ref())?.clone());
        for (name, value) in [
            (header::CONTENT_TYPE, kind(&path)),
            (header::CACHE_CONTROL, "no-cache"),
            (header::CONTENT_SECURITY_POLICY, SECURITY_POLICY),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::REFERRER_POLICY, "same-origin"),
        ] {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        Some(response)
    }

    /// Writes all files into a folder.
    pub fn write(&self, folder: &Path) -> Result<()> {
        for (path, bytes) in &self.files {
            let file = folder.join(path.trim_start_matches('/'));
            if let Some(folder) = file.parent() {
                fs::create_dir_all(folder)?;
            }
            fs::write(&file, bytes).with_context(|| format!("cannot write {}", file.display()))?;
        }
        Ok(())
    }
}

/// The path of the file that a browser means.
fn file(path: &str) -> Cow<'_, str> {
    if path.ends_with('/') { format!("{path}index.html").into() } else { path.into() }
}

fn kind(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("css") => "text/css; charset=utf-8",
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("png") => "image/png",
        Some("svg") => "image/svg+xml",
        Some("yaml") => "text/yaml; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_added_is_there() {
        let folder = std::env::temp_dir().join(format!("tessera-site-{}", std::process::id()));
        let mut written = Site::default();
        written.add("/index.html", "<!doctype html>");
        written.add("/assets/a.js", "1");
        written.write(&folder).unwrap();
        let mut site = Site::default();
        site.add_folder("/", &folder).unwrap();
        site.add("/docs/index.html", "the reference");
        fs::remove_dir_all(&folder).unwrap();
        for (path, kind) in [
            ("/", "text/html; charset=utf-8"),
            ("/docs/", "text/html; charset=utf-8"),
            ("/assets/a.js", "text/javascript; charset=utf-8"),
        ] {
            let response = site.at(path).unwrap();
            assert_eq!(response.headers()["content-type"], kind, "{path}");
            assert!(response.headers().contains_key("content-security-policy"));
            assert!(site.has(path), "{path}");
        }
        for path in ["/docs", "/assets/", "/assets/../index.html", "//index.html", "", "/b"] {
            assert!(site.at(path).is_none() && !site.has(path), "{path}");
        }
    }
}
