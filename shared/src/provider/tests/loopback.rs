//! A provider over real connections.

use super::*;
use crate::connection::testing::server::{Server, Step};

fn responds(head: &str, body: &str) -> Vec<Step> {
    let length = body.len();
    vec![Step::Send(format!("HTTP/1.1 {head}\r\ncontent-length: {length}\r\n\r\n{body}").into())]
}

async fn page_of(server: &Server, issuer: &str) -> Result<String, ProviderError> {
    let issuer = url(&format!("http://127.0.0.1:{}{issuer}", server.port));
    let kind = ProviderKind::OpenId { issuer, parameters: &[("prompt", "login")] };
    let config = ProviderConfig { kind, ..openid_config() };
    let config = ProvidersConfig { providers: vec![config], ca_bundle: None };
    let providers = Providers::new(config, &Clock::default());
    let corp = providers.get(&"corp".parse().unwrap()).unwrap();
    let verifier = Verifier::random();
    let authorization = Authorization {
        state: "state",
        nonce: NONCE,
        verifier: &verifier,
        redirect_uri: CALLBACK,
        scopes: &[],
        login_hint: None,
    };
    corp.authorization_url(&authorization).await
}

#[tokio::test]
async fn a_provider_on_this_machine_is_asked_over_http() {
    // The server learns its port only when it has begun, so the metadata of any port will not do.
    let server = Server::start(vec![responds("200 OK", "{}")]).await;
    let refused = page_of(&server, "/a/").await.unwrap_err();
    assert!(refused.to_string().ends_with("its metadata name another issuer"), "{refused}");
    let received = server.requests();
    let [request] = &received[..] else { panic!("{received:?}") };
    assert!(request.head.starts_with("GET /a/.well-known/openid-configuration HTTP/1.1\r\n"));
    assert!(request.head.contains("user-agent: tessera") && request.body.is_empty());
}

#[tokio::test]
async fn the_connector_follows_no_redirect() {
    let elsewhere = Server::start(vec![responds("200 OK", "{}")]).await;
    let head = format!("302 Found\r\nlocation: http://127.0.0.1:{}/", elsewhere.port);
    let server = Server::start(vec![responds(&head, "")]).await;
    let failed = page_of(&server, "").await.unwrap_err();
    assert!(failed.to_string().ends_with("HTTP 302, a redirect, which is not followed"));
    assert!(elsewhere.requests().is_empty());
}

#[tokio::test]
async fn a_provider_that_is_down_is_unreachable() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let server = Server::start(vec![vec![Step::Cut]]).await;
    assert!(matches!(page_of(&server, "").await, Err(ProviderError::Unreachable(_))));
    let client = Client::new(None);
    let failed = client.get(&format!("http://127.0.0.1:{port}/"), None).await.unwrap_err();
    assert!(matches!(failed, ProviderError::Unreachable(_)), "{failed}");
}
