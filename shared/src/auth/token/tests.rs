use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::model::{Client, Ring};

struct Fixture {
    key: SigningKey,
    ring: KeyRing,
    issuer: Issuer,
    now: Timestamp,
    session: Session,
}

impl Fixture {
    fn new() -> Self {
        let now = Timestamp::from_milliseconds(1_800_000_000_000);
        let key = SigningKey::generate(1, now, now).unwrap();
        let ring = KeyRing::new(Ring::Session, vec![key.public.clone()]);
        let session = Session::begin(UserId::random(), 1, now, Client::default(), true);
        Self { key, ring, issuer: Issuer("tessera".into()), now, session }
    }

    fn token(&self) -> String {
        SessionToken::mint(&self.session, &self.issuer, &self.key).unwrap().expose().to_owned()
    }

    fn verify(&self, token: &str) -> Result<SignedIn, TokenError> {
        self.verify_at(token, self.now)
    }

    fn verify_at(&self, token: &str, now: Timestamp) -> Result<SignedIn, TokenError> {
        SessionToken::from(token.to_owned()).verify(&self.ring, &self.issuer, now)
    }

    fn claims(&self) -> Value {
        json!({
            "iss": "tessera", "aud": "session", "sub": self.session.user_id,
            "sid": self.session.session_id, "iat": self.now.seconds(),
            "exp": self.now.seconds() + 60,
        })
    }

    /// Signs any header and claims with the real key.
    fn sign(&self, header: &Header, claims: &Value) -> String {
        signatures::install();
        let key = EncodingKey::from_ed_der(self.key.pkcs8());
        jsonwebtoken::encode(header, claims, &key).unwrap()
    }
}

fn encode(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

#[test]
fn a_token_proves_its_session_until_it_expires() {
    let fixture = Fixture::new();
    let token = fixture.token();
    let signed_in = fixture.verify(&token).unwrap();
    assert_eq!(signed_in.user_id(), &fixture.session.user_id);
    assert_eq!(signed_in.session_id(), &fixture.session.session_id);
    let end = fixture.now.plus(Session::ABSOLUTE);
    assert!(
        fixture.verify_at(&token, Timestamp::from_milliseconds(end.milliseconds() - 1000)).is_ok()
    );
    assert!(fixture.verify_at(&token, end).is_err());
}

#[test]
fn check_1_2_4_headers_other_than_ours_are_refused() {
    let fixture = Fixture::new();
    let token = fixture.token();
    let (_, rest) = token.split_once('.').unwrap();
    let (payload, _) = rest.split_once('.').unwrap();
    let kid = fixture.key.public.kid.as_str();
    let typ = TYP;
    for header in [
        r#"{"alg":"none"}"#.to_owned(),
        format!(r#"{{"typ":"{typ}","alg":"none","kid":"{kid}"}}"#),
        format!(r#"{{"typ":"{typ}","alg":"nOnE","kid":"{kid}"}}"#),
        format!(r#"{{"typ":"{typ}","alg":"HS256","kid":"{kid}"}}"#),
        format!(r#"{{"typ":"{typ}","alg":"EdDSA","kid":"{kid}","crit":["x"]}}"#),
        format!(r#"{{"typ":"{typ}","alg":"EdDSA","kid":"{kid}","jku":"https://example.com"}}"#),
        format!(r#"{{"typ":"JWT","alg":"EdDSA","kid":"{kid}"}}"#),
        format!(r#"{{ "typ":"{typ}","alg":"EdDSA","kid":"{kid}"}}"#),
    ] {
        assert!(fixture.verify(&format!("{}.{rest}", encode(&header))).is_err(), "{header}");
        assert!(fixture.verify(&format!("{}.{payload}.", encode(&header))).is_err(), "{header}");
    }
}

#[test]
fn check_3_only_a_well_formed_unknown_key_is_worth_a_look_up() {
    let fixture = Fixture::new();
    let mut header = header(&fixture.key.public.kid);
    for kid in ["", "../../etc/passwd", "a\0b", "' OR 1=1"] {
        header.kid = Some(kid.to_owned());
        let token = fixture.sign(&header, &fixture.claims());
        assert!(matches!(fixture.verify(&token), Err(TokenError::Invalid(_))), "{kid:?}");
    }
    let other = Fixture::new();
    assert!(matches!(fixture.verify(&other.token()), Err(TokenError::UnknownKey(_))));
}

#[test]
fn check_5_6_wrong_claims_are_refused() {
    let fixture = Fixture::new();
    let header = header(&fixture.key.public.kid);
    assert!(fixture.verify(&fixture.sign(&header, &fixture.claims())).is_ok());
    let now = fixture.now.seconds();
    for (claim, value) in [
        ("iss", json!("other")),
        ("iss", json!(null)),
        ("aud", json!("jwks")),
        ("aud", json!(["session"])),
        ("exp", json!(now)),
        ("exp", json!(now - 1)),
        ("exp", json!("9999999999")),
        ("exp", json!(9_999_999_999.5)),
        ("exp", json!(-1)),
        ("exp", json!(9_223_372_036_854_775_808_u64)),
        ("iat", json!(now + 61)),
        ("nbf", json!(now)),
        ("sub", json!("short")),
        ("sid", json!(7)),
        ("role", json!("admin")),
    ] {
        let mut claims = fixture.claims();
        claims[claim] = value.clone();
        assert!(fixture.verify(&fixture.sign(&header, &claims)).is_err(), "{claim}: {value}");
    }
    for claim in ["iss", "aud", "sub", "sid", "iat", "exp"] {
        let mut claims = fixture.claims();
        claims.as_object_mut().unwrap().remove(claim);
        assert!(fixture.verify(&fixture.sign(&header, &claims)).is_err(), "without {claim}");
    }
}

#[test]
fn check_8_other_spellings_are_refused() {
    let fixture = Fixture::new();
    let token = fixture.token();
    let parts: Vec<&str> = token.split('.').collect();
    for text in [
        String::new(),
        ".".into(),
        "..".into(),
        format!("{token}."),
        format!(" {token}"),
        format!("{token} "),
        format!("{token}="),
        format!("{}.{}", parts[0], parts[1]),
        format!("{token}.{}.{}", parts[0], parts[1]),
        "a".repeat(100_000),
    ] {
        assert!(fixture.verify(&text).is_err(), "{text:.80}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn check_7_one_flipped_bit_is_refused(position in 0_usize..400, bit in 0_u8..7) {
        let fixture = Fixture::new();
        let mut bytes = fixture.token().into_bytes();
        let position = position % bytes.len();
        bytes[position] ^= 1 << bit;
        let text = String::from_utf8(bytes).unwrap();
        prop_assert!(fixture.verify(&text).is_err());
    }

    #[test]
    fn any_text_is_refused_without_a_panic(text in "\\PC{0,200}") {
        prop_assert!(Fixture::new().verify(&text).is_err());
    }
}

/// What names a user may be cleared, also when it has expired.
#[test]
fn f2_a_token_names_a_user_only_if_issuer_and_key_are_ours() {
    let (fixture, other) = (Fixture::new(), Fixture::new());
    let names =
        |token: String| SessionToken::from(token).names_user(&fixture.ring, &fixture.issuer);
    let header = header(&fixture.key.public.kid);
    let mut claims = fixture.claims();
    claims["exp"] = 1.into();
    assert_eq!(names(fixture.sign(&header, &claims)), Some(fixture.session.user_id.clone()));
    claims["iss"] = "another".into();
    assert_eq!(names(fixture.sign(&header, &claims)), None, "of another issuer");
    assert_eq!(names(other.token()), None, "of a key that we do not know");
    assert_eq!(names("x".to_owned()), None);
}
