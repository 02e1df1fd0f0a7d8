//! CORS as an HTTP API does it, from its `CorsConfiguration`. Its functions have no influence on it.

use anyhow::{Context as _, Result};
use http::header::{self, HeaderMap, HeaderValue};
use serde_json::Value;

/// Which pages of other origins may call, how, and what they may read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cors {
    origins: Vec<HeaderValue>,
    credentials: bool,
    methods: Option<HeaderValue>,
    headers: Option<HeaderValue>,
    exposed: Option<HeaderValue>,
    max_age: Option<HeaderValue>,
}

impl Cors {
    /// Takes a `CorsConfiguration` in which nothing is left to resolve.
    pub fn new(configuration: &Value) -> Result<Self> {
        let list = |name: &str| -> Result<Vec<&str>> {
            let values = configuration.get(name).and_then(Value::as_array);
            let texts = values.into_iter().flatten().map(Value::as_str);
            texts.collect::<Option<_>>().with_context(|| format!("{name} is no list of texts"))
        };
        let joined = |name: &str| -> Result<Option<HeaderValue>> {
            let text = list(name)?.join(",");
            Ok(if text.is_empty() { None } else { Some(text.parse()?) })
        };
        Ok(Self {
            origins: list("AllowOrigins")?
                .into_iter()
                .map(|origin| origin.parse().with_context(|| format!("{origin:?} is no origin")))
                .collect::<Result<_>>()?,
            credentials: configuration.get("AllowCredentials") == Some(&Value::Bool(true)),
            methods: joined("AllowMethods")?,
            headers: joined("AllowHeaders")?,
            exposed: joined("ExposeHeaders")?,
            max_age: configuration.get("MaxAge").and_then(Value::as_u64).map(HeaderValue::from),
        })
    }

    /// The headers of the 204 response to every `OPTIONS`. There are none for another origin, and none
    /// if the request is not a preflight.
    pub fn preflight(&self, request: &HeaderMap) -> HeaderMap {
        let mut response = HeaderMap::new();
        let is_preflight = request.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
        if let (Some(origin), true) = (self.allowed(request), is_preflight) {
            self.add_origin(origin, &mut response);
            for (name, value) in [
                (header::ACCESS_CONTROL_ALLOW_METHODS, &self.methods),
                (header::ACCESS_CONTROL_ALLOW_HEADERS, &self.headers),
                (header::ACCESS_CONTROL_MAX_AGE, &self.max_age),
            ] {
                if let Some(value) = value {
                    response.insert(name, value.clone());
                }
            }
        }
        response
    }

    /// Removes the function's own CORS headers, and lets a page of an allowed origin read the response.
    pub fn apply(&self, request: &HeaderMap, response: &mut HeaderMap) {
        let of_function: Vec<_> = response
            .keys()
            .filter(|name| name.as_str().starts_with("access-control-"))
            .cloned()
            .collect();
        for name in of_function {
            response.remove(name);
        }
        if let Some(origin) = self.allowed(request) {
            self.add_origin(origin, response);
            if let Some(exposed) = &self.exposed {
                response.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed.clone());
            }
        }
    }

    /// The request's origin, if it is exactly one that may call.
    fn allowed<'a>(&self, request: &'a HeaderMap) -> Option<&'a HeaderValue> {
        let mut origins = request.get_all(header::ORIGIN).iter();
        let origin = origins.next().filter(|origin| self.origins.contains(origin))?;
        origins.next().is_none().then_some(origin)
    }

    fn add_origin(&self, origin: &HeaderValue, response: &mut HeaderMap) {
        response.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        if self.credentials {
            let yes = HeaderValue::from_static("true");
            response.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, yes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn cors() -> Cors {
        Cors::new(&json!({
            "AllowOrigins": ["https://app.example.com", "http://localhost:3000"],
            "AllowCredentials": true,
            "AllowMethods": ["GET", "POST"],
            "AllowHeaders": ["authorization", "content-type"],
            "ExposeHeaders": ["set-auth-token", "location"],
            "MaxAge": 600
        }))
        .unwrap()
    }

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn a_preflight_of_an_allowed_origin_names_what_it_may() {
        let request = [
            ("origin", "https://app.example.com"),
            ("access-control-request-method", "DELETE"),
            ("access-control-request-headers", "x-other"),
        ];
        let expected = headers(&[
            ("access-control-allow-origin", "https://app.example.com"),
            ("access-control-allow-credentials", "true"),
            ("access-control-allow-methods", "GET,POST"),
            ("access-control-allow-headers", "authorization,content-type"),
            ("access-control-max-age", "600"),
        ]);
        assert_eq!(cors().preflight(&headers(&request)), expected);
        assert!(cors().preflight(&headers(&request[..1])).is_empty());
        assert!(cors().preflight(&headers(&request[1..])).is_empty());
    }

    #[test]
    fn only_an_allowed_origin_is_named_and_only_as_it_is_written() {
        let response = |origins: &[&str]| {
            let request: Vec<_> = origins.iter().map(|origin| ("origin", *origin)).collect();
            let request = headers(&request);
            let mut headers = headers(&[
                ("content-type", "application/json"),
                ("access-control-allow-origin", "*"),
                ("access-control-expose-headers", "set-auth-jwt"),
                ("vary", "origin"),
            ]);
            cors().apply(&request, &mut headers);
            headers
        };
        let others = headers(&[("content-type", "application/json"), ("vary", "origin")]);
        let mut allowed = others.clone();
        allowed.extend(headers(&[
            ("access-control-allow-origin", "http://localhost:3000"),
            ("access-control-allow-credentials", "true"),
            ("access-control-expose-headers", "set-auth-token,location"),
        ]));
        assert_eq!(response(&["http://localhost:3000"]), allowed);
        for strange in [
            &[][..],
            &["null"],
            &["*"],
            &[""],
            &["http://app.example.com"],
            &["https://app.example.com:443"],
            &["https://app.example.com/"],
            &["https://App.example.com"],
            &["https://app.example.com.evil.com"],
            &["https://evil.com#https://app.example.com"],
            &["http://localhost:3001"],
            &["https://app.example.com,http://localhost:3000"],
            &["https://app.example.com", "http://localhost:3000"],
        ] {
            assert_eq!(response(strange), others, "{strange:?}");
        }
    }
}
