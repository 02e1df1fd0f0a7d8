use secrecy::ExposeSecret;

use super::*;

fn read(settings: &[(&str, &str)]) -> Result<Vec<ProviderConfig>, ConfigError> {
    let find = |name| settings.iter().find(|(known, _)| *known == name);
    providers(&|name| Ok(find(name).map(|(_, text)| (*text).to_owned())))
}

fn refusal(settings: &[(&str, &str)]) -> String {
    let read = read(settings).and_then(|all| all.iter().try_for_each(require_secret));
    read.unwrap_err().to_string()
}

const GOOGLE: [(&str, &str); 2] =
    [("GOOGLE_CLIENT_ID", "web.example, ios.example"), ("GOOGLE_CLIENT_SECRET", "hush")];
const GITHUB: [(&str, &str); 2] =
    [("GITHUB_CLIENT_ID", "client"), ("GITHUB_CLIENT_SECRET", "hush")];
const OPENID: [(&str, &str); 3] = [
    ("OIDC_CLIENT_ID", "client"),
    ("OIDC_PROVIDER_ID", "corp"),
    ("OIDC_ISSUER", "https://idp.example/tenant"),
];

#[test]
fn a_provider_is_on_when_its_client_id_is_set() {
    assert!(read(&[("GOOGLE_CLIENT_SECRET", "hush")]).unwrap().is_empty());
    let all = read(&[GOOGLE.as_slice(), &GITHUB, &OPENID].concat()).unwrap();
    let ids: Vec<_> = all.iter().map(|provider| provider.id.as_str()).collect();
    assert_eq!(ids, ["google", "github", "corp"]);
    let [google, github, corp] = &all[..] else { panic!("{all:?}") };
    assert_eq!(
        (google.client_id.as_str(), &google.other_client_ids[..]),
        ("web.example", &["ios.example".to_owned()][..])
    );
    assert_eq!(google.client_secret.as_ref().unwrap().expose_secret(), "hush");
    assert_eq!(github.scopes, ["read:user", "user:email"]);
    assert!(corp.client_secret.is_none());
    assert_eq!(corp.scopes, ["openid", "email", "profile"]);
    assert!(!format!("{all:?}").contains("hush"));
}

#[test]
fn the_addresses_are_those_of_the_provider_unless_a_test_names_others() {
    let kind = |settings: &[&[(&str, &str)]]| read(&settings.concat()).unwrap().remove(0).kind;
    let url = |text: &str| text.parse::<ServerUrl>().unwrap();
    let is_issued_by = |kind, expected| matches!(kind, ProviderKind::OpenId { issuer, .. } if issuer == url(expected));
    assert!(is_issued_by(kind(&[&GOOGLE]), "https://accounts.google.com"));
    let own = ("GOOGLE_ISSUER", "http://127.0.0.1:4000");
    assert!(is_issued_by(kind(&[&GOOGLE, &[own]]), "http://127.0.0.1:4000"));
    assert!(is_issued_by(kind(&[&OPENID]), "https://idp.example/tenant"));
    let (site, api) = (url("https://github.com"), url("https://api.github.com"));
    assert_eq!(kind(&[&GITHUB]), ProviderKind::GitHub { site, api });
    let here = url("http://localhost:4000");
    let own = ("GITHUB_URL", here.as_str());
    let expected = ProviderKind::GitHub { site: here.clone(), api: here.clone() };
    assert_eq!(kind(&[&GITHUB, &[own]]), expected);
}

#[test]
fn half_a_configuration_is_an_error_that_names_the_variable() {
    for (settings, missing) in [
        (&GOOGLE[..1], "GOOGLE_CLIENT_SECRET"),
        (&GITHUB[..1], "GITHUB_CLIENT_SECRET"),
        (&OPENID[..1], "OIDC_PROVIDER_ID"),
        (&OPENID[..2], "OIDC_ISSUER"),
    ] {
        assert_eq!(refusal(settings), format!("the environment variable {missing} is not set"));
    }
    for settings in [&GOOGLE[..1], &GITHUB[..1]] {
        assert!(read(settings).unwrap().remove(0).client_secret.is_none());
    }
}

#[test]
fn wrong_settings_are_refused() {
    for (name, text) in [
        ("OIDC_PROVIDER_ID", "google"),
        ("OIDC_PROVIDER_ID", "Corp"),
        ("OIDC_ISSUER", "http://idp.example"),
        ("OIDC_ISSUER", "https://idp.example?tenant=a"),
        ("OIDC_CLIENT_ID", "a b"),
        ("OIDC_CLIENT_ID", "a,,b"),
        ("OIDC_CLIENT_SECRET", "hush\n"),
        ("OIDC_SCOPES", "openid é"),
    ] {
        let others = OPENID.into_iter().filter(|(known, _)| *known != name);
        let text = refusal(&others.chain([(name, text)]).collect::<Vec<_>>());
        assert!(text.contains(name) && !text.contains("hush"), "{text}");
    }
}

#[test]
fn an_openid_provider_is_always_asked_for_an_id_token() {
    let scopes = |text| scopes(Some(text)).unwrap();
    assert_eq!(scopes("email"), ["openid", "email"]);
    assert_eq!(scopes("email openid"), ["email", "openid"]);
}
