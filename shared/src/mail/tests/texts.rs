use super::who_gets_what::job;
use crate::auth::{Code, LinkToken, SignInToken};
use crate::clock::Timestamp;
use crate::mail::{Enclosed, Letter, Mail};
use crate::model::{CodePurpose, MailPurpose};

/// Each kind of mail, with the files that contain its text and its HTML.
macro_rules! golden {
    ($($name:literal $letter:expr, $purpose:ident;)*) => {
        [$((
            $name,
            $letter,
            MailPurpose::$purpose,
            include_str!(concat!("../../../tests/golden/mail/", $name, ".txt")),
            include_str!(concat!("../../../tests/golden/mail/", $name, ".html")),
        )),*]
    };
}

const TOKEN: &str = "Zk3mW9sQ1bXv7LtR5yHc2NfJ8dKpA4Ge.Q1bXv7LtR5yHc2NfJ8dKpA4GeZk3mW9s";
const SIGNED_UP_AT: Timestamp = Timestamp::from_milliseconds(1_795_905_300_000);

fn magic_token() -> String {
    format!("{}.Q1bXv7LtR5yHc2NfJ8dKpA4GeZk3mW9s", "0123abcd".repeat(8))
}

fn written(letter: Letter, purpose: MailPurpose, callback: Option<&str>, product: &str) -> Mail {
    let mut job = job(purpose, None);
    job.callback_url = callback.map(str::to_owned);
    let enclosed = match letter {
        Letter::Code(_) => Enclosed::Code("012345".parse::<Code>().unwrap()),
        Letter::MagicLink => Enclosed::MagicLink(magic_token().parse::<SignInToken>().unwrap()),
        _ if letter.link().is_some() => Enclosed::Link(TOKEN.parse::<LinkToken>().unwrap()),
        _ => Enclosed::Nothing,
    };
    Mail::write(letter, &job, &enclosed, product)
}

/// With `TESSERA_GOLDEN`, which only this test knows, the files are written anew.
#[test]
fn every_mail_is_that_of_its_golden_files() {
    for (name, letter, purpose, text, html) in golden![
        "reset-password" Letter::ResetPassword, ResetPassword;
        "verify-email" Letter::VerifyEmail { signed_up_at: SIGNED_UP_AT }, VerifyEmail;
        "account-exists" Letter::AccountExists, SignUp;
        "change-email" Letter::ChangeEmail, ChangeEmail;
        "email-changed" Letter::EmailChanged, EmailChanged;
        "delete-user" Letter::DeleteUser, DeleteUser;
        "magic-link" Letter::MagicLink, MagicLink;
        "sign-in-code" Letter::Code(CodePurpose::SignIn), SignInCode;
        "verify-email-code" Letter::Code(CodePurpose::VerifyEmail), VerifyEmailCode;
        "reset-password-code" Letter::Code(CodePurpose::ResetPassword), ResetPasswordCode;
    ] {
        let callback = Some("https://app.example.com/after?a=1&b=ü");
        let mail = written(letter, purpose, callback, "Robots & Sons");
        if option_env!("TESSERA_GOLDEN").is_some() {
            let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/mail/");
            let whole = format!("Subject: {}\n\n{}", mail.subject, mail.text);
            std::fs::write(format!("{folder}{name}.txt"), whole).unwrap();
            std::fs::write(format!("{folder}{name}.html"), &mail.html).unwrap();
            continue;
        }
        assert_eq!(format!("Subject: {}\n\n{}", mail.subject, mail.text), text, "{name}");
        assert_eq!(mail.html, html, "{name}");
        assert_eq!(mail.tag, name);
    }
}

#[test]
fn links_without_a_page_go_to_the_beginning() {
    let link = |letter, purpose| {
        let mail = written(letter, purpose, None, "Tessera");
        mail.text.lines().find(|line| line.starts_with("https://")).unwrap().to_owned()
    };
    let api = "https://api.example.com/api/auth";
    assert_eq!(
        link(Letter::ResetPassword, MailPurpose::ResetPassword),
        format!("{api}/reset-password/{TOKEN}?callbackURL=")
    );
    assert_eq!(
        link(Letter::ChangeEmail, MailPurpose::ChangeEmail),
        format!("{api}/verify-email?token={TOKEN}&callbackURL=%2F")
    );
    assert_eq!(
        link(Letter::DeleteUser, MailPurpose::DeleteUser),
        format!("{api}/delete-user/callback?token={TOKEN}&callbackURL=%2F")
    );
    let token = magic_token();
    assert_eq!(
        link(Letter::MagicLink, MailPurpose::MagicLink),
        format!("{api}/magic-link/verify?token={token}&callbackURL=%2F")
    );
}

#[test]
fn nothing_is_loaded_and_nothing_of_the_product_is_markup() {
    let product = "<img src=x onerror=\"alert('1')\">";
    let mail = written(Letter::ResetPassword, MailPurpose::ResetPassword, None, product);
    let opened = mail.html.matches('<').count();
    let usual = written(Letter::ResetPassword, MailPurpose::ResetPassword, None, "Tessera");
    assert_eq!(opened, usual.html.matches('<').count());
    assert!(mail.html.contains("&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;"));
    for loads in ["<img", "src=\"", "url(", "<link", "<script", "@import"] {
        assert!(!usual.html.contains(loads), "{loads}");
    }
    assert_eq!(usual.html.matches("class=\"button\"").count(), 1);
}
