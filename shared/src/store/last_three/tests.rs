use super::*;
use crate::auth::LinkToken;
use crate::model::{MailJob, MailPurpose};
use crate::store::links::{LinkTokens, StoredToken};
use crate::text::{Email, Origin};
use proptest::prelude::*;

/// A mail of its own.
pub(in crate::store) fn job() -> MailJob {
    MailJob {
        id: MailJobId::random(),
        purpose: MailPurpose::ResetPassword,
        to: Email::try_from("ada@example.com".to_owned()).unwrap(),
        user_id: None,
        origin: Origin::try_from("https://api.example.com").unwrap(),
        callback_url: None,
        new_user_callback_url: None,
        error_callback_url: None,
        name: None,
        created_at: at(0),
    }
}

pub(in crate::store) fn at(milliseconds: i64) -> Timestamp {
    Timestamp::from_milliseconds(milliseconds)
}

fn row() -> LastThree {
    LastThree::links(&UserId::random(), LinkPurpose::ResetPassword)
}

/// The row after one more link, and the condition of its write.
fn mail(
    row: &LastThree,
    seen: Option<&Item>,
    hash: &str,
    job: &MailJob,
    now: Timestamp,
) -> Result<(Item, Condition), StoreError> {
    let stored = item::value(StoredToken::of(job, now.plus(LinkPurpose::LIFETIME)))?;
    row.with(seen, &Mailed { name: hash, job: &job.id, stored }, now)
}

fn read(row: &Item) -> LinkTokens {
    item::read(row.clone()).unwrap()
}

proptest! {
    #[test]
    fn the_last_three_are_valid_for_an_hour(count in 1_usize..8) {
        let (links, user) = (row(), UserId::random());
        let (mut row, mut sent) = (None, Vec::new());
        for n in 0..count {
            let now = at(i64::try_from(n).unwrap());
            let token = LinkToken::random(user.clone());
            row = Some(mail(&links, row.as_ref(), &token.hash(), &job(), now).unwrap().0);
            sent.push(token);
        }
        let row = row.unwrap();
        let (tokens, now) = (read(&row), at(1000));
        for (n, token) in sent.iter().enumerate() {
            prop_assert_eq!(tokens.valid(&token.hash(), now).is_some(), n + 3 >= count, "{} of {}", n, count);
        }
        let later = now.plus(LinkPurpose::LIFETIME);
        prop_assert!(sent.iter().all(|token| tokens.valid(&token.hash(), later).is_none()));
        prop_assert_eq!(item::number(&row, "ttl").unwrap(), 60 * 60);
    }
}

#[test]
fn a_repeated_job_replaces_its_own_token_and_no_other() {
    let (links, job_a, job_b, job_c) = (row(), job(), job(), job());
    let mut row = None;
    for (n, (hash, job)) in
        [("a", &job_a), ("b", &job_b), ("c", &job_c), ("b again", &job_b)].into_iter().enumerate()
    {
        let now = at(i64::try_from(n).unwrap());
        row = Some(mail(&links, row.as_ref(), hash, job, now).unwrap().0);
    }
    let tokens = read(&row.unwrap());
    let is_valid = ["a", "b", "c", "b again"].map(|hash| tokens.valid(hash, at(9)).is_some());
    assert_eq!(is_valid, [true, false, true, true]);
}

#[test]
fn a_row_is_stored_if_nobody_has_changed_it_and_until_its_last_token_expires() {
    let (links, job_a, job_b) = (row(), job(), job());
    let (first, condition) = mail(&links, None, "a", &job_a, at(5_000)).unwrap();
    assert_eq!(format!("{condition:?}"), format!("{:?}", Condition::absent()));
    // The clocks of two instances differ.
    let (second, condition) = mail(&links, Some(&first), "b", &job_b, at(1_000)).unwrap();
    assert_eq!(format!("{condition:?}"), format!("{:?}", is_version(5_000)));
    assert_eq!(item::number(&second, "ttl").unwrap(), 60 * 60 + 5);
    assert_eq!(item::number(&second, "version").unwrap(), 5_001);
    // All of them are used, and the row is made again.
    let (again, _) = mail(&links, None, "c", &job(), at(6_000)).unwrap();
    assert_eq!(item::number(&again, "version").unwrap(), 6_000);
}

#[test]
fn a_row_without_its_map_is_corrupt_and_what_has_no_end_goes() {
    let (links, job) = (row(), job());
    let (mut row, _) = mail(&links, None, "first", &job, at(0)).unwrap();
    let endless = AttributeValue::M(Item::new());
    row.insert("tokens".into(), AttributeValue::M([("endless".into(), endless)].into()));
    let (next, _) = mail(&links, Some(&row), "second", &job, at(1)).unwrap();
    assert!(next["tokens"].as_m().unwrap().keys().eq(["second"]));
    row.insert("tokens".into(), item::s("none"));
    let corrupt = mail(&links, Some(&row), "second", &job, at(1));
    assert!(matches!(corrupt, Err(StoreError::Corrupt(_))), "{corrupt:?}");
}
