use proptest::prelude::*;

use super::*;

const NOW: Timestamp = Timestamp::from_milliseconds(1_000);

fn read(answer: &Value) -> Result<ProviderTokens, ProviderError> {
    ProviderTokens::of_answer(answer, NOW, &["openid".to_owned()])
}

#[test]
fn an_answer_of_a_token_endpoint() {
    let tokens = read(&json!({
        "access_token": "access", "token_type": "Bearer", "refresh_token": "refresh",
        "expires_in": 3600, "refresh_token_expires_in": "60", "scope": "a,b c",
    }))
    .unwrap();
    assert_eq!(tokens.access_token.expose_secret(), "access");
    assert_eq!(tokens.access_token_expires_at, Some(NOW.plus(Duration::from_hours(1))));
    assert_eq!(tokens.refresh_token_expires_at, Some(NOW.plus(Duration::from_mins(1))));
    assert_eq!(tokens.scopes, ["a", "b", "c"]);
    assert!(tokens.id_token.is_none());
    assert!(!format!("{tokens:?}").contains("access"));
    let least = read(&json!({ "access_token": "access", "expires_in": -1 })).unwrap();
    assert_eq!((least.scopes.len(), least.access_token_expires_at), (1, None));
    let lasting = read(&json!({ "access_token": "a", "expires_in": u64::MAX })).unwrap();
    assert!(lasting.access_token_expires_at.unwrap().to_string().starts_with("1979"));
}

#[test]
fn an_answer_without_a_token_that_can_be_sent_is_none() {
    for answer in [
        json!({}),
        json!([]),
        json!({ "access_token": "" }),
        json!({ "access_token": 1 }),
        json!({ "access_token": "a\r\nb" }),
        json!({ "access_token": "a".repeat(16 * 1024 + 1) }),
        json!({ "access_token": "a", "token_type": "DPoP" }),
    ] {
        assert!(matches!(read(&answer), Err(ProviderError::Unreachable(_))), "{answer:.40}");
    }
}

#[test]
fn a_refresh_keeps_what_is_not_sent_anew() {
    let old = read(&json!({
        "access_token": "a", "refresh_token": "r", "id_token": "i", "refresh_token_expires_in": 9,
    }));
    let old = old.unwrap();
    let kept = read(&json!({ "access_token": "b" })).unwrap().after(&old);
    assert_eq!(kept.refresh_token.unwrap().expose_secret(), "r");
    assert_eq!(kept.refresh_token_expires_at, old.refresh_token_expires_at);
    assert_eq!(kept.id_token.unwrap().expose_secret(), "i");
    let rotated = read(&json!({ "access_token": "b", "refresh_token": "s" })).unwrap().after(&old);
    assert_eq!(rotated.refresh_token.unwrap().expose_secret(), "s");
    assert_eq!(rotated.refresh_token_expires_at, None);
}

proptest! {
    #[test]
    fn tokens_survive_their_secret(
        access in "[!-~]{1,40}", refresh in proptest::option::of("[!-~]{1,40}"),
        seconds in proptest::option::of(any::<u32>()), scopes in "[a-z ,]{0,20}",
    ) {
        let answer = json!({
            "access_token": access, "refresh_token": refresh, "expires_in": seconds, "scope": scopes,
        });
        let tokens = read(&answer).unwrap();
        let secret = tokens.to_secret();
        let again = ProviderTokens::from_secret(secret.expose_secret()).unwrap();
        let same = again.to_secret();
        prop_assert_eq!(same.expose_secret(), secret.expose_secret());
        prop_assert_eq!(again.scopes, tokens.scopes);
    }

    #[test]
    fn no_other_text_is_a_secret(text in any::<String>()) {
        prop_assert!(ProviderTokens::from_secret(&text).is_none());
    }
}
