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
