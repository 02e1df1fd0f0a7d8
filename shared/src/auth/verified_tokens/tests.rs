use std::time::Duration;

use super::*;
use crate::auth::SigningKey;
use crate::id::UserId;
use crate::model::{Client, PublicKey, Ring, Session};

const START: Timestamp = Timestamp::from_milliseconds(1_800_000_000_000);

fn issuer() -> Issuer {
    Issuer("tessera".to_owned())
}

fn key() -> SigningKey {
    SigningKey::generate(1, START, START).unwrap()
}

fn ring(keys: &[&PublicKey]) -> KeyRing {
    KeyRing::new(Ring::Session, keys.iter().copied().cloned().collect())
}

/// A token of a new session that begins at `now`.
fn token(key: &SigningKey, now: Timestamp) -> SessionToken {
    let session = Session::begin(UserId::random(), 1, now, Client::default(), true);
    SessionToken::mint(&session, &issuer(), key).unwrap()
}

impl VerifiedTokens {
    fn remembers(&self, token: &SessionToken) -> bool {
        let hash = token.hash().unwrap();
        self.0.lock().unwrap().iter().any(|(known, _)| known.as_ref() == hash.as_ref())
    }
}

#[test]
fn the_signature_of_a_remembered_token_is_not_verified_again() {
    let (key, tokens) = (key(), VerifiedTokens::default());
    let token = token(&key, START);
    let first = tokens.verify(&token, &ring(&[&key.public]), &issuer(), START).unwrap();
    // No signature verifies with this key.
    let broken = PublicKey { x: "AA".to_owned(), ..key.public };
    let again = tokens.verify(&token, &ring(&[&broken]), &issuer(), START).unwrap();
    assert_eq!((again.user_id(), again.session_id()), (first.user_id(), first.session_id()));
    assert!(VerifiedTokens::default().verify(&token, &ring(&[&broken]), &issuer(), START).is_err());
}

#[test]
fn dates_and_issuer_are_checked_each_time() {
    let (key, tokens) = (key(), VerifiedTokens::default());
    let (token, ring) = (token(&key, START), ring(&[&key.public]));
    let verify = |issuer: &Issuer, now| tokens.verify(&token, &ring, issuer, now);
    assert!(verify(&issuer(), START).is_ok());
    let end = START.plus(Session::ABSOLUTE);
    assert_eq!(verify(&issuer(), end).unwrap_err(), TokenError::Invalid("it has expired"));
    let before = Timestamp::from_milliseconds(START.milliseconds() - 62_000);
    assert!(verify(&issuer(), before).is_err());
    assert!(verify(&Issuer("other".to_owned()), START).is_err());
    assert!(verify(&issuer(), START).is_ok());
}

#[test]
fn a_remembered_token_of_a_key_that_is_gone_or_retired_is_refused() {
    let (old, tokens) = (key(), VerifiedTokens::default());
    let new = SigningKey::generate(2, START, START).unwrap();
    let both = ring(&[&old.public, &new.public]);
    let late = START.plus(Session::ABSOLUTE);
    let token = token(&old, late);
    let verify = |ring: &KeyRing, now| tokens.verify(&token, ring, &issuer(), now);
    assert!(verify(&both, late).is_ok() && tokens.remembers(&token));
    let unknown = TokenError::UnknownKey(old.public.kid.clone());
    assert_eq!(verify(&ring(&[&new.public]), late).unwrap_err(), unknown);
    assert_eq!(verify(&ring(&[]), late).unwrap_err(), unknown);
    let retired = late.plus(Duration::from_mins(2));
    assert_eq!(verify(&both, retired).unwrap_err(), unknown);
}

#[test]
fn the_sixty_fifth_token_drops_the_one_that_was_not_used_for_the_longest_time() {
    let (key, tokens) = (key(), VerifiedTokens::default());
    let ring = ring(&[&key.public]);
    let verify = |token: &SessionToken| tokens.verify(token, &ring, &issuer(), START).unwrap();
    let all: Vec<SessionToken> = (0..=MAX_TOKENS).map(|_| token(&key, START)).collect();
    let (last, first) = all.split_last().unwrap();
    for token in first {
        verify(token);
    }
    assert!(first.iter().all(|token| tokens.remembers(token)));
    verify(&first[0]);
    verify(last);
    assert!(!tokens.remembers(&first[1]));
    assert!(tokens.remembers(&first[0]) && tokens.remembers(&first[2]) && tokens.remembers(last));
    assert_eq!(tokens.0.lock().unwrap().len(), MAX_TOKENS);
}

#[test]
fn another_signature_over_the_same_claims_is_not_remembered() {
    let (key, tokens) = (key(), VerifiedTokens::default());
    let (genuine, ring) = (token(&key, START), ring(&[&key.public]));
    assert!(tokens.verify(&genuine, &ring, &issuer(), START).is_ok());
    let (claims, _) = genuine.expose().rsplit_once('.').unwrap();
    let other = token(&key, START);
    let (_, signature) = other.expose().rsplit_once('.').unwrap();
    for text in [format!("{claims}.{signature}"), format!("{claims}."), claims.to_owned()] {
        let forged = SessionToken::from(text);
        for _ in 0..2 {
            assert!(tokens.verify(&forged, &ring, &issuer(), START).is_err());
        }
        assert!(!tokens.remembers(&forged));
    }
    assert!(
        tokens.verify(&SessionToken::from("a".repeat(100_000)), &ring, &issuer(), START).is_err()
    );
}

#[test]
fn concurrent_calls_share_the_memory() {
    let (key, tokens) = (key(), VerifiedTokens::default());
    let ring = ring(&[&key.public]);
    let all: Vec<SessionToken> = (0..8).map(|_| token(&key, START)).collect();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for token in all.iter().cycle().take(100) {
                    tokens.verify(token, &ring, &issuer(), START).unwrap();
                }
            });
        }
    });
    assert_eq!(tokens.0.lock().unwrap().len(), all.len());
}
