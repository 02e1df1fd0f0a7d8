use crate::clock::Timestamp;
use crate::id::{MailJobId, UserId};
use crate::mail::Letter;
use crate::model::{Account, CodePurpose, MailJob, MailPurpose};
use crate::text::{Email, Name, Origin};

const SIGNED_UP_AT: Timestamp = Timestamp::from_milliseconds(1_795_905_300_000);

pub(super) fn email(text: &str) -> Email {
    Email::try_from(text.to_owned()).unwrap()
}

pub(super) fn job(purpose: MailPurpose, user_id: Option<UserId>) -> MailJob {
    MailJob {
        id: MailJobId::random(),
        purpose,
        to: email("ada@example.com"),
        user_id,
        origin: Origin::try_from("https://api.example.com").unwrap(),
        callback_url: None,
        new_user_callback_url: None,
        error_callback_url: None,
        name: None,
        created_at: SIGNED_UP_AT,
    }
}

fn account(user_id: &UserId, address: &str, email_verified: bool) -> Account {
    Account {
        user_id: user_id.clone(),
        email: email(address),
        name: Name::default(),
        image: None,
        email_verified,
        auth_epoch: 1,
        created_at: SIGNED_UP_AT,
        updated_at: SIGNED_UP_AT,
    }
}

#[test]
fn an_address_gets_what_its_account_needs_and_nothing_without_one() {
    let ada = UserId::random();
    let verified = account(&ada, "ada@example.com", true);
    let unverified = account(&ada, "ada@example.com", false);
    let elsewhere = account(&ada, "lovelace@example.com", true);
    let verify = Some(Letter::VerifyEmail { signed_up_at: SIGNED_UP_AT });
    for (purpose, none, unverified_gets, verified_gets) in [
        (
            MailPurpose::ResetPassword,
            None,
            Some(Letter::ResetPassword),
            Some(Letter::ResetPassword),
        ),
        (MailPurpose::VerifyEmail, None, verify, None),
        (MailPurpose::SignUp, None, verify, Some(Letter::AccountExists)),
        (MailPurpose::VerifyEmailCode, None, Some(Letter::Code(CodePurpose::VerifyEmail)), None),
        (
            MailPurpose::ResetPasswordCode,
            None,
            Some(Letter::Code(CodePurpose::ResetPassword)),
            Some(Letter::Code(CodePurpose::ResetPassword)),
        ),
    ] {
        let job = job(purpose, None);
        assert_eq!(Letter::of(&job, None, None), none, "{purpose:?}");
        let letter = |account| Letter::of(&job, Some(account), Some(&ada));
        assert_eq!(letter(&unverified), unverified_gets, "{purpose:?}");
        assert_eq!(letter(&verified), verified_gets, "{purpose:?}");
        assert_eq!(letter(&elsewhere), None, "{purpose:?}: the address changed between the reads");
    }
}

#[test]
fn a_new_address_gets_its_link_only_if_it_is_nobodys() {
    let (ada, eve) = (UserId::random(), UserId::random());
    let own = account(&ada, "lovelace@example.com", true);
    let asked = job(MailPurpose::ChangeEmail, Some(ada.clone()));
    assert_eq!(Letter::of(&asked, Some(&own), None), Some(Letter::ChangeEmail));
    assert_eq!(Letter::of(&asked, Some(&own), Some(&eve)), None);
    assert_eq!(Letter::of(&asked, Some(&own), Some(&ada)), None);
    assert_eq!(Letter::of(&asked, None, None), None, "the account is gone");
    let nobody = job(MailPurpose::ChangeEmail, None);
    assert_eq!(Letter::of(&nobody, Some(&own), None), None);
}

#[test]
fn notices_go_out_and_deletions_ask_the_present_address() {
    let ada = UserId::random();
    let own = account(&ada, "ada@example.com", true);
    let moved = account(&ada, "lovelace@example.com", true);
    let notice = job(MailPurpose::EmailChanged, Some(ada.clone()));
    for account in [None, Some(&moved), Some(&own)] {
        assert_eq!(Letter::of(&notice, account, None), Some(Letter::EmailChanged));
    }
    let deletion = job(MailPurpose::DeleteUser, Some(ada.clone()));
    assert_eq!(Letter::of(&deletion, Some(&own), Some(&ada)), Some(Letter::DeleteUser));
    assert_eq!(Letter::of(&deletion, Some(&moved), None), None);
    assert_eq!(Letter::of(&deletion, None, None), None);
}

#[test]
fn every_address_can_sign_in_by_a_link_or_a_code() {
    let ada = UserId::random();
    let (own, moved) =
        (account(&ada, "ada@example.com", false), account(&ada, "lovelace@example.com", true));
    for (purpose, letter) in [
        (MailPurpose::MagicLink, Letter::MagicLink),
        (MailPurpose::SignInCode, Letter::Code(CodePurpose::SignIn)),
    ] {
        let asked = job(purpose, None);
        for account in [None, Some(&own), Some(&moved)] {
            assert_eq!(Letter::of(&asked, account, None), Some(letter));
        }
    }
}
