//! Which passwords may be chosen, and which are the same.

use e2e::{PASSWORD, sign_in};
use harness::stack::Stack;
use serde_json::{Value, json};

use crate::helpers::better_auth::{SIGN_IN, SIGN_INS, SIGN_UP, new_user, post, signing_in};
use crate::helpers::rows::{HERE, failures_of_address, from_network};

/// Signs up with a password by a route; the address is made of `n`.
async fn choose(stack: &Stack, path: &str, n: usize, password: &str) -> (u16, String, String) {
    let email = format!("user{n}@example.com");
    let mut body = if path == SIGN_UP { new_user(&email) } else { e2e::sign_up_body(&email) };
    body["password"] = password.into();
    let response = post(stack, path, &body).await;
    (response.status, response.code(), email)
}

#[tokio::test(flavor = "multi_thread")]
async fn check_24_every_character_of_a_long_password_matters() {
    let stack = Stack::start().await;
    let chosen = [
        "x".repeat(64),
        "x".repeat(128),
        "\u{1f980}".repeat(128),
        // bcrypt would look at 72 bytes only.
        "y".repeat(72) + "a",
        "trailing space ".to_owned(),
        " leading space".to_owned(),
        "nul\0inside it".to_owned(),
        "tab\tand\nnewline".to_owned(),
        "two  spaces in it".to_owned(),
    ];
    for (n, password) in chosen.iter().enumerate() {
        let path = [SIGN_UP, "/api/auth/signup"][n % 2];
        let (status, _, email) = choose(&stack, path, n, password).await;
        assert!(status < 300, "{status}: {password:?}");
        let mut cut = password.clone();
        cut.pop();
        let others = [
            cut,
            password.trim().to_owned(),
            password.replace('\0', ""),
            password.replace("  ", " "),
        ];
        let wrong = others.iter().filter(|other| *other != password);
        for other in wrong.chain([&format!("{password} ")].into_iter().filter(|o| o.len() <= 128)) {
            for path in SIGN_INS {
                let response = signing_in(&stack, path, &email, other).await;
                assert_eq!(response.status, 401, "{other:?} is not {password:?}");
            }
            let row = from_network(&failures_of_address(&email), HERE);
            stack.engine.delete_item(&row, "RATE").await.unwrap();
        }
        for path in SIGN_INS {
            assert_eq!(signing_in(&stack, path, &email, password).await.status, 200);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn check_25_a_letter_has_one_form_and_a_ligature_is_a_letter_of_its_own() {
    let stack = Stack::start().await;
    for (n, (chosen, same, other)) in [
        ("caf\u{e9} au lait", "cafe\u{301} au lait", "cafe au lait"),
        ("cafe\u{301} au lait", "caf\u{e9} au lait", "cafe au lait"),
        ("\u{fb01}nish it now", "\u{fb01}nish it now", "finish it now"),
        ("\u{212b}ngstr\u{f6}m units", "\u{c5}ngstro\u{308}m units", "Angstrom units"),
        ("\u{ff21}\u{ff22}c fullwidth", "\u{ff21}\u{ff22}c fullwidth", "ABc fullwidth"),
        ("Uppercase Matters", "Uppercase Matters", "uppercase matters"),
    ]
    .into_iter()
    .enumerate()
    {
        let (status, _, email) = choose(&stack, SIGN_UP, n, chosen).await;
        assert_eq!(status, 200);
        for path in SIGN_INS {
            assert_eq!(signing_in(&stack, path, &email, same).await.status, 200, "{same}");
            assert_eq!(signing_in(&stack, path, &email, other).await.status, 401, "{other}");
        }
    }
    // Characters are counted after Unicode normalization, not bytes.
    for (n, (password, refused)) in [
        ("e\u{301}".repeat(8), None),
        ("e\u{301}".repeat(7), Some("PASSWORD_TOO_SHORT")),
        ("e\u{301}".repeat(128), None),
        ("\u{e9}".repeat(129), Some("PASSWORD_TOO_LONG")),
    ]
    .into_iter()
    .enumerate()
    {
        let (status, code, _) = choose(&stack, SIGN_UP, 100 + n, &password).await;
        assert_eq!((status, code.as_str()), refused.map_or((200, ""), |code| (400, code)), "{n}");
    }
}

const REFUSED: [(&str, &str); 8] = [
    ("seven77", "PASSWORD_TOO_SHORT"),
    ("\u{1f980}\u{1f980}\u{1f980}\u{1f980}\u{1f980}\u{1f980}\u{1f980}", "PASSWORD_TOO_SHORT"),
    ("password", "PASSWORD_COMPROMISED"),
    ("PassWord", "PASSWORD_COMPROMISED"),
    ("12345678", "PASSWORD_COMPROMISED"),
    ("qwertyuiop", "PASSWORD_COMPROMISED"),
    ("iloveyou1", "PASSWORD_COMPROMISED"),
    ("password1", "PASSWORD_COMPROMISED"),
];
const TAKEN: [&str; 4] = [
    "justlowercaseletters",
    "48151623421081516",
    "\u{1f980}\u{1f981}\u{1f982}\u{1f983}\u{1f984}\u{1f985}\u{1f986}\u{1f987}",
    "        x        ",
];

#[tokio::test(flavor = "multi_thread")]
async fn check_26_no_kind_of_character_is_asked_for_but_the_commonest_passwords_are_refused() {
    let stack = Stack::start().await;
    let user = stack.sign_up("ada").await;
    let change = |current: &str, new: &str| {
        let body: Value = json!({ "currentPassword": current, "newPassword": new });
        user.post("/api/auth/change-password").json(&body).send()
    };
    let too_long = "x".repeat(129);
    for (password, code) in REFUSED.into_iter().chain([(too_long.as_str(), "PASSWORD_TOO_LONG")]) {
        let (status, found, _) = choose(&stack, SIGN_UP, 0, password).await;
        assert_eq!((status, found.as_str()), (400, code), "{password:.20}");
        let (status, found, _) = choose(&stack, "/api/auth/signup", 0, password).await;
        assert_eq!((status, found.as_str()), (422, "VALIDATION_ERROR"), "{password:.20}");
        let response = change(PASSWORD, password).await;
        assert_eq!((response.status, response.code().as_str()), (400, code), "{password:.20}");
    }
    let (status, code, _) = choose(&stack, SIGN_UP, 0, "").await;
    assert_eq!((status, code.as_str()), (400, "VALIDATION_ERROR"), "an empty one is none");
    assert_eq!(change(PASSWORD, "").await.code(), "PASSWORD_TOO_SHORT");
    assert_eq!(stack.engine.count("USER#", "ACCOUNT").await.unwrap(), 1);
    let mut current = PASSWORD;
    for (n, password) in TAKEN.into_iter().enumerate() {
        let (status, ..) = choose(&stack, SIGN_UP, n, password).await;
        assert_eq!(status, 200, "{password}");
        assert_eq!(change(current, password).await.status, 200, "{password}");
        current = password;
    }
    assert_eq!(sign_in(&stack, &user.email, current).await.status, 200);
    // An attempt may be of any length; a megabyte is not hashed.
    for (password, status) in [("x", 401), ("", 401), (too_long.as_str(), 400)] {
        let response = signing_in(&stack, SIGN_IN, &user.email, password).await;
        assert_eq!(response.status, status, "{password:.20}");
    }
    assert_eq!(sign_in(&stack, &user.email, &"x".repeat(60_000)).await.status, 401);
}
