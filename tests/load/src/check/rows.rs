//! The table itself: no row is left of what was deleted, and the quotas count every question once.

use crate::told::Told;
use anyhow::Result;
use harness::engine::Engine;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What is wrong with the rows. With faults, a question may count more often than its reply came.
pub async fn compare(table: &Engine, told: &[Told], had_faults: bool) -> Result<Vec<String>> {
    let items = table.all_items().await?;
    let mut found = differences(&items, told, had_faults);
    let all_are_left = told.iter().all(|told| !told.erased);
    found.extend(super::tallies::differences(&items, all_are_left, had_faults));
    Ok(found)
}

/// How many rows wait for a background function.
pub async fn jobs(table: &Engine) -> Result<usize> {
    Ok(table.query("SWEEPS", "").await?.len() + table.query("MAILS", "").await?.len())
}

fn differences(items: &[Value], told: &[Told], had_faults: bool) -> Vec<String> {
    let mut found = Vec::new();
    let users: BTreeMap<&str, &Told> =
        told.iter().filter(|told| !told.erased).map(|told| (told.user_id.as_str(), told)).collect();
    let mut questions: BTreeMap<&str, u64> = BTreeMap::new();
    let (mut tokens, mut all_tokens) = (0, 0);
    let mut accounts = BTreeSet::new();
    for item in items {
        let (pk, sk) = (text(item, "pk"), text(item, "sk"));
        match pk.split('#').collect::<Vec<_>>().as_slice() {
            ["SWEEPS"] => found.push(format!("a sweep job is left: {sk}")),
            ["QUOTA", "ALL"] => all_tokens += number(item, "tokens"),
            ["USER", id] => {
                let Some(user) = users.get(id) else {
                    found.push(format!("{pk} {sk} is left of an account that is gone"));
                    continue;
                };
                if sk == "ACCOUNT" {
                    accounts.insert(*id);
                } else if sk.starts_with("QUOTA#") {
                    *questions.entry(id).or_default() += number(item, "messages");
                    tokens += number(item, "tokens");
                    let open = item.get("open_runs").filter(|_| !had_faults);
                    found.extend(open.map(|open| format!("{pk} {sk} has open runs: {open}")));
                } else if let Some(id) = sk.strip_prefix("CONVERSATION#") {
                    let id: u64 = id.parse().unwrap_or_default();
                    if !user.conversations.contains_key(&id) {
                        found.push(format!("{pk} {sk} is left"));
                    }
                }
            }
            ["USER", id, "CONVERSATION", conversation] => {
                let conversation = conversation.parse().unwrap_or_default();
                let is_there = users
                    .get(id)
                    .is_some_and(|user| user.conversations.contains_key(&conversation));
                // Segments go by themselves within an hour.
                if !is_there && sk.starts_with("MESSAGE#") {
                    found.push(format!("{pk} {sk} is left of a conversation that is gone"));
                }
            }
            _ => {}
        }
    }
    for (id, user) in &users {
        if !accounts.contains(id) {
            found.push(format!("{} has no account in the table", user.email));
        }
        let counted = questions.get(id).copied().unwrap_or_default();
        let (least, doubts) = user.questions;
        let most = if had_faults { least + doubts } else { least };
        if !(least..=most).contains(&counted) {
            let email = &user.email;
            found.push(format!("{email}: {counted} questions are counted, {least} were asked"));
        }
    }
    let all_are_left = told.iter().all(|told| !told.erased);
    if !had_faults && all_are_left && tokens != all_tokens {
        found.push(format!("the users used {tokens} tokens, the stack {all_tokens}"));
    }
    found
}

/// The text of an attribute; empty if there is none.
pub fn text<'a>(item: &'a Value, name: &str) -> &'a str {
    item.get(name).and_then(|value| value.get("S")).and_then(Value::as_str).unwrap_or_default()
}

/// The number of an attribute; 0 if there is none.
pub fn number(item: &Value, name: &str) -> u64 {
    let value = item.get(name).and_then(|value| value.get("N")).and_then(Value::as_str);
    value.and_then(|value| value.parse().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn row(pk: &str, sk: &str) -> Value {
        json!({ "pk": { "S": pk }, "sk": { "S": sk } })
    }

    fn told() -> Told {
        let mut told = Told { user_id: "a".to_owned(), questions: (2, 1), ..Told::default() };
        told.conversations.entry(1).or_default();
        told
    }

    fn rows() -> Vec<Value> {
        let mut quota = row("USER#a", "QUOTA#2026-01-01");
        quota["messages"] = json!({ "N": "2" });
        vec![row("USER#a", "ACCOUNT"), quota, row("USER#a#CONVERSATION#1", "MESSAGE#1")]
    }

    #[test]
    fn rows_of_what_is_gone_are_found() {
        assert!(differences(&rows(), &[told()], false).is_empty());
        for (pk, sk) in [
            ("SWEEPS", "x"),
            ("USER#b", "PROFILE"),
            ("USER#a", "CONVERSATION#0000000000000002"),
            ("USER#a#CONVERSATION#2", "MESSAGE#1"),
        ] {
            let mut rows = rows();
            rows.push(row(pk, sk));
            assert_eq!(differences(&rows, &[told()], true).len(), 1, "{pk} {sk}");
        }
        let without = rows().split_off(1);
        assert_eq!(differences(&without, &[told()], false).len(), 1);
    }

    #[test]
    fn questions_count_once() {
        for (count, had_faults, wrong) in
            [("1", false, 1), ("3", false, 1), ("3", true, 0), ("4", true, 1), ("1", true, 1)]
        {
            let mut rows = rows();
            rows[1]["messages"] = json!({ "N": count });
            assert_eq!(differences(&rows, &[told()], had_faults).len(), wrong, "{count}");
        }
    }
}
