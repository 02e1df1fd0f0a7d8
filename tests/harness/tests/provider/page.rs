use super::relying_party::{REDIRECT_URI, RelyingParty, form};
use anyhow::{Context as _, Result};
use harness::http::Response;
use harness::provider::TestProvider;

/// The query of an authorization URL, with the path.
fn path(party: &RelyingParty<'_>, changes: &[(&str, &str)]) -> Result<String> {
    let url = party.url("/authorize", changes);
    Ok(url.strip_prefix(party.provider.url()).context("another address")?.to_owned())
}

/// Presses a button of the page.
async fn press(party: &RelyingParty<'_>, choice: &str, email: &str) -> Result<Response> {
    let person = [("sub", "g1"), ("email", email), ("name", "Grace"), ("choice", choice)];
    party.post(&path(party, &[])?, &[], form(&person, &[])).await
}

#[tokio::test]
async fn the_page_says_what_it_is_and_a_person_continues_or_cancels() {
    let provider = TestProvider::start().await.unwrap();
    let party = RelyingParty::of(&provider);
    let hinted = path(&party, &[("login_hint", "\"><script>@example.com")]).unwrap();
    let page = party.get(&hinted, &[]).await.unwrap();
    let text = String::from_utf8(page.body().to_vec()).unwrap();
    assert_eq!(page.status(), 200);
    assert!(text.contains("This provider is for development") && text.contains("lets anyone be"));
    assert!(text.contains(">Continue as") && text.contains(">Cancel<"));
    assert!(!text.contains("<script") && text.contains("&quot;&gt;&lt;script&gt;@example.com"));

    let back = press(&party, "continue", "grace@example.com").await.unwrap();
    let target = back.headers()["location"].to_str().unwrap();
    let query = target.strip_prefix(&format!("{REDIRECT_URI}?code=")).unwrap();
    let (status, tokens) = party.redeem(query.split('&').next().unwrap(), &[]).await.unwrap();
    assert_eq!((back.status().as_u16(), status), (303, 200));
    let (_, claims) = party.verified(tokens["id_token"].as_str().unwrap()).await.unwrap();
    assert_eq!((&claims["sub"], &claims["email_verified"]), (&"g1".into(), &false.into()));

    let back = press(&party, "cancel", "").await.unwrap();
    let target = back.headers()["location"].to_str().unwrap();
    assert!(target.contains("?error=access_denied&") && target.contains("&state=s+1&"), "{target}");
    provider.cancel();
    let redirect = party.authorize("/authorize", &[]).await.unwrap();
    assert_eq!(redirect["error"], "access_denied");
    provider.show_page();
    assert!(party.authorize("/authorize", &[]).await.is_err());
}

#[tokio::test]
async fn a_wrong_client_or_address_is_not_redirected_and_other_mistakes_are() {
    let provider = TestProvider::start().await.unwrap();
    let party = RelyingParty::of(&provider);
    for change in [
        ("client_id", "other"),
        ("redirect_uri", ""),
        ("redirect_uri", "http://localhost:9000/api/auth/callback/test/"),
        ("redirect_uri", "http://localhost:9000/api/auth/callback/test?a=b"),
    ] {
        let page = party.get(&path(&party, &[change]).unwrap(), &[]).await.unwrap();
        assert_eq!(page.status(), 400, "{change:?}");
    }
    let twice = format!("{}&state=other", path(&party, &[]).unwrap());
    assert_eq!(party.get(&twice, &[]).await.unwrap().status(), 400);
    for (change, error) in [
        (("response_type", "token"), "unsupported_response_type"),
        (("code_challenge", ""), "invalid_request"),
        (("code_challenge", "short"), "invalid_request"),
        (("code_challenge_method", "plain"), "invalid_request"),
        (("code_challenge_method", ""), "invalid_request"),
    ] {
        let redirect = party.authorize("/authorize", &[change]).await.unwrap();
        assert_eq!(redirect["error"], error, "{change:?}");
    }
}
