//! Access logs, alarms, dashboards and runbooks.

use super::sample::Sample;
use super::{findings, planted};

const ALARM: &str = "  Late:
    Type: AWS::CloudWatch::Alarm
    Condition: HasAlarms
    Properties:
      Namespace: Tessera
      MetricName: lateness
      Dimensions: [{ Name: stack, Value: other }]
      AlarmActions: [!Ref AlarmTopicArn]
";

fn with(more: &str) -> impl Fn(&str) -> String {
    let more = format!("Resources:\n{more}");
    move |text| text.replacen("Resources:\n", &more, 1)
}

#[test]
fn an_access_log_has_no_path_and_no_client() {
    for (name, says) in [
        ("path", "an access log contains $context.path"),
        ("identity.sourceIp", "an access log contains $context.identity.sourceIp"),
    ] {
        let api = format!(
            "  Api: {{ Type: AWS::Serverless::HttpApi, Properties: {{ AccessLogSettings: {{ Format: \
             '{{\"status\":$context.status,\"x\":\"$context.{name}\"}}' }} }} }}\n"
        );
        planted(&format!("access-log-{name}"), "template.yaml", with(&api), &[says]);
    }
    let api = "  Api: { Type: AWS::Serverless::HttpApi, Properties: { AccessLogSettings: { Format: \
               'status=$context.status' } } }\n";
    let says = "an access log is not a JSON object: status=$context.status";
    planted("access-log-text", "template.yaml", with(api), &[says]);
}

#[test]
fn an_alarm_is_listed_and_looks_at_a_metric_that_exists() {
    planted(
        "alarm",
        "template.yaml",
        with(ALARM),
        &[
            "docs/operating.md does not list the alarm Late",
            "the alarm Late looks at the metrics of another stack",
            "Late looks at the metric lateness, which no log line has",
        ],
    );
    let bare = ALARM.replace("    Condition: HasAlarms\n", "");
    let bare = bare.replace("      AlarmActions: [!Ref AlarmTopicArn]\n", "");
    let says = ["the alarm Late exists without a topic", "the alarm Late tells nobody"];
    planted("alarm-for-nobody", "template.yaml", with(&bare), &says);
    let many: String = (0..11).map(|n| ALARM.replace("Late", &format!("Late{n}"))).collect();
    let says = ["there are 11 alarms, more than 10"];
    planted("many-alarms", "template.yaml", with(&many), &says);
}

#[test]
fn a_dashboard_shows_metrics_that_exist() {
    let dashboard = "  Board: { Type: AWS::CloudWatch::Dashboard, Properties: { DashboardBody: !Sub \
                     '{\"widgets\":[{\"properties\":{\"metrics\":[[\"Tessera\",\"lateness\"]]}}]}' } }\n";
    let says = ["Board looks at the metric lateness, which no log line has"];
    planted("dashboard", "template.yaml", with(dashboard), &says);
    let broken = dashboard.replace("}]}'", "}]'");
    planted("dashboard-text", "template.yaml", with(&broken), &["the body of Board is not JSON"]);
}

#[test]
fn a_runbook_says_what_rehearses_it() {
    let sample = Sample::agreeing("runbooks");
    let page = "# Operating\n\n## Runbooks\n\nAll.\n\n### One\n\nDo it.\n\nTested\nby `one`.\n\n\
                ### Two\n\nDo it. Not rehearsed: it is far.\n\n### Three\n\nDo it.\n";
    sample.write("docs/operating.md", page);
    let says = "docs/operating.md: does not say what rehearses \"Three\"";
    let found = findings(&sample);
    assert!(found.starts_with(says) && found.matches("rehearses").count() == 1, "{found}");
}
