//! Users who come from a Better Auth database.

use std::collections::BTreeSet;
use std::time::Duration;

use ::operator::import::{LeftOut, Mode, Reason};
use e2e::links::{RESET, mint};
use e2e::{PASSWORD, sign_in};
use harness::proxy::{Call, Effect, Rule};
use harness::stack::Stack;
use serde_json::{Value, json};
use shared::store::StoreError;

use crate::helpers::accounts::{is_verified, rows};
use crate::helpers::better_auth::{SIGN_INS, signing_in};
use crate::helpers::deaths::MOMENTS;
use crate::helpers::erasure::{has_account, sweep_to_the_end};
use crate::helpers::imports::{address, counts, export, id, imported, run, signed_in, user};
use crate::helpers::kinds::{FOREIGN, FOREIGN_PASSWORD};
use crate::helpers::rows::password_hash;
use crate::helpers::sessions::get_session;

const OURS: &str = "$argon2id$v=19$m=19456,t=2,p=1$";

#[tokio::test(flavor = "multi_thread")]
async fn imported_users_keep_id_dates_flag_and_password_which_becomes_argon2id() {
    let stack = Stack::start().await;
    let background = json!({
        "emailVerified": true, "image": "https://example.com/ada.png",
        "software_level": "advanced", "hardware_background": "robotics",
    });
    let export =
        export(&[user("ada", &background), user("eve", &json!({ "email": "EVE@Example.com" }))]);
    stack.proxy.recorder.take();
    assert_eq!(counts(&imported(&stack, &export).await), (2, 0, 0));
    let mut calls = stack.proxy.recorder.take();
    calls.retain(|call| call.function == "operator");
    let mut units: Vec<f64> = calls.iter().map(|call| call.write_units).collect();
    units.sort_by(f64::total_cmp);
    if e2e::counts_units() {
        assert_eq!(units, [6.0, 8.0], "as docs/moving-from-better-auth.md says");
    }
    let actions: BTreeSet<String> = calls.into_iter().flat_map(|call| call.actions).collect();
    let actions: Vec<String> = actions.into_iter().collect();
    assert_eq!(actions, ["dynamodb:ConditionCheckItem", "dynamodb:PutItem"]);
    for (path, name) in SIGN_INS.into_iter().zip(["ada", "eve"]) {
        assert_eq!(password_hash(&stack, &address(name)).await, FOREIGN.trim());
        let wrong = signing_in(&stack, path, &address(name), "caf\u{e9} wine").await;
        assert_eq!(wrong.status, 401);
        assert_eq!(password_hash(&stack, &address(name)).await, FOREIGN.trim());
        let right = signing_in(&stack, path, &address(name), FOREIGN_PASSWORD).await;
        assert_eq!(right.status, 200, "{}", right.text());
        assert!(password_hash(&stack, &address(name)).await.starts_with(OURS));
    }
    let ada = signed_in(&stack, "ada", FOREIGN_PASSWORD).await;
    assert_eq!(
        get_session(&ada).await["user"],
        json!({
            "id": id("ada"), "name": "ada", "email": address("ada"), "emailVerified": true,
            "image": "https://example.com/ada.png", "createdAt": "2023-05-06T07:08:09.123Z",
            "updatedAt": "2024-05-06T07:08:09.000Z", "software_level": "advanced",
            "hardware_background": "robotics",
        })
    );
    let eve = signed_in(&stack, "eve", FOREIGN_PASSWORD).await;
    let eve = get_session(&eve).await["user"].clone();
    assert_eq!((&eve["emailVerified"], &eve["software_level"]), (&json!(false), &json!(null)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_import_changes_nothing_even_of_users_who_have_changed() {
    let stack = Stack::start().await;
    let export = export(&[user("ada", &json!({})), user("eve", &json!({}))]);
    assert_eq!(counts(&imported(&stack, &export).await), (2, 0, 0));
    // Ada has signed in, and Eve has another address by now.
    signed_in(&stack, "ada", FOREIGN_PASSWORD).await;
    let moved = [("email", json!({ "S": "eve@elsewhere.example" }))];
    stack.engine.set(&format!("USER#{}", id("eve")), "ACCOUNT", &moved).await.unwrap();
    let before = rows(&stack).await;
    assert_eq!(counts(&imported(&stack, &export).await), (0, 2, 0));
    assert_eq!(rows(&stack).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_yes_the_summary_is_the_same_and_nothing_is_written() {
    let stack = Stack::start().await;
    stack.sign_up("taken").await;
    imported(&stack, &export(&[user("there", &json!({}))])).await;
    let users = [
        user("there", &json!({})),
        user("taken", &json!({})),
        user("new", &json!({ "two_factor_enabled": true })),
        user("uuid", &json!({ "id": "0190a3f5-7d2e-7c4a-9b1f-3c5d7e9f1a2b" })),
    ];
    let before = rows(&stack).await;
    let (foreseen, failure) = run(&stack, &export(&users), Mode::Foresee).await;
    assert!(failure.is_none(), "{failure:?}");
    assert_eq!(rows(&stack).await, before);
    assert_eq!(counts(&foreseen), (1, 1, 2));
    let done = imported(&stack, &export(&users)).await;
    assert_eq!((&done.skipped, &done.left_out), (&foreseen.skipped, &foreseen.left_out));
    assert_eq!(counts(&done), (1, 1, 2));
    assert_eq!(done.skipped[&Reason::AddressTaken], [id("taken")]);
    assert_eq!(done.left_out[&LeftOut::SecondFactor], [id("new")]);
    assert_eq!(sign_in(&stack, &address("taken"), PASSWORD).await.status, 200, "as before");
    assert_eq!(sign_in(&stack, &address("taken"), FOREIGN_PASSWORD).await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_who_was_deleted_is_not_imported_again() {
    let stack = Stack::start().await;
    let export = export(&[user("ada", &json!({})), user("eve", &json!({}))]);
    imported(&stack, &export).await;
    let ada = signed_in(&stack, "ada", FOREIGN_PASSWORD).await;
    let body = json!({ "password": FOREIGN_PASSWORD });
    assert_eq!(ada.post("/api/auth/delete-user").json(&body).await.status, 200);
    // Before the sweep and after it, and somebody else may have the address.
    for _ in 0..2 {
        let summary = imported(&stack, &export).await;
        assert_eq!(summary.skipped[&Reason::Erased], [id("ada")]);
        assert_eq!(counts(&summary), (0, 1, 1));
        let (foreseen, _) = run(&stack, &export, Mode::Foresee).await;
        assert_eq!(foreseen.skipped, summary.skipped);
        sweep_to_the_end(&stack).await;
    }
    assert_eq!(stack.engine.count(&format!("USER#{}", id("ada")), "").await.unwrap(), 0);
    stack.sign_up("ada").await;
    assert_eq!(counts(&imported(&stack, &export).await), (0, 1, 1));
}

/// Killed in each of its calls, before the table sees it and after.
#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_was_killed_goes_on_where_it_stopped() {
    const USERS: usize = 4;
    let stack = Stack::start().await;
    let mut round = 0;
    for moment in MOMENTS {
        for skip in 0..USERS {
            round += 1;
            let users: Vec<Value> =
                (0..USERS).map(|n| user(&format!("user{round}x{n}"), &json!({}))).collect();
            let export = export(&users);
            let rule = Rule::new(moment).function("operator").operation("TransactWriteItems");
            let fault = stack.proxy.inject(rule.skip(skip));
            tokio::select! {
                (summary, failure) = run(&stack, &export, Mode::Import) => {
                    panic!("not stopped: {summary} {failure:?}");
                }
                reached = fault.reached(1) => reached.unwrap(),
            }
            fault.release();
            stack.proxy.clear_faults();
            let summary = imported(&stack, &export).await;
            assert_eq!(summary.imported + summary.already_there, USERS, "{moment:?} {skip}");
            for n in 0..USERS {
                let name = format!("user{round}x{n}");
                let user = stack.user(&id(&name), "", &address(&name));
                assert!(has_account(&stack, &user).await);
                assert_eq!(password_hash(&stack, &user.email).await, FOREIGN.trim());
            }
        }
    }
    signed_in(&stack, &format!("user{round}x0"), FOREIGN_PASSWORD).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_table_ends_an_import_and_another_run_finishes_it() {
    let stack = Stack::start().await;
    let users: Vec<Value> = (0..20).map(|n| user(&format!("user{n}"), &json!({}))).collect();
    let export = export(&users);
    let of_import = |effect| Rule::new(effect).function("operator");
    stack.proxy.inject(of_import(Effect::LostResponse).times(2));
    stack.proxy.inject(of_import(Effect::Throttling).skip(10).always());
    let (summary, failure) = run(&stack, &export, Mode::Import).await;
    assert!(matches!(failure, Some(StoreError::Unavailable(_))), "{failure:?}");
    assert!(summary.done() < summary.total, "{summary}");
    stack.proxy.clear_faults();
    let rest = imported(&stack, &export).await;
    assert_eq!(rest.imported + rest.already_there, 20);
    assert!(rest.already_there >= summary.imported && rest.imported > 0, "{rest}");
}

/// Hashes that can't be compared, or cost too much, and none at all.
#[tokio::test(flavor = "multi_thread")]
async fn check_34_users_without_a_usable_hash_are_imported_and_choose_a_password_by_mail() {
    let stack = Stack::start().await;
    let hashes = [
        ("bcrypt", json!("$2b$10$abcdefghijklmnopqrstuuTrVbZ2Gq9QeFvHVJeGkTKxvJQ1wXyZe")),
        (
            "hostile",
            json!(
                "$argon2id$v=19$m=4194304,t=2,p=1$c2FsdHNhbHRzYWx0$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
            ),
        ),
        ("longscrypt", json!(FOREIGN.trim().to_owned() + "00")),
        ("social", json!(null)),
    ];
    let users = hashes.each_ref().map(|(name, _)| user(name, &json!({})));
    let mut export = export(&users);
    for (n, (_, hash)) in hashes.iter().enumerate() {
        export["account"][n]["password"] = hash.clone();
    }
    export["account"][3]["providerId"] = json!("github");
    let summary = imported(&stack, &export).await;
    assert_eq!(counts(&summary), (4, 0, 0));
    assert_eq!(summary.left_out[&LeftOut::NoPassword], [id("social")]);
    assert_eq!(summary.left_out[&LeftOut::OtherHash].len(), 3);
    let text = summary.to_string() + &summary.report();
    assert!(!text.contains("$2b$10") && !text.contains("argon2id$"), "{text}");
    let unknown = sign_in(&stack, "nobody@example.com", FOREIGN_PASSWORD).await;
    for (name, _) in &hashes {
        for password in [FOREIGN_PASSWORD, "none", ""] {
            let refused = sign_in(&stack, &address(name), password).await;
            assert_eq!((refused.status, refused.code()), (401, unknown.code()), "{name}");
        }
        let owner = stack.user(&id(name), "", &address(name));
        assert!(!is_verified(&stack, &owner).await);
        let token = mint(&stack, &owner, &address(name), RESET).await;
        let body = json!({ "newPassword": PASSWORD, "token": token });
        let reset = stack.post("/api/auth/reset-password").json(&body).await;
        assert_eq!(reset.status, 200, "{name}: {}", reset.text());
        assert!(is_verified(&stack, &owner).await, "{name}");
        signed_in(&stack, name, PASSWORD).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_two_users_with_an_address_is_imported_and_the_other_named() {
    let stack = Stack::start().await;
    let twice = json!({ "email": "ADA@example.com" });
    let users = [
        user("broken", &json!({ "email": "ada@example.com", "createdAt": null })),
        user("ada", &json!({})),
        user("eve", &twice),
        user("ada", &json!({ "email": "ada2@example.com" })),
    ];
    let summary = imported(&stack, &export(&users)).await;
    assert_eq!(counts(&summary), (1, 0, 3));
    assert_eq!(summary.skipped[&Reason::Date], [id("broken")]);
    assert_eq!(summary.skipped[&Reason::Twice], [id("eve"), id("ada")]);
    signed_in(&stack, "ada", FOREIGN_PASSWORD).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_writes_up_to_eight_users_at_once_with_one_call_each() {
    let stack = Stack::start().await;
    stack.proxy.recorder.set_delay(Duration::from_millis(20));
    let users: Vec<Value> = (0..200).map(|n| user(&format!("user{n}"), &json!({}))).collect();
    let export = export(&users);
    stack.proxy.recorder.take();
    assert_eq!(counts(&imported(&stack, &export).await), (200, 0, 0));
    let mut calls = stack.proxy.recorder.take();
    calls.retain(|call| call.function == "operator");
    assert_eq!(calls.len(), 200);
    let overlapping = |call: &Call| {
        calls.iter().filter(|one| one.started <= call.started && call.started < one.ended).count()
    };
    let most = calls.iter().map(overlapping).max();
    assert!(most.is_some_and(|most| (4..=8).contains(&most)), "{most:?}");
}
