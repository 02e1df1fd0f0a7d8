//! The tables of sums and limits in docs, from a small set of sources: the right values by hand, and
//! one planted fault after another.

use contract::cost::{Texts, check, pages};
use template::{Settings, Template};

use crate::costs_sample as sample;

fn template() -> Template {
    Template::parse(sample::TEMPLATE, &Settings::default()).expect("the sample can be parsed")
}

fn texts() -> Texts {
    let sources = Texts {
        data_model: sample::DATA_MODEL.to_owned(),
        prices: sample::PRICES.to_owned(),
        limits: sample::LIMITS.to_owned(),
        measured: String::new(),
        figures: sample::FIGURES.to_owned(),
        metrics: sample::METRICS.to_owned(),
        cost: sample::page(&sample::TABLES_OF_COST),
        scale: sample::page(&sample::TABLES_OF_SCALE),
        operating: sample::page(&["observed"]),
        deploying: sample::page(&["largest-day"]),
    };
    let filled = pages(&template(), &sources).expect("the sample is complete");
    let [cost, scale, operating, deploying] = filled.map(|page| page.expected);
    Texts { cost, scale, operating, deploying, ..sources }
}

/// One of the texts.
type Source = fn(&mut Texts) -> &mut String;

/// What is found after something has been replaced in one of the texts.
fn found(source: Source, from: &str, to: &str) -> String {
    let mut changed = texts();
    let text = source(&mut changed);
    assert!(text.contains(from), "the sample has no {from}");
    *text = text.replacen(from, to, 1);
    let findings = check(&template(), &changed);
    findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn pages_that_follow_from_their_sources_have_no_findings() {
    assert_eq!(check(&template(), &texts()), []);
}

#[test]
fn an_operation_costs_what_its_parts_cost() {
    let page = texts().cost;
    for line in [
        // A quarter of a core: 1 ms takes 4, and a round trip 5. 0.25 GB × 9 ms × $0.001 = $2.25.
        "| `get-session` | 9 ms, 256 MB | $1.00 | $2.25 | $2.00 | $1.50 | $3.00 | $1.00 | $10.75 |",
        // A whole core, and the wait of half a second.
        "| `signin` wrong password | 500 ms, 1,024 MB | $1.00 | $500 | $2.00 | $4.00 | $3.00 | $1.00 | $511 |",
        // 2.5 ms take 10, two round trips 10, and the reply a second, with two write units.
        "| `chat` | 1,020 ms, 256 MB | $1.00 | $255 | $4.00 | $9.00 | $2.10 | $5.00 | $276 |",
        // No gateway and no response.
        "| `sweep` | 8 ms, 256 MB | $1.00 | $2.00 | $0 | $0.50 | $2.10 | $0 | $5.60 |",
    ] {
        assert!(page.contains(line), "no {line} in:\n{page}");
    }
}

#[test]
fn shares_follow_from_the_bills() {
    let page = texts().cost;
    for line in [
        // $255 of $276; 2 write units for $2; $4.
        "| of a turn of the chat: Lambda's time, mostly waiting | 92 % |",
        "| of it: writing its lease and segments while it runs | 1 % |",
        "| of it: the API that streams | 1 % |",
        // $3 for the log lines, $3.25 for the function.
        "| the log lines of a read, beside its function | 0.9 times |",
        // $511 and $10.75.
        "| a wrong password, beside a good sign-in | 47.5 times |",
        // $14 and $0.10.
        "| a stored gigabyte with its backup, beside the disk of a Postgres | 140.0 times |",
    ] {
        assert!(page.contains(line), "no {line} in:\n{page}");
    }
}

#[test]
fn a_month_costs_what_its_operations_cost() {
    let page = texts().cost;
    for line in [
        // 100,000 users × 10 × $2.25 a million, and with the chat × 2 × $255.
        "| Lambda time | $0.02 | $2.25 | $22.50 | $0.53 | $53.25 |",
        // 2,000 bytes a user, and 2 turns × 1,000 bytes × 3 months; $10 and $4 for a GB.
        "| storage and its backup | $0.03 | $2.80 | $28.00 | $0.11 | $11.20 | $112 |",
        // 2 turns × (100 tokens × $2 + 10 tokens × $20) for a million of each.
        "| and the model's tokens |  |  |  | $0.80 | $80.00 | $800 |",
        // The first 400 are free, the others cost $0.01.
        "| Somebody | $6.00 | $996 | no public price | users |",
        "| Somebody | One: 0 a month, a user 0 to 400, 0.01 to 100,000 |  | [2026-09-20](https://example.com) |",
    ] {
        assert!(page.contains(line), "no {line} in:\n{page}");
    }
    // The free million of Lambda's requests is worth $1.
    let together = "| **together** | $0.14 | $13.55 | ";
    let less_free = "| together, less what is free each month | $0.13 | $12.55 | ";
    assert!(page.contains(together) && page.contains(less_free), "{page}");
}

#[test]
fn a_server_has_as_many_tasks_as_the_busiest_hour_needs() {
    // A million users × 10 × 36 ms are 0.137 cores; five times that needs 4.6 tasks of 0.25 cores, 60 % full.
    let page = texts().cost;
    let line = "| 1,000,000 | 5 | $73.00 | $75.00 | $219 | $10.00 | $377 |";
    assert!(page.contains(line), "no {line} in:\n{page}");
}

#[test]
fn rates_follow_from_limits_and_units() {
    let page = texts().scale;
    for line in [
        // 3,000 reads / 2, 1,000 writes / 3.
        "| jobs | `SWEEPS` | job | 2 | 3 | 333 |",
        // 4,000 writes / 7, 40,000 / 7, and 1,000 functions of 1.02 seconds.
        "| chat | 571 | 5,714 | 980 |",
        // At most ten requests a second for each function.
        "| get-session | 4,000 | 13,333 | 10,000 |",
    ] {
        assert!(page.contains(line), "no {line} in:\n{page}");
    }
}

#[test]
fn metrics_and_the_largest_day_cost_what_the_template_says() {
    let texts = texts();
    for line in [
        // Two of log lines and one of a filter; one is free.
        "| metrics | 1 | $0.50 | 3 |",
        // One alarm looks at two.
        "| metrics that alarms look at | 1 | $0.25 | 3 |",
        "| dashboards | 3 | $3.00 | 1 |",
        // 2 × $0.50 and 2 × $0.25.
        "| the first stack of an account, with alarms |  |  | $1.50 a month |",
    ] {
        assert!(texts.operating.contains(line), "no {line} in:\n{}", texts.operating);
    }
    for line in [
        "|  | tokens | at $20.00 a million |",
        "| nobody is verified (20 %) | 200,000 | $4.00 |",
        "| a turn at most: 600 of input, 400 of output | 1,000 | $0.02 |",
        // Two turns of 1,000 tokens for each of ten, and for each of a thousand.
        "| the overshoot with ten replies at once | 20,000 | $0.40 |",
        "| with 1,000 replies at once, what an AWS account allows at first | 2,000,000 | $40.00 |",
    ] {
        assert!(texts.deploying.contains(line), "no {line} in:\n{}", texts.deploying);
    }
}

#[test]
fn a_page_that_does_not_follow_is_found() {
    let says = found(|texts| &mut texts.cost, "$10.75", "$1.75");
    assert!(says.starts_with("docs/cost.md: has the line") && says.contains("$10.75"), "{says}");
    let says = found(|texts| &mut texts.scale, "| 571 |", "| 572 |");
    assert!(says.starts_with("docs/scale.md: has the line"), "{says}");
    // One more read unit, and both pages are out of date.
    let says = found(|texts| &mut texts.data_model, "| 1 | 3 | 0 |", "| 1 | 4 | 0 |");
    assert!(says.contains("docs/cost.md") && says.contains("docs/scale.md"), "{says}");
    let says = found(|texts| &mut texts.cost, "<!-- busy -->", "");
    assert!(says.contains("docs/cost.md: has no place for the table busy"), "{says}");
}

#[test]
fn sources_that_disagree_or_lack_something_are_found() {
    let faults: [(Source, &str, &str, &str); 13] = [
        (
            |texts| &mut texts.data_model,
            "| `chat` | k | c | 2 | 4 | 5 |\n",
            "",
            "figures.toml: names the operation `chat`, which docs/data-model.md does not have",
        ),
        (
            |texts| &mut texts.data_model,
            "| `sweep` |",
            "| `sweeper` |",
            "docs/data-model.md: has a row for `sweeper`, which is no function",
        ),
        (
            |texts| &mut texts.data_model,
            "| 2 | 4 | 5 |",
            "| 2 | four | 5 |",
            "docs/data-model.md: has a row of access patterns that can't be read: | `chat`",
        ),
        (
            |texts| &mut texts.figures,
            "\"get-session\" = 10",
            "\"get-sessions\" = 10",
            "names the operation `get-sessions`",
        ),
        (
            |texts| &mut texts.figures,
            "functions = [\"sweep\"]",
            "functions = []",
            "figures.toml: has no CPU time for the function `sweep`",
        ),
        (
            |texts| &mut texts.figures,
            "functions = [\"sweep\"]",
            "functions = [\"sweep\", \"chat\"]",
            "figures.toml: has two CPU times for the function `chat`",
        ),
        (
            |texts| &mut texts.figures,
            "functions = [\"sweep\"]",
            "functions = [\"sweep\", \"nobody\"]",
            "names the function `nobody`, which template.yaml does not have",
        ),
        (
            |texts| &mut texts.figures,
            "writes = 3",
            "writes = 300",
            "figures.toml: gives \"jobs\" more units than its operations have",
        ),
        (
            |texts| &mut texts.figures,
            "key = \"SWEEPS\"",
            "key = \"SWEPT\"",
            "names the key SWEPT, which docs/data-model.md does not have",
        ),
        (
            |texts| &mut texts.prices,
            "source = \"https://example.com/http\"\n",
            "",
            "prices.toml: price.http_api lacks the text `source`",
        ),
        (
            |texts| &mut texts.prices,
            "as_of = \"2026-09-20\"",
            "as_of = \"lately\"",
            "prices.toml: alternative has an `as_of` that is no year, month or day",
        ),
        (
            |texts| &mut texts.prices,
            "[price.rest_api]",
            "[price.rest]",
            "prices.toml: lacks the price `rest_api`",
        ),
        (
            |texts| &mut texts.limits,
            "value = 3_000",
            "value = \"many\"",
            "limits.toml: limit.partition_reads lacks the number `value`",
        ),
    ];
    for (source, from, to, expected) in faults {
        let says = found(source, from, to);
        assert!(says.contains(expected), "{from} → {to}: no \"{expected}\" in {says}");
    }
}
