//! A template in which some functions go over to a new release in steps.

use anyhow::{Result, ensure};

/// Each function by its logical id and its name: those whose failure users notice first.
const FUNCTIONS: [(&str, &str); 3] =
    [("Chat", "chat"), ("Signin", "signin"), ("SignInEmail", "sign-in-email")];

/// The template with an alias and a preference for these functions, and an alarm for each, which brings the
/// release before back.
pub fn of(template: &str) -> Result<String> {
    let mut text = template.to_owned();
    let mut alarms = String::new();
    for (id, name) in FUNCTIONS {
        let head = format!("\n  {id}:\n    Type: AWS::Serverless::Function\n");
        ensure!(text.contains(&head), "template.yaml has no function {id}");
        let code = format!("      CodeUri: {name}.zip\n");
        ensure!(text.contains(&code), "template.yaml has no code of {name}");
        text = text.replace(&code, &format!("{code}{}", preference(id)));
        alarms.push_str(&alarm(id, name));
    }
    ensure!(text.contains("\nOutputs:\n"), "template.yaml has no Outputs");
    Ok(text.replace("Outputs:\n", &format!("{alarms}Outputs:\n")))
}

fn preference(id: &str) -> String {
    format!(
        "      AutoPublishAlias: live
      DeploymentPreference:
        Type: Canary10Percent5Minutes
        Alarms: [!Ref {id}Errors]
"
    )
}

/// Five times within a minute, the function responded 500, or Lambda counted that it crashed or did not start.
fn alarm(id: &str, name: &str) -> String {
    format!(
        r#"  {id}ErrorLines:
    Type: AWS::Logs::MetricFilter
    Properties:
      LogGroupName: !Ref Logs
      FilterPattern: !Sub '{{ $.level = "ERROR" && $.function = "${{{id}}}" }}'
      MetricTransformations:
        - MetricName: !Sub ${{AWS::StackName}}-{name}-errors
          MetricNamespace: Tessera
          MetricValue: "1"
          DefaultValue: 0

  {id}Errors:
    Type: AWS::CloudWatch::Alarm
    Properties:
      AlarmDescription: The function {name} responds 500; the release before comes back.
      Metrics:
        - Id: lines
          ReturnData: false
          MetricStat:
            Metric: {{ Namespace: Tessera, MetricName: !Sub "${{AWS::StackName}}-{name}-errors" }}
            Period: 60
            Stat: Sum
        - Id: crashes
          ReturnData: false
          MetricStat:
            Metric:
              Namespace: AWS/Lambda
              MetricName: Errors
              Dimensions: [{{ Name: FunctionName, Value: !Ref {id} }}]
            Period: 60
            Stat: Sum
        - Id: both
          Expression: FILL(lines, 0) + FILL(crashes, 0)
      EvaluationPeriods: 1
      ComparisonOperator: GreaterThanOrEqualToThreshold
      Threshold: 5
      TreatMissingData: notBreaching

"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::with_archives;
    use template::{Settings, Template, root};

    #[test]
    fn three_functions_get_an_alias_and_an_alarm_and_the_others_stay() {
        let own = std::fs::read_to_string(root().join("template.yaml")).unwrap();
        let text = of(&with_archives(&own)).unwrap();
        let template = Template::parse(&text, &Settings::default()).unwrap();
        let resources = template.document["Resources"].as_object().unwrap();
        let with_alias: Vec<&str> = resources
            .iter()
            .filter(|(_, resource)| resource["Properties"].get("AutoPublishAlias").is_some())
            .map(|(id, _)| id.as_str())
            .collect();
        assert_eq!(with_alias, ["Chat", "SignInEmail", "Signin"]);
        for id in with_alias {
            let alarm = &resources[id]["Properties"]["DeploymentPreference"]["Alarms"][0]["Ref"];
            assert_eq!(resources[alarm.as_str().unwrap()]["Type"], "AWS::CloudWatch::Alarm");
        }
        assert!(of("Resources:\n").is_err());
    }
}
