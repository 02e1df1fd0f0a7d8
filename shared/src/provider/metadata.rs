use serde_json::Value;

use super::ProviderError;
use crate::text::ServerUrl;

/// What an OpenID provider says of itself (OpenID Connect Discovery 1.0, section 3).
#[derive(Debug, Clone)]
pub(super) struct Metadata {
    /// The page where users sign in.
    pub(super) authorization_endpoint: ServerUrl,
    /// Where codes and refresh tokens are exchanged.
    pub(super) token_endpoint: ServerUrl,
    /// The public keys that verify ID tokens.
    pub(super) jwks_uri: ServerUrl,
    /// What is known of the user of an access token.
    pub(super) userinfo_endpoint: Option<ServerUrl>,
    /// Whether every answer at our callback has an `iss` (RFC 9207, section 3).
    pub(super) promises_iss: bool,
    /// Whether our secret is sent in the form, and not in a header.
    pub(super) takes_secret_in_form: bool,
}

impl Metadata {
    /// Where the metadata of an issuer is (section 4).
    pub(super) fn url(issuer: &ServerUrl) -> String {
        let issuer = issuer.as_str();
        let base = issuer.strip_suffix('/').unwrap_or(issuer);
        format!("{base}/.well-known/openid-configuration")
    }

    /// Reads the metadata, which must name the issuer that was asked (section 4.3).
    pub(super) fn read(document: &Value, issuer: &ServerUrl) -> Result<Self, ProviderError> {
        if document.get("issuer").and_then(Value::as_str) != Some(issuer.as_str()) {
            return Err(invalid("name another issuer"));
        }
        let endpoint = |name| endpoint(document, name, issuer);
        let required = |name| endpoint(name)?.ok_or_else(|| invalid(&format!("lack {name}")));
        Ok(Self {
            authorization_endpoint: required("authorization_endpoint")?,
            token_endpoint: required("token_endpoint")?,
            jwks_uri: required("jwks_uri")?,
            userinfo_endpoint: endpoint("userinfo_endpoint")?,
            promises_iss: document.get("authorization_response_iss_parameter_supported")
                == Some(&Value::Bool(true)),
            takes_secret_in_form: takes_secret_in_form(document),
        })
    }
}

/// An endpoint on https. One on http of this machine is for an issuer there only, so that no issuer
/// elsewhere makes us call what runs beside us.
fn endpoint(
    document: &Value,
    name: &str,
    issuer: &ServerUrl,
) -> Result<Option<ServerUrl>, ProviderError> {
    let Some(value) = document.get(name).filter(|value| !value.is_null()) else { return Ok(None) };
    let url = value.as_str().and_then(|text| text.parse::<ServerUrl>().ok());
    match url.filter(|url| url.is_https() || !issuer.is_https()) {
        Some(url) => Ok(Some(url)),
        None => Err(invalid(&format!("have a {name} that is not on https"))),
    }
}

/// The header is what a client uses that has registered nothing else (OpenID Connect Core 1.0, section 9),
/// and many providers hold it to that. Without a list, the header is what a provider takes (section 3).
fn takes_secret_in_form(document: &Value) -> bool {
    let methods = document.get("token_endpoint_auth_methods_supported").and_then(Value::as_array);
    let takes = |name| methods.is_some_and(|methods| methods.iter().any(|method| method == name));
    takes("client_secret_post") && !takes("client_secret_basic")
}

fn invalid(says: &str) -> ProviderError {
    ProviderError::Unreachable(format!("its metadata {says}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn document(issuer: &str) -> Value {
        json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{issuer}/authorize"),
            "token_endpoint": format!("{issuer}/token"),
            "jwks_uri": format!("{issuer}/keys"),
        })
    }

    fn read(document: &Value, issuer: &str) -> Result<Metadata, ProviderError> {
        Metadata::read(document, &issuer.parse().unwrap())
    }

    #[test]
    fn an_issuer_must_name_itself_to_the_letter() {
        let issuer = "https://idp.example/a";
        assert!(read(&document(issuer), issuer).is_ok());
        for other in ["https://idp.example/a/", "https://idp.example", "https://evil.example/a"] {
            let error = read(&document(other), issuer).unwrap_err();
            assert!(error.to_string().ends_with("its metadata name another issuer"), "{error}");
        }
        assert!(read(&json!([]), issuer).is_err());
    }

    #[test]
    fn endpoints_are_on_https_or_beside_an_issuer_of_this_machine() {
        let with = |issuer: &str, name: &str, url: Value| {
            let mut document = document(issuer);
            document[name] = url;
            read(&document, issuer)
        };
        let (far, near) = ("https://idp.example", "http://127.0.0.1:4000");
        assert!(with(near, "token_endpoint", json!("http://localhost:4001/token")).is_ok());
        assert!(with(far, "userinfo_endpoint", json!("https://other.example/me")).is_ok());
        for name in ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"] {
            for url in ["http://idp.example/", "http://127.0.0.1:9001/", "file:///", "/token"] {
                assert!(with(far, name, json!(url)).is_err(), "{name} {url}");
            }
            assert!(with(far, name, json!(1)).is_err(), "{name}");
            assert!(with(near, name, json!("http://idp.example/")).is_err(), "{name}");
        }
        for name in ["authorization_endpoint", "token_endpoint", "jwks_uri"] {
            assert!(with(far, name, Value::Null).is_err(), "{name}");
        }
        assert!(with(far, "userinfo_endpoint", Value::Null).unwrap().userinfo_endpoint.is_none());
    }

    #[test]
    fn the_metadata_are_below_the_issuer() {
        for issuer in ["https://idp.example/a", "https://idp.example/a/"] {
            let url = Metadata::url(&issuer.parse().unwrap());
            assert_eq!(url, "https://idp.example/a/.well-known/openid-configuration");
        }
    }

    proptest! {
        #[test]
        fn no_endpoint_of_an_issuer_elsewhere_is_on_http(url in "(https?://|)[a-z0-9.:/@#]{0,20}") {
            let issuer = "https://idp.example";
            let mut document = document(issuer);
            document["token_endpoint"] = json!(url);
            if let Ok(metadata) = read(&document, issuer) {
                prop_assert!(metadata.token_endpoint.as_str().starts_with("https://"));
            }
        }
    }
}
