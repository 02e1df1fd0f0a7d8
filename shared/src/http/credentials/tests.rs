use std::time::Duration;

use super::*;
use crate::auth::Issuer;
use crate::clock::Clock;
use crate::config::{
    ClientsConfig, Config, CredentialsConfig, MailConfig, QuotaConfig, QuotaLimits, TableConfig,
};
use crate::text::{Origin, TrustedOrigins};

fn bearer(values: &[&str]) -> Option<String> {
    let mut headers = HeaderMap::new();
    for value in values {
        headers.append(AUTHORIZATION, value.parse().unwrap());
    }
    match authorization(&headers) {
        Authorization::Absent => None,
        Authorization::Bearer(token) => Some(token.expose().to_owned()),
        Authorization::Repeated => Some("repeated".to_owned()),
    }
}

#[test]
fn f6_the_scheme_is_followed_by_one_or_more_spaces() {
    for header in ["Bearer t", "bearer t", "BEARER   t", "Bearer \t t", " Bearer t "] {
        assert_eq!(bearer(&[header]).as_deref(), Some("t"), "{header:?}");
    }
    for header in ["", "Bearer", "Bearer ", "Bearer    ", "Basic t", "Bearert", "t"] {
        assert_eq!(bearer(&[header]), None, "{header:?}");
    }
    assert_eq!(bearer(&[]), None);
    assert_eq!(bearer(&["Bearer a b"]).as_deref(), Some("a b"), "no token of ours has a space");
    assert_eq!(bearer(&["Bearer t", "Bearer t"]).as_deref(), Some("repeated"));
    assert_eq!(bearer(&["Basic t", "Bearer t"]).as_deref(), Some("repeated"));
}

fn app() -> App {
    let credentials = CredentialsConfig {
        access_key_id: "local".to_owned(),
        secret_access_key: "local".to_owned().into(),
        session_token: None,
    };
    let trusted = TrustedOrigins::try_from("https://app.example.com,myapp://").unwrap();
    let config = Config {
        table: TableConfig {
            name: "table".to_owned(),
            keys_name: "keys".to_owned(),
            region: "us-east-1".to_owned(),
            endpoint: Some("http://127.0.0.1:1".to_owned()),
            credentials,
            ca_bundle: None,
        },
        issuer: Issuer("tessera".to_owned()),
        secrets: Vec::new(),
        sign_in_floor: Duration::ZERO,
        profile_retention: Duration::ZERO,
        public_url: Origin::of_url("https://api.example.com"),
        mail: MailConfig::default(),
        clients: ClientsConfig { trusted, ..ClientsConfig::default() },
        attempts_per_address: 1,
        sign_ups_per_address: 1,
        key_rotation: Duration::ZERO,
        quota: QuotaConfig {
            user: QuotaLimits { messages: 1, tokens: 1 },
            unverified_percent: 100,
            stack_tokens: None,
            stack_unverified_percent: 100,
        },
        init_read: false,
        log_level: crate::log::Level::INFO,
    };
    App::new(config, Clock::System)
}

/// What a route that reads, sets or clears cookies may do with those of a request.
fn outcome(app: &App, method: &str, headers: &[(&str, &str)]) -> &'static str {
    let mut request = lambda_http::http::Request::builder().method(method).uri("/");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    match Request::new(request.body(lambda_http::Body::Empty).unwrap()).cookies(app) {
        Ok(Some(_)) => "cookies",
        Ok(None) => "bearer",
        Err(problem) => problem.code(),
    }
}

/// Who may use cookies, as a table.
#[test]
fn f3_f4_f12_who_may_read_set_and_clear_cookies() {
    const BEARER: (&str, &str) = ("authorization", "Bearer x");
    const COOKIE: (&str, &str) = ("cookie", "better-auth.session_token=x");
    const STRAY: (&str, &str) = ("cookie", "AWSALB=x");
    const CORS: (&str, &str) = ("sec-fetch-mode", "cors");
    const APP: (&str, &str) = ("origin", "https://app.example.com");
    const API: (&str, &str) = ("origin", "https://api.example.com");
    const EVIL: (&str, &str) = ("origin", "https://evil.com");
    const NULL: (&str, &str) = ("origin", "null");
    const PAGE: (&str, &str) = ("referer", "https://app.example.com/page");
    const EVIL_PAGE: (&str, &str) = ("referer", "https://evil.com/page");
    const EXPO: (&str, &str) = ("expo-origin", "myapp://");
    const EVIL_EXPO: (&str, &str) = ("expo-origin", "other://");
    const MISSING: &str = "MISSING_OR_NULL_ORIGIN";
    const INVALID: &str = "INVALID_ORIGIN";
    let table: [(&[(&str, &str)], &str); 33] = [
        // A program that says nothing of a browser.
        (&[], "cookies"),
        (&[("user-agent", "curl"), ("accept", "*/*")], "cookies"),
        // A token alone decides, whatever is beside it.
        (&[BEARER], "bearer"),
        (&[BEARER, COOKIE], "bearer"),
        (&[BEARER, STRAY], "bearer"),
        (&[BEARER, COOKIE, EVIL, CORS], "bearer"),
        (&[BEARER, NULL], "bearer"),
        (&[BEARER, BEARER, COOKIE, EVIL], "bearer"),
        (&[("authorization", "bearer   x"), STRAY], "bearer"),
        // No token.
        (&[("authorization", "Bearer "), COOKIE], MISSING),
        (&[("authorization", "Basic x"), COOKIE, EVIL], INVALID),
        // Cookies, ours or not, need a page.
        (&[COOKIE], MISSING),
        (&[STRAY], MISSING),
        (&[COOKIE, APP], "cookies"),
        (&[COOKIE, API], "cookies"),
        (&[COOKIE, NULL], MISSING),
        (&[COOKIE, EVIL], INVALID),
        (&[COOKIE, APP, EVIL], MISSING),
        (&[COOKIE, PAGE], "cookies"),
        (&[COOKIE, EVIL_PAGE], INVALID),
        (&[COOKIE, EVIL, PAGE], INVALID),
        (&[COOKIE, NULL, PAGE], MISSING),
        // So does a page without cookies.
        (&[EVIL], INVALID),
        (&[NULL], MISSING),
        (&[CORS], MISSING),
        (&[EVIL_PAGE], INVALID),
        (&[APP, CORS], "cookies"),
        // Expo's client names its app. A browser's page can't: it always says more.
        (&[COOKIE, EXPO], "cookies"),
        (&[COOKIE, EXPO, EVIL_PAGE], "cookies"),
        (&[EVIL_EXPO], INVALID),
        (&[COOKIE, EXPO, CORS], MISSING),
        (&[COOKIE, EXPO, EVIL], INVALID),
        (&[COOKIE, EXPO, NULL], MISSING),
    ];
    let app = app();
    for (headers, expected) in table {
        assert_eq!(outcome(&app, "POST", headers), expected, "{headers:?}");
        // What only reads is checked nowhere: other pages can't see the response.
        let read = if expected == "bearer" { "bearer" } else { "cookies" };
        assert_eq!(outcome(&app, "GET", headers), read, "{headers:?}");
    }
}
