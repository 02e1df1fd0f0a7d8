//! What a stack costs besides its requests: metrics, alarms and dashboards, and the model's most expensive day.

use serde_json::Value;
use template::Template;

use super::default_of;
use super::figures::Figures;
use super::format::{count, dollars, head, row};
use super::limits::Limits;
use super::prices::Prices;
use crate::finding::Finding;

/// For docs/operating.md: what the stack has of what CloudWatch charges by the month.
pub fn observed(template: &Template, metrics: &str, prices: &Prices) -> Result<String, Finding> {
    let of_lines = metrics.matches("Metric { name: \"").count();
    let lines = [
        ("metrics", "metric", of_lines + of_type(template, "AWS::Logs::MetricFilter").count()),
        ("metrics that alarms look at", "alarm", alarm_metrics(template)),
        ("dashboards", "dashboard", of_type(template, "AWS::CloudWatch::Dashboard").count()),
    ];
    let mut table = head(&["", "free in an account", "each more, a month", "of a stack"]);
    let mut together = 0.0;
    for (what, price, number) in lines {
        let price = prices.get(price)?;
        let number = u32::try_from(number).map_or(f64::MAX, f64::from);
        together += (number - price.free).max(0.0) * price.dollars;
        let cells = [what.to_owned(), count(price.free), dollars(price.dollars), count(number)];
        table.push_str(&row(&cells));
    }
    let first = "the first stack of an account, with alarms".to_owned();
    let nothing = String::new;
    let cells = [first, nothing(), nothing(), format!("{} a month", dollars(together))];
    table.push_str(&row(&cells));
    Ok(table)
}

/// An alarm on an expression looks at each metric in it.
fn alarm_metrics(template: &Template) -> usize {
    of_type(template, "AWS::CloudWatch::Alarm")
        .map(|alarm| {
            let metrics = alarm.pointer("/Properties/Metrics").and_then(Value::as_array);
            metrics
                .map_or(1, |all| all.iter().filter(|one| one.get("MetricStat").is_some()).count())
        })
        .sum()
}

fn of_type<'a>(template: &'a Template, kind: &'a str) -> impl Iterator<Item = &'a Value> {
    let resources = template.document.get("Resources").and_then(Value::as_object);
    let resources = resources.into_iter().flatten().map(|(_, resource)| resource);
    resources.filter(move |resource| resource["Type"] == kind)
}

/// For docs/deploying.md: the tokens that a day can have, if all of them cost as much as output.
pub fn largest_day(
    template: &Template,
    figures: &Figures,
    limits: &Limits,
    prices: &Prices,
) -> Result<String, Finding> {
    let quota = default_of(template, "QuotaStackTokensPerDay")?;
    let percent = default_of(template, "QuotaStackUnverifiedPercent")?;
    let output = default_of(template, "AssistantMaxTokens")?;
    let input = figures.longest_prompt_tokens;
    let turn = input + output;
    let at_once = limits.value("functions")?;
    let price = prices.get("model_output")?;
    let lines = [
        (format!("nobody is verified ({percent} %)"), quota * percent / 100.0),
        ("the whole quota".to_owned(), quota),
        (format!("a turn at most: {} of input, {} of output", count(input), count(output)), turn),
        ("the overshoot with ten replies at once".to_owned(), 10.0 * 2.0 * turn),
        (
            format!("with {} replies at once, what an AWS account allows at first", count(at_once)),
            at_once * 2.0 * turn,
        ),
    ];
    let price_of_a_million = format!("at {} a million", dollars(price.dollars));
    let mut table = head(&["", "tokens", &price_of_a_million]);
    for (what, tokens) in lines {
        table.push_str(&row(&[what, count(tokens), dollars(price.dollars * tokens / 1e6)]));
    }
    Ok(table)
}
