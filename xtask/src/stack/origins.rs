//! Whose pages may call the local stack.

use super::Options;
use anyhow::{Result, ensure};

/// Where development servers usually listen: those of React, Next.js and many others; Vite's.
const USUAL_PORTS: [u16; 2] = [3000, 5173];

/// Fills in the parameters `PublicUrl` and `TrustedOrigins` for a stack on this port, unless the
/// options name others. Cookies belong to a host's name, so the public one is `localhost`.
pub fn complete(options: &mut Options, port: u16) -> Result<()> {
    let public = format!("http://localhost:{port}");
    let trusted = USUAL_PORTS
        .map(|port| format!("http://localhost:{port}"))
        .into_iter()
        .chain([public.clone(), format!("http://127.0.0.1:{port}")])
        // An app in Expo Go, from wherever its development server is.
        .chain(["exp://".to_owned()])
        .collect::<Vec<_>>()
        .join(",");
    for (name, value) in [("PublicUrl", public), ("TrustedOrigins", trusted)] {
        let value = options.parameters.entry(name.to_owned()).or_insert(value);
        for origin in value.split(',').filter(|origin| !origin.is_empty()) {
            ensure!(
                is_origin(origin),
                "{name}: {origin:?} is no origin such as http://localhost:3000 or myapp://, without a \
                 path; several are separated by commas without spaces"
            );
        }
    }
    Ok(())
}

/// Scheme, host and port, as a browser writes them, or with a wildcard. The functions look closer.
fn is_origin(text: &str) -> bool {
    text.split_once("://").is_some_and(|(scheme, host)| {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-:".contains(c);
        let web = ["http", "https"].contains(&scheme);
        let host = host.strip_prefix("*.").filter(|_| scheme == "https").unwrap_or(host);
        let lacks_a_part = scheme.is_empty() || (web && host.is_empty());
        !lacks_a_part && host.chars().all(allowed)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_written_as_browsers_write_it() {
        for origin in [
            "http://localhost:3000",
            "https://app.example.com",
            "https://*.example.com",
            "capacitor://localhost",
            "exp://",
        ] {
            assert!(is_origin(origin), "{origin}");
        }
        for other in ["", "*", "null", "localhost:3000", "http://", "http://a.b/", "http://A.b"] {
            assert!(!is_origin(other), "{other}");
        }
    }
}
