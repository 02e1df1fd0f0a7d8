use super::*;
use proptest::prelude::*;

fn user(text: &str) -> UserId {
    UserId::try_from(text.to_owned()).unwrap()
}

proptest! {
    #[test]
    fn messages_sort_as_their_ids_do(a in 1_u64..=9_007_199_254_740_991, b in 1_u64..=9_007_199_254_740_991) {
        let (x, y) = (MessageId::try_from(a).unwrap(), MessageId::try_from(b).unwrap());
        prop_assert_eq!(a.cmp(&b), message_sort(x).cmp(&message_sort(y)));
        let end = [MESSAGE, AFTER_DIGITS].concat();
        prop_assert!(message_sort(x) < end);
    }

    #[test]
    fn activity_sorts_by_time_then_id(
        a in (0_i64..4_102_444_800_000, 1_u64..1000),
        b in (0_i64..4_102_444_800_000, 1_u64..1000),
    ) {
        let sort = |(at, id): (i64, u64)| {
            activity_sort(Timestamp::from_milliseconds(at), ConversationId::try_from(id).unwrap())
        };
        prop_assert_eq!(a.cmp(&b), sort(a).cmp(&sort(b)));
    }

    #[test]
    fn keys_of_two_users_never_meet(
        a in "[A-Za-z0-9]{32}", b in "[A-Za-z0-9]{32}", x in 1_u64..100, y in 1_u64..100,
    ) {
        prop_assume!(a != b);
        let (a, b) = (user(&a), user(&b));
        let (x, y) = (ConversationId::try_from(x).unwrap(), ConversationId::try_from(y).unwrap());
        prop_assert_ne!(user_partition(&a), user_partition(&b));
        prop_assert_ne!(messages_partition(&a, x), messages_partition(&b, y));
        let at = Timestamp::from_milliseconds(0);
        prop_assert_ne!(conversation_sweep(at, &a, x), conversation_sweep(at, &b, y));
        prop_assert_ne!(messages_by_role(&a, x, Role::User), messages_by_role(&b, y, Role::User));
    }
}

#[test]
fn an_address_does_not_appear_in_its_key() {
    let key = credential(&Email::try_from("Ada@Example.com".to_owned()).unwrap());
    assert_eq!(key, credential(&Email::try_from("ada@example.COM".to_owned()).unwrap()));
    assert!(!key.pk.contains("ada") && key.pk.len() == "EMAIL#".len() + 64);
}

/// Interactions are in one tally exactly if all of it is the same: no profile is not the background `none`.
#[test]
fn tallies_of_different_backgrounds_never_meet() {
    let levels = ["null", r#""beginner""#, r#""intermediate""#, r#""advanced""#];
    let hardware = ["null", r#""robotics""#, r#""embedded systems""#, r#""none""#, r#""other""#];
    let mut keys = Vec::new();
    for content_type in ["chat", "chat-", "-", "none"] {
        for (level, hardware) in levels.iter().flat_map(|l| hardware.iter().map(move |h| (l, h))) {
            for notes in [1, 12] {
                let row = format!(
                    r#"{{"id":"019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6071","user_id":"{}","content_type":"{content_type}",
                    "background_used":{{"software_level":{level},"hardware_background":{hardware},"notes_version":{notes}}},
                    "timestamp":"2026-01-31T23:59:59.999Z"}}"#,
                    "a".repeat(32)
                );
                let key = tally(&serde_json::from_str(&row).unwrap());
                assert_eq!(key.pk, "TALLY#2026-01-31");
                keys.push(key.sk);
            }
        }
    }
    let all = keys.len();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), all);
}
