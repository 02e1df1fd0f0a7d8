//! One account: its sessions, its profile, its conversations, and their replies' ratings.

use super::conversation::{differences, number};
use crate::told::{Entry, Reply};
use crate::user::User;
use serde_json::Value;
use std::collections::BTreeMap;

/// Compares it, and returns how many messages it has.
pub async fn compare(mut user: User, had_faults: bool) -> usize {
    user.compare_sessions().await;
    if user.told().erased {
        user.compare_erased().await;
        return 0;
    }
    if user.told().user_id.is_empty() || !user.sign_in_again().await {
        return 0;
    }
    user.compare_name().await;
    if user.has_account_alone() {
        return 0;
    }
    user.compare_profile().await;
    user.compare_conversations().await;
    let mut count = 0;
    let conversations = user.told().conversations.clone();
    for (id, told) in &conversations {
        let Some(rows) = user.messages(*id).await else { continue };
        count += rows.len();
        for text in differences(told, &rows, had_faults) {
            user.note(&format!("conversation {id}: {text}"));
        }
    }
    let Some(rows) = user.interactions().await else { return count };
    for text in ratings(&conversations, &rows) {
        user.note(&text);
    }
    count
}

/// What is wrong with the interactions of replies.
fn ratings(
    conversations: &BTreeMap<u64, crate::told::Conversation>,
    rows: &[Value],
) -> Vec<String> {
    let mut found = Vec::new();
    let place = |row: &Value| {
        let id = |name: &str| row.get(name).and_then(Value::as_u64).unwrap_or_default();
        (id("conversation_id"), id("message_id"))
    };
    let mut by_reply: BTreeMap<(u64, u64), usize> = BTreeMap::new();
    for row in rows {
        *by_reply.entry(place(row)).or_default() += 1;
    }
    let twice = by_reply.iter().filter(|(_, count)| **count > 1);
    found.extend(twice.map(|(reply, count)| format!("{count} interactions of reply {reply:?}")));
    for (conversation, told) in conversations {
        for entry in &told.entries {
            let Entry::Turn { reply: Reply::Told { id, interaction_id, rating, .. }, .. } = entry
            else {
                continue;
            };
            let is_it = |row: &&Value| {
                row.get("id").and_then(Value::as_str) == Some(interaction_id)
                    && place(row) == (*conversation, *id)
            };
            let Some(row) = rows.iter().find(is_it) else {
                found.push(format!("reply {id} of conversation {conversation} has no interaction"));
                continue;
            };
            let stored = row.get("personalization_effectiveness").and_then(Value::as_f64);
            if stored != rating.map(|hundredths| f64::from(hundredths) / 100.0) {
                found.push(format!(
                    "reply {id} of {conversation} is rated {stored:?}, not {rating:?}"
                ));
            }
        }
    }
    found
}

/// Ids of rows, in order.
pub fn ids(rows: &[Value]) -> Vec<u64> {
    let mut ids: Vec<u64> = rows.iter().map(number).collect();
    ids.sort_unstable();
    ids
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::told::Conversation;
    use serde_json::json;

    #[test]
    fn each_reply_has_one_interaction_with_its_rating() {
        let reply = Reply::Told {
            question_id: 1,
            id: 2,
            interaction_id: "i".to_owned(),
            text: String::new(),
            rating: Some(437),
        };
        let entry = Entry::Turn { question: String::new(), reply };
        let told = Conversation { title: None, entries: vec![entry] };
        let told = BTreeMap::from([(7, told)]);
        let row = |rating: Value| {
            json!({ "id": "i", "conversation_id": 7, "message_id": 2,
                "personalization_effectiveness": rating })
        };
        assert!(ratings(&told, &[row(json!(4.37))]).is_empty());
        assert_eq!(ratings(&told, &[row(json!(null))]).len(), 1);
        assert_eq!(ratings(&told, &[]).len(), 1);
        assert_eq!(ratings(&told, &[row(json!(4.37)), row(json!(4.37))]).len(), 1);
    }
}
