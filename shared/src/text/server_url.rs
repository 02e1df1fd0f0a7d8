use std::str::FromStr;

use super::{InvalidText, Origin};

/// Hosts that are this machine.
const LOOPBACK: [&str; 3] = ["127.0.0.1", "[::1]", "localhost"];

text! {
    /// The address of a server that we call: https, or http if the host is this machine. At most 2048
    /// visible ASCII characters, without a user and without a fragment.
    ServerUrl, server_url
}

impl ServerUrl {
    /// The rule, as the end of a sentence that begins with the field's name.
    pub(crate) const RULE: &str = "must be an https URL without a user and a fragment";

    /// Whether it is called over TLS.
    pub fn is_https(&self) -> bool {
        !self.0.starts_with("http:")
    }
}

fn server_url(text: &str) -> Result<(), InvalidText> {
    let is_plain = text.bytes().all(|b| b.is_ascii_graphic()) && !text.contains(['#', '\\']);
    let fits = text.len() <= 2048 && is_plain;
    if fits && (text.starts_with("https://") && Origin::of_url(text).is_some() || is_loopback(text))
    {
        Ok(())
    } else {
        Err(InvalidText(ServerUrl::RULE))
    }
}

/// Whether an address is http of this machine.
fn is_loopback(url: &str) -> bool {
    let origin = Origin::of_url(url).filter(|_| url.starts_with("http://"));
    let Some(origin) = origin else { return false };
    let authority = origin.as_str().trim_start_matches("http://");
    LOOPBACK.into_iter().any(|host| {
        authority.strip_prefix(host).is_some_and(|port| {
            port.is_empty()
                || port.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok())
        })
    })
}

impl FromStr for ServerUrl {
    type Err = InvalidText;

    fn from_str(text: &str) -> Result<Self, InvalidText> {
        text.to_owned().try_into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn https_anywhere_and_http_on_this_machine_only() {
        for url in [
            "https://accounts.google.com",
            "https://idp.example:8443/a/b?c=d",
            "http://127.0.0.1:4000/token",
            "http://[::1]:4000",
            "http://localhost",
        ] {
            assert!(url.parse::<ServerUrl>().is_ok(), "{url}");
        }
        for url in [
            "",
            "https://",
            "http://accounts.google.com",
            "http://127.0.0.1.example.com",
            "http://localhost.example.com:80",
            "http://localhost:4000x/",
            "http://10.0.0.1",
            "http://user@localhost/",
            "https://user:word@idp.example/",
            "https://idp.example/#a",
            "https://idp.example/a b",
            "https://idp.example\\@other.example/",
            "HTTPS://idp.example",
            "ftp://idp.example",
            "file:///etc/passwd",
            "//idp.example",
        ] {
            assert!(url.parse::<ServerUrl>().is_err(), "{url}");
        }
        assert!(format!("https://a.b/{}", "x".repeat(2037)).parse::<ServerUrl>().is_err());
    }

    proptest! {
        #[test]
        fn http_leads_to_this_machine(rest in "(127\\.0\\.0\\.1|localhost|\\[::1\\]|[a-z.@:]{0,8})[a-z0-9.@:/?\\\\]{0,12}") {
            if let Ok(url) = format!("http://{rest}").parse::<ServerUrl>() {
                let origin = Origin::of_url(url.as_str()).map(|origin| origin.as_str().to_owned());
                let host = origin.unwrap().replace("http://", "");
                let host = host.rsplit_once(':').filter(|(_, port)| !port.ends_with(']')).map_or(host.as_str(), |(host, _)| host).to_owned();
                prop_assert!(LOOPBACK.contains(&host.as_str()), "{}", host);
            }
        }
    }
}
