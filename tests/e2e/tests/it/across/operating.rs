//! docs/operating.md and the log agree: each field of a line is in the table, and queries ask for fields
//! that lines have.

use std::collections::BTreeSet;

use e2e::chat::{ask, builder, ui_message};
use e2e::{PASSWORD, conversation, interaction, sign_in};
use harness::outbox::MailFault;
use harness::proxy::{Effect, Rule};
use harness::stack::Stack;
use serde_json::{Map, Value, json};

use crate::helpers::mails::{job, records};

const PAGE: &str = "docs/operating.md";

/// Words of a query that are not fields.
const WORDS: [&str; 21] = [
    "and",
    "as",
    "asc",
    "avg",
    "bin",
    "by",
    "count",
    "desc",
    "fields",
    "filter",
    "in",
    "ispresent",
    "limit",
    "max",
    "min",
    "or",
    "pct",
    "sort",
    "stats",
    "sum",
    "like",
];

/// Successes and failures of every kind of line.
async fn busy() -> Stack {
    let stack = builder().env("AWS_LAMBDA_LOG_LEVEL", "DEBUG").start().await.unwrap();
    let user = stack.sign_up("ada").await;
    stack.proxy.inject(
        Rule::new(Effect::Throttle).function("get-profile").operation("BatchGetItem").times(1),
    );
    assert_eq!(user.get("/api/user/profile").await.status, 200);
    interaction(&user).await;
    sign_in(&stack, &user.email, "not the password").await;
    sign_in(&stack, &user.email, PASSWORD).await;
    ask(&user, &ui_message("a", "b", "Hello")).await;
    for words in ["Hello", "[[down]]"] {
        ask(&user, &json!({ "message": words })).await;
    }
    stack.get("/api/user/profile").bearer("not a token").await;
    conversation(&user).await;
    user.delete("/api/conversations/1").await;
    job(&stack, "reset_password", &user.email, None).await;
    stack.outbox.fail(MailFault::Reject("MessageRejected"), 1);
    stack.deliver_stream().await.unwrap();
    for (function, event) in [
        ("sweep", json!({ "source": "aws.events" })),
        ("send-mail", json!({ "source": "aws.events" })),
        ("send-mail", records(&[])),
        ("note-bounce", json!({ "Records": [{ "Sns": { "Message": "{}" } }] })),
    ] {
        stack.invoke(function, &event).await.unwrap();
    }
    stack.log_line("note-bounce", "noted").await.unwrap();
    stack
}

fn lines(stack: &Stack) -> Vec<Map<String, Value>> {
    let names = stack.template.functions.iter().map(|function| &function.name);
    let lines = names.flat_map(|name| stack.logs(name).unwrap());
    lines.map(|line| serde_json::from_str(&line).unwrap()).collect()
}

/// The names in the first column of the table of fields.
fn documented(page: &str) -> BTreeSet<String> {
    let table = page.split("| field | lines |").nth(1).unwrap().split("\n\n").next().unwrap();
    let cells = table.lines().filter_map(|row| row.strip_prefix("| `")?.split(" | ").next());
    cells.flat_map(|cell| cell.split(", ")).map(|name| name.trim_matches('`').to_owned()).collect()
}

/// The fields that a query asks for, without those of Lambda's own lines.
fn asked(query: &str) -> BTreeSet<String> {
    let without_texts: String =
        query.split('"').enumerate().filter(|(n, _)| n % 2 == 0).map(|(_, text)| text).collect();
    let is_part = |c: char| c.is_ascii_alphanumeric() || "_.@".contains(c);
    let words = without_texts.split(|c| !is_part(c)).filter(|word| !word.is_empty());
    let mut names = BTreeSet::new();
    let mut named = BTreeSet::new();
    let mut before = "";
    for word in words {
        if before == "as" {
            named.insert(word);
        } else if !word.starts_with(|c: char| c.is_ascii_digit() || c == '@') {
            names.insert(word.to_owned());
        }
        before = word;
    }
    let is_field = |name: &String| {
        !WORDS.contains(&name.as_str())
            && !named.contains(name.as_str())
            && name != "type"
            && !name.starts_with("record.")
    };
    names.into_iter().filter(is_field).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_lists_every_field_and_its_queries_ask_for_fields_that_lines_have() {
    let stack = busy().await;
    let lines = lines(&stack);
    let seen: BTreeSet<String> = lines.iter().flat_map(|line| line.keys().cloned()).collect();
    let page = std::fs::read_to_string(template::root().join(PAGE)).unwrap();
    let documented = documented(&page);
    let missing: Vec<_> = seen.difference(&documented).collect();
    assert!(missing.is_empty(), "{PAGE} does not list {missing:?}");
    // A key is rotated after 90 days, and no library fails here.
    let expected: BTreeSet<_> =
        ["error", "generation", "purpose"].into_iter().map(str::to_owned).collect();
    let unseen: BTreeSet<_> = documented.difference(&seen).cloned().collect();
    assert!(unseen.is_subset(&expected), "no line has {unseen:?}");
    let queries: Vec<&str> =
        page.split("```text\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(queries.len() >= 8, "the queries were not found");
    for query in queries {
        let unknown: Vec<_> = asked(query).difference(&seen).cloned().collect();
        assert!(unknown.is_empty(), "no line has {unknown:?}, which this asks for: {query}");
    }
    for line in lines {
        for (name, value) in &line {
            let is_number = value.is_number();
            assert!(is_number || !name.ends_with("ms") && !name.ends_with("tokens"), "{line:?}");
        }
    }
}

#[test]
fn a_query_asks_for_its_fields() {
    let query = "filter status >= 500 or record.status = \"x\"\n| stats pct(ms, 50) as m by bin(1d)\n\
                 | sort m desc, @timestamp";
    let expected: BTreeSet<String> = ["status", "ms"].map(str::to_owned).into();
    assert_eq!(asked(query), expected);
}
