//! What each mail says, before it is text or HTML.

use super::{Enclosed, Letter, link};
use crate::clock::Timestamp;
use crate::model::{CodePurpose, MailJob};

/// The words of a mail, none of them escaped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Words {
    pub(super) subject: String,
    pub(super) title: String,
    /// What mail programs show beside the subject.
    pub(super) preview: String,
    /// What it is, and what to do.
    pub(super) before: Vec<String>,
    pub(super) button: Option<Button>,
    /// The digits of a code.
    pub(super) code: Option<String>,
    /// How long the link is valid, and what to do if it was not the reader.
    pub(super) after: Vec<String>,
}

/// The one link of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Button {
    pub(super) label: &'static str,
    pub(super) url: String,
}

const ONE_HOUR: &str = "The link is valid for one hour and works once.";
const FIVE_MINUTES: &str = "The link is valid for five minutes and works once.";
const CODE: &str = "The code is valid for five minutes and works once.";

impl Words {
    pub(super) fn of(letter: Letter, job: &MailJob, enclosed: &Enclosed, product: &str) -> Self {
        let (to, mut words) = (job.to.as_str(), Self::without_link(letter, product));
        words.before = before(letter, product, to);
        let url = link::url(letter, job, enclosed);
        words.button = url.map(|url| Button { label: label(letter), url });
        if let Enclosed::Code(code) = enclosed {
            words.code = Some(code.expose().to_owned());
        }
        words.after = after(letter, product);
        words
    }

    fn without_link(letter: Letter, product: &str) -> Self {
        let (subject, title, preview) = match letter {
            Letter::ResetPassword => (
                format!("Choose a new password for {product}"),
                "Choose a new password",
                "Open the link within one hour. Until then, your password stays as it is.",
            ),
            Letter::VerifyEmail { .. } => (
                format!("Confirm your e-mail address for {product}"),
                "Confirm your e-mail address",
                "Open the link within one hour to confirm that this address is yours.",
            ),
            Letter::AccountExists => (
                format!("You already have an account with {product}"),
                "You already have an account",
                "Somebody tried to sign up with your address. Nothing has changed.",
            ),
            Letter::ChangeEmail => (
                format!("Confirm your new e-mail address for {product}"),
                "Confirm your new e-mail address",
                "Open the link within one hour. Until then, your account keeps its present address.",
            ),
            Letter::EmailChanged => (
                format!("Your e-mail address for {product} has changed"),
                "Your e-mail address has changed",
                "Your account has another address now. If it was not you, act at once.",
            ),
            Letter::DeleteUser => (
                format!("Confirm that your account with {product} is to be deleted"),
                "Delete your account?",
                "Open the link within one hour. Until you confirm, nothing is deleted.",
            ),
            Letter::MagicLink => (
                format!("Sign in to {product}"),
                "Sign in",
                "Open the link within five minutes, and press the button of its page.",
            ),
            Letter::Code(CodePurpose::SignIn) => (
                format!("Your code for {product}"),
                "Your code to sign in",
                "Enter the code within five minutes.",
            ),
            Letter::Code(CodePurpose::VerifyEmail) => (
                format!("Your code for {product}"),
                "Your code to confirm your e-mail address",
                "Enter the code within five minutes to confirm that this address is yours.",
            ),
            Letter::Code(CodePurpose::ResetPassword) => (
                format!("Your code for {product}"),
                "Your code to choose a new password",
                "Enter the code within five minutes. Until then, your password stays as it is.",
            ),
        };
        Self {
            subject,
            title: title.to_owned(),
            preview: preview.to_owned(),
            before: Vec::new(),
            button: None,
            code: None,
            after: Vec::new(),
        }
    }
}

fn label(letter: Letter) -> &'static str {
    match letter {
        Letter::ResetPassword => "Choose a new password",
        Letter::DeleteUser => "Delete my account",
        Letter::MagicLink => "Sign in",
        _ => "Confirm this address",
    }
}

fn before(letter: Letter, product: &str, to: &str) -> Vec<String> {
    match letter {
        Letter::ResetPassword | Letter::Code(CodePurpose::ResetPassword) => vec![
            format!("Somebody, probably you, has asked for a new password for the account {to} at {product}."),
            match letter {
                Letter::ResetPassword => "To choose one, open this link:".to_owned(),
                _ => "To choose one, enter this code where the new password is asked for:".to_owned(),
            },
        ],
        Letter::MagicLink | Letter::Code(CodePurpose::SignIn) => vec![
            format!("Somebody, probably you, wants to sign in at {product} with the address {to}."),
            match letter {
                Letter::MagicLink => "To sign in, open this link, and press the button of its page:".to_owned(),
                _ => "To sign in, enter this code on the page that asks for it:".to_owned(),
            },
        ],
        Letter::Code(CodePurpose::VerifyEmail) => vec![
            format!("Somebody, probably you, wants to confirm the address {to} of an account at {product}."),
            "To confirm that the address is yours, enter this code on the page that asks for it:".to_owned(),
        ],
        Letter::VerifyEmail { signed_up_at } => vec![
            format!("Somebody, probably you, signed up at {product} with the address {to} on {}.", day_and_time(signed_up_at)),
            "To confirm that the address is yours, open this link:".to_owned(),
        ],
        Letter::AccountExists => vec![
            format!("Somebody, probably you, has tried to sign up at {product} with the address {to}. This address has an account already."),
            "If it was you, sign in with your password. If you have forgotten it, choose “Forgot password” where you sign in, and enter this address: you will get a mail with a link to choose a new one.".to_owned(),
        ],
        Letter::ChangeEmail => vec![
            format!("Somebody, probably you, wants to use {to} as the new address of an account at {product}."),
            "To make it the address that you sign in with, open this link:".to_owned(),
        ],
        Letter::EmailChanged => vec![
            format!("The address of your account at {product} was {to}. It has been changed to another one, which you sign in with from now on."),
            "If it was you, you need not do anything.".to_owned(),
        ],
        Letter::DeleteUser => vec![
            format!("Somebody, probably you, has asked to delete the account {to} at {product}."),
            "All data of the account is deleted for good, and nobody can bring it back. If you want that, open this link:".to_owned(),
        ],
    }
}

fn after(letter: Letter, product: &str) -> Vec<String> {
    let (valid, not_you) = match letter {
        Letter::ResetPassword => (
            Some(ONE_HOUR),
            "If it was not you, you need not do anything: your password stays as it is. Give the link to nobody.".to_owned(),
        ),
        Letter::VerifyEmail { .. } => (
            Some(ONE_HOUR),
            "If you have not signed up, do not open the link, and delete this mail: without the link, nobody can confirm your address.".to_owned(),
        ),
        Letter::AccountExists => (
            None,
            "If it was not you, you need not do anything: your account and your password stay as they are.".to_owned(),
        ),
        Letter::ChangeEmail => (
            Some(ONE_HOUR),
            "If it was not you, do not open the link, and delete this mail: nothing changes then.".to_owned(),
        ),
        Letter::EmailChanged => (
            None,
            format!("If it was not you, somebody else has your account. Tell the people who run {product} at once."),
        ),
        Letter::DeleteUser => (
            Some(ONE_HOUR),
            "If it was not you, do not open the link: nothing is deleted then. Somebody may know your password, so change it.".to_owned(),
        ),
        Letter::MagicLink => (
            Some(FIVE_MINUTES),
            "If it was not you, do not open the link, and delete this mail: nobody signs in without it. Give the link to nobody.".to_owned(),
        ),
        Letter::Code(CodePurpose::SignIn) => (
            Some(CODE),
            format!("If it was not you, delete this mail: nobody signs in without the code. Give it to nobody, also not to somebody who says that {product} needs it."),
        ),
        Letter::Code(CodePurpose::VerifyEmail) => (
            Some(CODE),
            "If you have not signed up, delete this mail, and give the code to nobody: without it, nobody can confirm your address.".to_owned(),
        ),
        Letter::Code(CodePurpose::ResetPassword) => (
            Some(CODE),
            "If it was not you, you need not do anything: your password stays as it is. Give the code to nobody.".to_owned(),
        ),
    };
    valid.map(str::to_owned).into_iter().chain([not_you]).collect()
}

/// Such as `28 November 2026 at 22:35 UTC`.
fn day_and_time(at: Timestamp) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let text = at.to_string();
    let part = |from, to| text.get(from..to).unwrap_or_default();
    let month =
        part(5, 7).parse::<usize>().ok().and_then(|month| MONTHS.get(month.wrapping_sub(1)));
    let day = part(8, 10).trim_start_matches('0');
    format!("{day} {} {} at {} UTC", month.unwrap_or(&""), part(0, 4), part(11, 16))
}
