use super::relying_party::RelyingParty;
use harness::Stack;
use harness::provider::{Person, TestProvider};
use harness::stack::TEST_PROVIDER;

#[tokio::test]
async fn a_stack_registers_its_own_callbacks_and_no_others() {
    let provider = TestProvider::start().await.unwrap();
    provider.sign_in_as(Person::new("ada"));
    let party = RelyingParty::of(&provider);
    let builder = Stack::builder().parameter("PublicUrl", "https://api.example.com");
    let stack = builder.provider(&provider).start().await.unwrap();
    for (origin, id, is_known) in [
        (stack.url().as_str(), TEST_PROVIDER, true),
        (&stack.url(), "google", true),
        ("https://api.example.com", "github", true),
        ("https://api.example.com", "other", false),
        ("https://other.example.com", "google", false),
    ] {
        let callback = format!("{origin}/api/auth/callback/{id}");
        let url = party.url("/authorize", &[("redirect_uri", &callback)]);
        let target = provider.authorize(&url).await.ok();
        let expected = format!("{callback}?code=");
        assert_eq!(target.is_some_and(|url| url.starts_with(&expected)), is_known, "{callback}");
    }
}
